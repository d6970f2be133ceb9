package dev.tollgate.postgres.report;

import dev.tollgate.core.limit.Tier;
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
import java.util.List;
import java.util.OptionalLong;

/** The hourly peaks of callers in PostgreSQL, and previews of new limits from them. Thread-safe; blocks. */
@ApplicationScoped
public class JpaPeakStore implements PeakStore {

    private static final Duration KEPT = Duration.ofDays(2);
    private static final int MAX_ROWS = 50;

    // In one order, so that nodes that write at the same time do not deadlock.
    private static final String KEEP = """
            INSERT INTO caller_peaks AS p (hour, caller, peak)
            SELECT * FROM unnest(?::timestamptz[], ?::text[], ?::bigint[]) AS c (hour, caller, peak) ORDER BY 1, 2
            ON CONFLICT (hour, caller) DO UPDATE SET peak = excluded.peak WHERE p.peak < excluded.peak""";

    private static final String OF_ACCOUNTS = """
            FROM (SELECT p.caller, a.name, max(p.peak) AS peak,
                         count(*) FILTER (WHERE p.peak > ?3) AS hours, max(p.hour) FILTER (WHERE p.peak > ?3) AS last_hour
                  FROM caller_peaks p JOIN accounts a ON CAST(a.id AS text) = p.caller
                  WHERE p.hour > ?1 AND a.tier = ?2 GROUP BY p.caller, a.name) AS seen""";

    private static final String OF_ADDRESSES = """
            FROM (SELECT p.caller, CAST(NULL AS text) AS name, max(p.peak) AS peak,
                         count(*) FILTER (WHERE p.peak > ?3) AS hours, max(p.hour) FILTER (WHERE p.peak > ?3) AS last_hour
                  FROM caller_peaks p
                  WHERE p.hour > ?1 AND p.caller LIKE 'ip:%' AND CAST(?2 AS text) IS NOT NULL GROUP BY p.caller) AS seen""";

    private static final String OF_QUOTAS =
            "FROM quota_usage q JOIN accounts a ON a.id = q.account_id WHERE q.month = ?1 AND a.tier = ?2";

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
            if (!peaks.isEmpty()) {
                insert(entities.unwrap(Connection.class), peaks);
            }
            return entities.createNativeQuery("DELETE FROM caller_peaks WHERE hour < ?1")
                    .setParameter(1, Timestamp.from(oldest))
                    .executeUpdate();
        });
    }

    private static void insert(Connection connection, List<Peak> peaks) {
        try (PreparedStatement insert = connection.prepareStatement(KEEP)) {
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
            insert.executeUpdate();
        } catch (SQLException e) {
            throw new SettlementStoreException(e);
        }
    }

    @Override
    public Preview preview(
            String tier, OptionalLong windowLimit, OptionalLong monthlyQuota, Instant since, String month) {
        String from = tier.equals(Tier.ANONYMOUS) ? OF_ADDRESSES : OF_ACCOUNTS;
        long limit = windowLimit.orElse(Tier.MAX_LIMIT);
        long quota = monthlyQuota.orElse(Long.MAX_VALUE);
        return database.inTransaction(entities -> {
            Object[] counts = one(callers(
                    entities, "SELECT count(*), count(*) FILTER (WHERE hours > 0) " + from, since, tier, limit));
            List<?> limited = callers(
                            entities,
                            "SELECT caller, name, peak, hours, last_hour " + from
                                    + " WHERE hours > 0 ORDER BY peak DESC, caller",
                            since,
                            tier,
                            limit)
                    .setMaxResults(MAX_ROWS)
                    .getResultList();
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
                    number(counts[0]),
                    number(counts[1]),
                    limited.stream().map(row -> limited((Object[]) row)).toList(),
                    number(accounts[0]),
                    number(accounts[1]),
                    over.stream().map(row -> overQuota((Object[]) row)).toList());
        });
    }

    private static Query callers(EntityManager entities, String sql, Instant since, String tier, long limit) {
        return entities.createNativeQuery(sql)
                .setParameter(1, Timestamp.from(since))
                .setParameter(2, tier)
                .setParameter(3, limit);
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

    private static Limited limited(Object[] row) {
        return new Limited(
                (String) row[0], (String) row[1], number(row[2]), number(row[3]), ((Timestamp) row[4]).toInstant());
    }

    private static OverQuota overQuota(Object[] row) {
        return new OverQuota((String) row[0], (String) row[1], number(row[2]));
    }

    private static long number(Object column) {
        return ((Number) column).longValue();
    }
}
