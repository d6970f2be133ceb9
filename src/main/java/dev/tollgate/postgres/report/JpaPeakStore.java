package dev.tollgate.postgres.report;

import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.core.traffic.CallerPeaks.Peak;
import dev.tollgate.core.traffic.PeakStore;
import dev.tollgate.postgres.support.Database;
import dev.tollgate.postgres.support.SettlementStoreException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The hourly peaks of callers in PostgreSQL, and previews of new limits from them. Thread-safe; blocks. */
@ApplicationScoped
public class JpaPeakStore implements PeakStore {

    private static final Duration KEPT = Duration.ofDays(2);
    private static final int MAX_ROWS = 50;

    private static final long MINUTE_SECONDS = WindowPolicy.MINUTE_MILLIS / 1_000;

    // In one order, so that nodes that write at the same time do not deadlock.
    private static final String KEEP = """
            INSERT INTO caller_peaks AS p (hour, caller, peak)
            SELECT * FROM unnest(?::timestamptz[], ?::text[], ?::bigint[]) AS c (hour, caller, peak) ORDER BY 1, 2
            ON CONFLICT (hour, caller) DO UPDATE SET peak = excluded.peak WHERE p.peak < excluded.peak""";

    private static final String KEEP_OTHERS = """
            INSERT INTO caller_window_peaks AS p (hour, caller, peak, seconds)
            SELECT * FROM unnest(?::timestamptz[], ?::text[], ?::bigint[], ?::integer[]) AS c (hour, caller, peak, seconds)
            ORDER BY 1, 2, 4
            ON CONFLICT (hour, caller, seconds) DO UPDATE SET peak = excluded.peak WHERE p.peak < excluded.peak""";

    private static final String COLUMNS = """
             max(p.peak) AS peak,
             count(*) FILTER (WHERE p.peak > %1$d) AS hours, max(p.hour) FILTER (WHERE p.peak > %1$d) AS last_hour
             FROM %2$s p""";

    private static final String OF_ACCOUNTS = "SELECT p.caller, a.name," + COLUMNS + """
             JOIN accounts a ON CAST(a.id AS text) = p.caller
            WHERE p.hour > ?1 AND a.tier = ?2 AND NOT EXISTS (SELECT 1 FROM account_limits l
              WHERE l.account_id = a.id AND l.windows IS NOT NULL AND (l.until IS NULL OR l.until > now()))
            GROUP BY p.caller, a.name""";

    private static final String OF_ADDRESSES = "SELECT p.caller, CAST(NULL AS text) AS name," + COLUMNS + """

            WHERE p.hour > ?1 AND p.caller LIKE 'ip:%%' AND CAST(?2 AS text) IS NOT NULL GROUP BY p.caller""";

    private static final String OF_QUOTAS = """
            FROM quota_usage q JOIN accounts a ON a.id = q.account_id
            WHERE q.month = ?1 AND a.tier = ?2 AND NOT EXISTS (SELECT 1 FROM account_limits l
              WHERE l.account_id = a.id AND l.own_quota AND (l.until IS NULL OR l.until > now()))""";

    private final Database database;

    /** For the proxy of the container. */
    @SuppressWarnings("NullAway") // a proxy reads no field of its own
    protected JpaPeakStore() {
        this(null);
    }

    /** Creates it over a database. */
    @Inject
    public JpaPeakStore(Database database) {
        this.database = database;
    }

    @Override
    public void keep(List<Peak> peaks, long nowMillis) {
        Instant oldest = Instant.ofEpochMilli(nowMillis).minus(KEPT);
        database.inTransaction(entities -> {
            Connection connection = entities.unwrap(Connection.class);
            insert(connection, KEEP, peaks, true);
            insert(connection, KEEP_OTHERS, peaks, false);
            for (String table : List.of("caller_peaks", "caller_window_peaks")) {
                entities.createNativeQuery("DELETE FROM " + table + " WHERE hour < ?1")
                        .setParameter(1, Timestamp.from(oldest))
                        .executeUpdate();
            }
            return null;
        });
    }

    private static void insert(Connection connection, String sql, List<Peak> all, boolean minutes) {
        List<Peak> peaks = all.stream()
                .filter(peak -> (peak.seconds() == MINUTE_SECONDS) == minutes)
                .toList();
        if (peaks.isEmpty()) {
            return;
        }
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setArray(
                    1,
                    connection.createArrayOf(
                            "timestamptz",
                            peaks.stream()
                                    .map(peak -> new Timestamp(peak.hourMillis()))
                                    .toArray()));
            insert.setArray(
                    2,
                    connection.createArrayOf(
                            "text", peaks.stream().map(Peak::caller).toArray()));
            insert.setArray(
                    3,
                    connection.createArrayOf(
                            "bigint", peaks.stream().map(Peak::peak).toArray()));
            if (!minutes) {
                insert.setArray(
                        4,
                        connection.createArrayOf(
                                "integer", peaks.stream().map(Peak::seconds).toArray()));
            }
            insert.executeUpdate();
        } catch (SQLException e) {
            throw new SettlementStoreException(e);
        }
    }

    @Override
    public Preview preview(
            String tier, List<WindowPolicy> windows, OptionalLong monthlyQuota, Instant since, String month) {
        long quota = monthlyQuota.orElse(Long.MAX_VALUE);
        return database.inTransaction(entities -> {
            long seen = number(
                    callers(entities, "SELECT count(*) FROM (" + callersOf(tier, null) + ") AS seen", since, tier)
                            .getSingleResult());
            List<OfWindow> each = new ArrayList<>();
            List<Limited> most = new ArrayList<>();
            for (WindowPolicy window : windows) {
                String from = " FROM (" + callersOf(tier, window) + ") AS seen";
                Object[] counts = one(
                        callers(entities, "SELECT count(*), count(*) FILTER (WHERE hours > 0)" + from, since, tier));
                each.add(new OfWindow(
                        window.name(),
                        window.limit(),
                        window.windowMillis() / 1_000,
                        number(counts[0]),
                        number(counts[1])));
                List<?> rows = callers(
                                entities,
                                "SELECT caller, name, peak, hours, last_hour" + from
                                        + " WHERE hours > 0 ORDER BY peak DESC, caller",
                                since,
                                tier)
                        .setMaxResults(MAX_ROWS)
                        .getResultList();
                rows.forEach(row -> most.add(limited((Object[]) row, window.name())));
            }
            Object[] accounts = one(quotas(
                    entities, "SELECT count(*), count(*) FILTER (WHERE q.used > ?3) " + OF_QUOTAS, month, tier, quota));
            List<?> over = quotas(
                            entities,
                            "SELECT CAST(a.id AS text), a.name, q.used " + OF_QUOTAS
                                    + " AND q.used > ?3 ORDER BY q.used DESC, a.id",
                            month,
                            tier,
                            quota)
                    .setMaxResults(MAX_ROWS)
                    .getResultList();
            return new Preview(
                    seen,
                    limitedByAny(entities, tier, windows, since),
                    each,
                    most,
                    number(accounts[0]),
                    number(accounts[1]),
                    over.stream().map(row -> overQuota((Object[]) row)).toList());
        });
    }

    private static long limitedByAny(EntityManager entities, String tier, List<WindowPolicy> windows, Instant since) {
        if (windows.isEmpty()) {
            return 0;
        }
        String each = windows.stream()
                .map(window -> "SELECT caller FROM (" + callersOf(tier, window) + ") AS seen WHERE hours > 0")
                .collect(Collectors.joining(" UNION "));
        return number(callers(entities, "SELECT count(*) FROM (" + each + ") AS limited", since, tier)
                .getSingleResult());
    }

    /** Returns the query for a tier's callers and their peaks in a window; of no window, in a minute without a limit. */
    private static String callersOf(String tier, @Nullable WindowPolicy window) {
        long limit = window == null ? Tier.MAX_LIMIT : window.limit();
        long seconds = window == null ? MINUTE_SECONDS : window.windowMillis() / 1_000;
        String table = seconds == MINUTE_SECONDS
                ? "caller_peaks"
                : "(SELECT * FROM caller_window_peaks WHERE seconds = " + seconds + ")";
        return (tier.equals(Tier.ANONYMOUS) ? OF_ADDRESSES : OF_ACCOUNTS).formatted(limit, table);
    }

    private static Query callers(EntityManager entities, String sql, Instant since, String tier) {
        return entities.createNativeQuery(sql)
                .setParameter(1, Timestamp.from(since))
                .setParameter(2, tier);
    }

    private static Query quotas(EntityManager entities, String sql, String month, String tier, long quota) {
        return entities.createNativeQuery(sql)
                .setParameter(1, month)
                .setParameter(2, tier)
                .setParameter(3, quota);
    }

    private static Object[] one(Query query) {
        return (Object[]) query.getSingleResult();
    }

    private static Limited limited(Object[] row, String window) {
        return new Limited(
                (String) row[0],
                (String) row[1],
                window,
                number(row[2]),
                number(row[3]),
                ((Timestamp) row[4]).toInstant());
    }

    private static OverQuota overQuota(Object[] row) {
        return new OverQuota((String) row[0], (String) row[1], number(row[2]));
    }

    private static long number(Object column) {
        return ((Number) column).longValue();
    }
}
