package dev.tollgate.jpa;

import dev.tollgate.audit.AuditLog;
import dev.tollgate.page.Page;
import dev.tollgate.page.PageRequest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;

/** The audit trail, read through JPA. */
@ApplicationScoped
public class JpaAuditLog implements AuditLog {

    private final Database database;

    /** For the container's proxy. */
    protected JpaAuditLog() {
        this(null);
    }

    /** In the given database. */
    @Inject
    public JpaAuditLog(Database database) {
        this.database = database;
    }

    @Override
    public Page<Row> page(Filter filter, PageRequest request) {
        List<String> conditions = new ArrayList<>();
        List<Object> values = new ArrayList<>();
        filter.caller().ifPresent(caller -> add(conditions, values, "caller = ?", DetailsJson.storable(caller)));
        filter.type().ifPresent(type -> add(conditions, values, "type = ?", type.name()));
        filter.from().ifPresent(from -> add(conditions, values, "at >= ?", Timestamp.from(from)));
        filter.to().ifPresent(to -> add(conditions, values, "at < ?", Timestamp.from(to)));
        if (!request.q().isEmpty()) {
            add(
                    conditions,
                    values,
                    "lower(concat_ws(' ', caller, actor, details)) LIKE ? ESCAPE '!'",
                    Like.containing(request.q()));
        }
        String where = "FROM audit_logs" + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions));
        return database.inTransaction(entities -> {
            Number total = (Number) bound(entities.createNativeQuery("SELECT count(*) " + where), values)
                    .getSingleResult();
            return Page.of(request, rows(entities, where, values, request), total.longValue());
        });
    }

    private static List<Row> rows(EntityManager entities, String where, List<Object> values, PageRequest request) {
        Query query = entities.createNativeQuery(
                "SELECT id, at, type, caller, actor, details " + where + " ORDER BY at DESC, id DESC",
                AuditLogEntity.class);
        List<?> rows = bound(query, values)
                .setFirstResult(request.offset())
                .setMaxResults(request.size())
                .getResultList();
        return rows.stream().map(row -> ((AuditLogEntity) row).row()).toList();
    }

    private static void add(List<String> conditions, List<Object> values, String condition, Object value) {
        values.add(value);
        conditions.add(condition.replace("?", "?" + values.size()));
    }

    private static Query bound(Query query, List<Object> values) {
        for (int i = 0; i < values.size(); i++) {
            query.setParameter(i + 1, values.get(i));
        }
        return query;
    }
}
