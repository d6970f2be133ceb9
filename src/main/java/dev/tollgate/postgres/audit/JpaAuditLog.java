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
import jakarta.persistence.Query;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
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
        List<Object> values = new ArrayList<>();
        String where = where(filter, request.q(), Optional.empty(), values);
        return database.inTransaction(entities -> {
            Number total = (Number) bound(entities.createNativeQuery("SELECT count(*) " + where), values)
                    .getSingleResult();
            return Page.of(request, rows(entities, where, values, request.offset(), request.size()), total.longValue());
        });
    }

    @Override
    public List<Row> after(Filter filter, String q, Optional<Row> last, int most) {
        List<Object> values = new ArrayList<>();
        String where = where(filter, q, last, values);
        return database.inTransaction(entities -> rows(entities, where, values, 0, most));
    }

    private static String where(Filter filter, String q, Optional<Row> last, List<Object> values) {
        List<String> conditions = new ArrayList<>();
        filter.caller().ifPresent(caller -> add(conditions, values, "caller = ?", DetailsJson.storable(caller)));
        if (!filter.types().isEmpty()) {
            // The names are constants of the code.
            conditions.add("type IN ("
                    + filter.types().stream()
                            .map(type -> "'" + type.name() + "'")
                            .sorted()
                            .collect(Collectors.joining(", "))
                    + ")");
        }
        filter.from().ifPresent(from -> add(conditions, values, "at >= ?", Timestamp.from(from)));
        filter.to().ifPresent(to -> add(conditions, values, "at < ?", Timestamp.from(to)));
        if (!q.isEmpty()) {
            add(
                    conditions,
                    values,
                    "lower(concat_ws(' ', caller, actor, details)) LIKE ? ESCAPE '!'",
                    LikePatterns.containing(q));
        }
        last.ifPresent(row -> {
            add(conditions, values, "at <= ?", Timestamp.from(row.at()));
            int at = values.size();
            add(conditions, values, "(at < ?" + at + " OR id < ?)", row.id());
        });
        return "FROM audit_logs" + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions));
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

    private static List<Row> rows(EntityManager entities, String where, List<Object> values, int skip, int most) {
        Query query = entities.createNativeQuery(
                "SELECT id, at, type, caller, actor, details " + where + " ORDER BY at DESC, id DESC",
                AuditLogEntity.class);
        List<?> rows =
                bound(query, values).setFirstResult(skip).setMaxResults(most).getResultList();
        return rows.stream().map(row -> ((AuditLogEntity) row).row()).toList();
    }

    private static void add(List<String> conditions, List<Object> values, String condition, Object value) {
        values.add(value);
        conditions.add(condition.replaceAll("[?](?![0-9])", "?" + values.size()));
    }

    private static Query bound(Query query, List<Object> values) {
        for (int i = 0; i < values.size(); i++) {
            query.setParameter(i + 1, values.get(i));
        }
        return query;
    }
}
