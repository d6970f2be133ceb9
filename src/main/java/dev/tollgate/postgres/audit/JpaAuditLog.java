package dev.tollgate.postgres.audit;

import dev.tollgate.core.audit.AuditLog;
import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.postgres.support.Database;
import dev.tollgate.postgres.support.DetailsJson;
import dev.tollgate.postgres.support.LikePatterns;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The audit trail for readers and maintenance, by JPA. Thread-safe; blocks. */
@ApplicationScoped
public class JpaAuditLog implements AuditLog {

    /** The advisory lock of the maintenance: one node at a time, so that each sees what the one before it wrote. */
    private static final String LOCK = "SELECT pg_advisory_xact_lock(x'746f6c6c61756469'::bigint)";

    // The text of the end is compared first, since the index has its order, which is right to the second. The cast
    // decides then.
    private static final String NOTE_ENDED = """
            INSERT INTO audit_logs (at, type, caller, actor, details)
            SELECT ended.at, 'BAN_EXPIRED', ended.caller, 'gate', ended.details
            FROM (
              SELECT b.id, b.caller, b.details, b.at AS banned, CAST(b.details ->> 'expiresAt' AS timestamptz) AS at
              FROM audit_logs b
              WHERE b.type IN ('BAN_APPLIED', 'BAN_ESCALATED') AND b.caller IS NOT NULL
                AND (b.details ->> 'expiresAt') COLLATE "C" > ?1 AND (b.details ->> 'expiresAt') COLLATE "C" < ?2
            ) AS ended
            WHERE ended.at > ?3 AND ended.at <= ?4
              AND NOT EXISTS (
                SELECT 1 FROM audit_logs later
                WHERE later.caller = ended.caller AND (later.at, later.id) > (ended.banned, ended.id)
                  AND later.at <= ended.at
                  AND later.type IN ('BAN_APPLIED', 'BAN_ESCALATED', 'BAN_LIFTED', 'BAN_EXPIRED'))
            ORDER BY ended.at, ended.id
            """;

    private static final String FORGET = """
            DELETE FROM audit_logs WHERE id IN (
              SELECT id FROM audit_logs WHERE at < ?1 ORDER BY at, id LIMIT ?2 FOR UPDATE SKIP LOCKED)
            """;

    private final Database database;

    /** For the proxy of the container. */
    @SuppressWarnings("NullAway") // a proxy reads no field of its own
    protected JpaAuditLog() {
        this(null);
    }

    /** Creates it over a database. */
    @Inject
    public JpaAuditLog(Database database) {
        this.database = database;
    }

    @Override
    public Page<Row> page(Filter filter, PageRequest request) {
        NewestRows those = those(filter, request.q(), Optional.empty());
        return database.inTransaction(entities -> {
            long total = those.count(entities);
            return Page.of(request, rows(entities, those, request.offset(), request.size()), total);
        });
    }

    @Override
    public List<Row> after(Filter filter, String q, Optional<Row> last, int most) {
        NewestRows those = those(filter, q, last);
        return database.inTransaction(entities -> rows(entities, those, 0, most));
    }

    private static NewestRows those(Filter filter, String q, Optional<Row> last) {
        NewestRows those = new NewestRows("audit_logs");
        filter.caller().ifPresent(caller -> those.require("caller = ?", DetailsJson.storable(caller)));
        if (!filter.types().isEmpty()) {
            // The names are constants of the code.
            those.require("type IN ("
                    + filter.types().stream()
                            .map(type -> "'" + type.name() + "'")
                            .sorted()
                            .collect(Collectors.joining(", "))
                    + ")");
        }
        those.requireTime(filter.from(), filter.to());
        if (!q.isEmpty()) {
            those.require(
                    "lower(concat_ws(' ', caller, actor, details)) LIKE ? ESCAPE '!'", LikePatterns.containing(q));
        }
        last.ifPresent(row -> those.requireOlder(row.at(), row.id()));
        return those;
    }

    @Override
    public int noteEndedBans(Instant after, Instant until) {
        return database.inTransaction(entities -> {
            entities.createNativeQuery(LOCK).getSingleResult();
            return entities.createNativeQuery(NOTE_ENDED)
                    .setParameter(1, after.minusSeconds(1).toString())
                    .setParameter(2, until.plusSeconds(1).toString())
                    .setParameter(3, Timestamp.from(after))
                    .setParameter(4, Timestamp.from(until))
                    .executeUpdate();
        });
    }

    @Override
    public int forget(Instant before, int most) {
        return database.inTransaction(entities -> entities.createNativeQuery(FORGET)
                .setParameter(1, Timestamp.from(before))
                .setParameter(2, most)
                .executeUpdate());
    }

    private static List<Row> rows(EntityManager entities, NewestRows those, int skip, int most) {
        return those
                .read(
                        "id, at, type, caller, actor, details",
                        sql -> entities.createNativeQuery(sql, AuditLogEntity.class),
                        skip,
                        most)
                .stream()
                .map(row -> ((AuditLogEntity) row).row())
                .toList();
    }
}
