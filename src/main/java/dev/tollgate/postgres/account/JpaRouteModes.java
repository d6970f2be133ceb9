package dev.tollgate.postgres.account;

import dev.tollgate.core.account.RouteModeStore;
import dev.tollgate.postgres.support.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Switched modes of route policies by JPA. Thread-safe; blocks. */
@ApplicationScoped
public class JpaRouteModes implements RouteModeStore {

    private final Database database;

    /** For the proxy of the container. */
    @SuppressWarnings("NullAway") // a proxy reads no field of its own
    protected JpaRouteModes() {
        this(null);
    }

    /** Creates it over a database. */
    @Inject
    public JpaRouteModes(Database database) {
        this.database = database;
    }

    @Override
    public Map<String, Boolean> all() {
        return database.inTransaction(entities -> {
            Map<String, Boolean> modes = new HashMap<>();
            for (Object row : entities.createNativeQuery("SELECT name, shadow FROM route_modes")
                    .getResultList()) {
                modes.put((String) ((Object[]) row)[0], (Boolean) ((Object[]) row)[1]);
            }
            return modes;
        });
    }

    @Override
    public void put(String name, Optional<Boolean> shadow) {
        database.inTransaction(entities -> shadow.isPresent()
                ? entities.createNativeQuery("INSERT INTO route_modes AS m (name, shadow) VALUES (?1, ?2)"
                                + " ON CONFLICT (name) DO UPDATE SET shadow = excluded.shadow, updated_at = now()")
                        .setParameter(1, name)
                        .setParameter(2, shadow.get())
                        .executeUpdate()
                : entities.createNativeQuery("DELETE FROM route_modes WHERE name = ?1")
                        .setParameter(1, name)
                        .executeUpdate());
    }
}
