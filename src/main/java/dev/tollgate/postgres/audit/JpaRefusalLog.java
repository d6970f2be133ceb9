package dev.tollgate.postgres.audit;

import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.core.refusal.RefusalLog;
import dev.tollgate.core.refusal.RefusalReason;
import dev.tollgate.core.refusal.RefusalRow;
import dev.tollgate.core.refusal.ShadowedLimit;
import dev.tollgate.postgres.support.Database;
import dev.tollgate.postgres.support.DetailsJson;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The refusals in PostgreSQL, for writing, reading and deletion. Thread-safe; blocks. */
@ApplicationScoped
public class JpaRefusalLog implements RefusalLog {

    private static final String KEEP = """
            INSERT INTO refusals AS r (id, at, last_at, caller, key_id, address, request_id, route, policy, status, code, shadow, count)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET count = greatest(r.count, excluded.count), last_at = greatest(r.last_at, excluded.last_at)
            """;

    private static final String COLUMNS =
            "CAST(id AS text), at, last_at, caller, key_id, address, request_id, route, policy,"
                    + " status, code, shadow, count";

    private static final String FORGET = """
            DELETE FROM refusals WHERE id IN (
              SELECT id FROM refusals WHERE at < ?1 ORDER BY at, id LIMIT ?2 FOR UPDATE SKIP LOCKED)
            """;

    private static final String SHADOW = """
            WITH of_callers AS (
              SELECT policy, code, caller, sum(count) AS requests, min(at) AS first_at, max(last_at) AS last_at
              FROM refusals WHERE shadow AND route = ?1 AND at >= ?2 AND at < ?3 GROUP BY policy, code, caller
            ), ranked AS (
              SELECT *, row_number() OVER (PARTITION BY policy, code ORDER BY caller IS NULL, requests DESC, caller) AS rank,
                sum(requests) OVER (PARTITION BY policy, code) AS all_requests,
                count(caller) OVER (PARTITION BY policy, code) AS callers,
                min(first_at) OVER (PARTITION BY policy, code) AS all_first,
                max(last_at) OVER (PARTITION BY policy, code) AS all_last
              FROM of_callers
            )
            SELECT policy, code, caller, CAST(requests AS bigint), CAST(all_requests AS bigint), callers, all_first, all_last
            FROM ranked WHERE rank <= ?4 ORDER BY all_requests DESC, code, policy, rank
            """;

    private static final Instant FIRST = Instant.EPOCH;
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

    /** {@code undefined_table}, by PostgreSQL's appendix A. */
    private static final String NO_TABLES = "42P01";

    private final Database database;

    /** For the proxy of the container. */
    @SuppressWarnings("NullAway") // a proxy reads no field of its own
    protected JpaRefusalLog() {
        this(null);
    }

    /** Creates it over a database. */
    @Inject
    public JpaRefusalLog(Database database) {
        this.database = database;
    }

    @Override
    public void keep(List<RefusalRow> rows) {
        // In one order on every node, so that two that write the same rows do not deadlock.
        List<RefusalRow> sorted =
                rows.stream().sorted(Comparator.comparing(RefusalRow::id)).toList();
        database.inTransaction(entities -> insert(entities, sorted));
    }

    private static int insert(EntityManager entities, List<RefusalRow> rows) {
        try (PreparedStatement insert = entities.unwrap(Connection.class).prepareStatement(KEEP)) {
            for (RefusalRow row : rows) {
                Caller caller = row.caller();
                RefusalReason reason = row.reason();
                insert.setObject(1, UUID.fromString(row.id()));
                insert.setTimestamp(2, Timestamp.from(Instant.ofEpochMilli(row.atMillis())));
                insert.setTimestamp(3, Timestamp.from(Instant.ofEpochMilli(row.lastMillis())));
                insert.setString(4, caller == null ? null : caller.id());
                insert.setString(5, row.keyId());
                insert.setString(6, row.address());
                insert.setString(7, row.requestId());
                insert.setString(8, reason.route());
                insert.setString(9, reason.policy());
                insert.setInt(10, reason.status());
                insert.setString(11, reason.code());
                insert.setBoolean(12, reason.shadow());
                insert.setLong(13, row.count());
                insert.addBatch();
            }
            return insert.executeBatch().length;
        } catch (SQLException e) {
            // A restored database without tables gets them from the migration.
            throw NO_TABLES.equals(e.getSQLState())
                    ? new DatabaseUnavailableException(e)
                    : new IllegalStateException("rows of refusals were rejected by the database", e);
        }
    }

    @Override
    public Page<RefusalRow> page(Filter filter, PageRequest request) {
        NewestRows those = those(filter, Optional.empty());
        return database.inTransaction(entities -> {
            long total = those.count(entities);
            return Page.of(request, rows(entities, those, request.offset(), request.size()), total);
        });
    }

    @Override
    public List<RefusalRow> after(Filter filter, Optional<RefusalRow> last, int most) {
        NewestRows those = those(filter, last);
        return database.inTransaction(entities -> rows(entities, those, 0, most));
    }

    @Override
    public List<ShadowedLimit> shadow(String route, Optional<Instant> from, Optional<Instant> to) {
        return database.inTransaction(entities -> {
            List<?> found = entities.createNativeQuery(SHADOW)
                    .setParameter(1, DetailsJson.storable(route))
                    .setParameter(2, Timestamp.from(from.orElse(FIRST)))
                    .setParameter(3, Timestamp.from(to.orElse(LAST)))
                    .setParameter(4, ShadowedLimit.MAX_TOP)
                    .getResultList();
            List<ShadowedLimit> limits = new ArrayList<>();
            for (Object each : found) {
                add(limits, (Object[]) each);
            }
            return limits;
        });
    }

    /** Adds a caller to the last limit, or to a new one. */
    private static void add(List<ShadowedLimit> limits, @Nullable Object[] row) {
        String policy = (String) row[0];
        String code = text(row[1]);
        ShadowedLimit last = limits.isEmpty() ? null : limits.get(limits.size() - 1);
        List<ShadowedLimit.Top> top = new ArrayList<>();
        if (last != null && last.code().equals(code) && Objects.equals(last.policy(), policy)) {
            top.addAll(last.top());
            limits.remove(limits.size() - 1);
        }
        if (row[2] != null) {
            top.add(new ShadowedLimit.Top(text(row[2]), number(row[3])));
        }
        limits.add(
                new ShadowedLimit(policy, code, number(row[4]), number(row[5]), instant(row[6]), instant(row[7]), top));
    }

    @Override
    public int forget(Instant before, int most) {
        return database.inTransaction(entities -> entities.createNativeQuery(FORGET)
                .setParameter(1, Timestamp.from(before))
                .setParameter(2, most)
                .executeUpdate());
    }

    private static NewestRows those(Filter filter, Optional<RefusalRow> last) {
        NewestRows those = new NewestRows("refusals");
        filter.caller().ifPresent(caller -> those.require("caller = ?", DetailsJson.storable(caller)));
        filter.route().ifPresent(route -> those.require("route = ?", DetailsJson.storable(route)));
        filter.code().ifPresent(code -> those.require("code = ?", DetailsJson.storable(code)));
        filter.request().ifPresent(id -> those.require("request_id = ?", DetailsJson.storable(id)));
        filter.shadow().ifPresent(shadow -> those.require(shadow ? "shadow" : "NOT shadow"));
        those.requireTime(filter.from(), filter.to());
        last.ifPresent(row -> those.requireOlder(Instant.ofEpochMilli(row.atMillis()), UUID.fromString(row.id())));
        return those;
    }

    private static List<RefusalRow> rows(EntityManager entities, NewestRows those, int skip, int most) {
        return those.read(COLUMNS, entities::createNativeQuery, skip, most).stream()
                .map(row -> row((Object[]) row))
                .toList();
    }

    private static RefusalRow row(@Nullable Object[] row) {
        String caller = (String) row[3];
        return new RefusalRow(
                text(row[0]),
                instant(row[1]).toEpochMilli(),
                instant(row[2]).toEpochMilli(),
                caller == null ? null : Caller.parse(caller),
                (String) row[4],
                (String) row[5],
                (String) row[6],
                new RefusalReason(text(row[7]), (String) row[8], (int) number(row[9]), text(row[10]), (Boolean)
                        Objects.requireNonNull(row[11])),
                number(row[12]));
    }

    private static String text(@Nullable Object value) {
        return (String) Objects.requireNonNull(value);
    }

    private static long number(@Nullable Object value) {
        return ((Number) Objects.requireNonNull(value)).longValue();
    }

    private static Instant instant(@Nullable Object value) {
        return ((Timestamp) Objects.requireNonNull(value)).toInstant();
    }
}
