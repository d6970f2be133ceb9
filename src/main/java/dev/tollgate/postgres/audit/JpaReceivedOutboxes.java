package dev.tollgate.postgres.audit;

import dev.tollgate.core.audit.ReceivedOutboxes;
import dev.tollgate.postgres.support.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The IDs of outbox entries taken from guards, in a table, for two days. Thread-safe; blocks. */
@ApplicationScoped
public class JpaReceivedOutboxes implements ReceivedOutboxes {

    private final Database database;

    /** For the proxy of the container. */
    @SuppressWarnings("NullAway") // a proxy reads no field of its own
    protected JpaReceivedOutboxes() {
        this(null);
    }

    /** Creates it over a database. */
    @Inject
    public JpaReceivedOutboxes(Database database) {
        this.database = database;
    }

    @Override
    public Set<String> firstTaken(Collection<String> ids) {
        // In one order on every node, so that two that take the same entries do not deadlock.
        List<String> sorted = new ArrayList<>(ids);
        Collections.sort(sorted);
        return database.inTransaction(entities -> {
            entities.createNativeQuery("DELETE FROM handed_over WHERE at < now() - interval '2 days'")
                    .executeUpdate();
            Set<String> first = new HashSet<>();
            for (String id : sorted) {
                int noted = entities.createNativeQuery(
                                "INSERT INTO handed_over (entry) VALUES (?1) ON CONFLICT (entry) DO NOTHING")
                        .setParameter(1, id)
                        .executeUpdate();
                if (noted > 0) {
                    first.add(id);
                }
            }
            return first;
        });
    }
}
