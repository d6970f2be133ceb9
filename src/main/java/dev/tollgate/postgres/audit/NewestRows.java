package dev.tollgate.postgres.audit;

import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The rows of a table that meet some conditions, newest first, by its columns {@code at} and {@code id}. Conditions are constants
 * of the code; what they compare with becomes a parameter. Not thread-safe.
 */
final class NewestRows {

    private final String table;
    private final List<String> conditions = new ArrayList<>();
    private final List<Object> values = new ArrayList<>();

    /** Of all rows of a table. */
    NewestRows(String table) {
        this.table = table;
    }

    /** Narrows to rows that meet a condition without a value. */
    void require(String condition) {
        conditions.add(condition);
    }

    /**
     * Narrows to rows that meet a condition.
     *
     * @param condition with {@code ?} for the value, and with its number for an earlier one
     */
    void require(String condition, Object value) {
        values.add(value);
        conditions.add(condition.replaceAll("[?](?![0-9])", "?" + values.size()));
    }

    /** Narrows to rows of a time: the first moment is included, the last one is not. */
    void requireTime(Optional<Instant> from, Optional<Instant> to) {
        from.ifPresent(first -> require("at >= ?", Timestamp.from(first)));
        to.ifPresent(end -> require("at < ?", Timestamp.from(end)));
    }

    /** Narrows to the rows that come behind one in the order of these. */
    void requireOlder(Instant at, Object id) {
        require("at <= ?", Timestamp.from(at));
        require("(at < ?" + values.size() + " OR id < ?)", id);
    }

    private String where() {
        return "FROM " + table + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions));
    }

    private Query bound(Query query) {
        for (int i = 0; i < values.size(); i++) {
            query.setParameter(i + 1, values.get(i));
        }
        return query;
    }

    /** Returns how many there are. */
    long count(EntityManager entities) {
        return ((Number) bound(entities.createNativeQuery("SELECT count(*) " + where()))
                        .getSingleResult())
                .longValue();
    }

    /**
     * Reads some.
     *
     * @param columns what is read of each
     * @param prepare makes a query of SQL
     * @param skip how many newer ones are left out
     * @param most how many are read at most
     */
    List<?> read(String columns, Function<String, Query> prepare, int skip, int most) {
        return bound(prepare.apply("SELECT " + columns + " " + where() + " ORDER BY at DESC, id DESC"))
                .setFirstResult(skip)
                .setMaxResults(most)
                .getResultList();
    }
}
