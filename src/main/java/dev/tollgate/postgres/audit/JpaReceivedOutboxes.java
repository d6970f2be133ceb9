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

/** Entries taken over from guards, in a table of their ids that forgets after two days. */
@ApplicationScoped
public class JpaReceivedOutboxes implements ReceivedOutboxes {

    private final Database database;

    /** For the container's proxy. */
    protected JpaReceivedOutboxes() {
        this(null);
    }

    /** In the given database. */
    @Inject
    public JpaReceivedOutboxes(Database database) {
        this.database = database;
    }

    @Override
    public Set<String> firstTaken(Collection<String> ids) {
        // In one order on every node: two that take the same entries must not wait for each other.
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
