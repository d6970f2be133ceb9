package dev.tollgate.postgres.report;

import dev.tollgate.core.analytics.SettledUsage;
import dev.tollgate.core.analytics.UsageReports;
import dev.tollgate.core.analytics.query.DailyQuery;
import dev.tollgate.core.analytics.query.DateRange;
import dev.tollgate.core.analytics.query.FileTypesQuery;
import dev.tollgate.core.analytics.query.ProvidersQuery;
import dev.tollgate.core.analytics.query.ReportQuery;
import dev.tollgate.core.analytics.query.UploadQuery;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.KeyUsage.ProviderDay;
import dev.tollgate.core.usage.UsageCounts;
import dev.tollgate.postgres.support.Database;
import dev.tollgate.postgres.support.Uuids;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.sql.Date;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Reports of an API key's settled usage, by JPA.
 *
 * <p>Each report is one statement, so that its rows and their last batch are from one snapshot under READ COMMITTED. It reads
 * the key's own rows by primary key, and no more than it shows and, of days, one more. Thread-safe; blocks.
 */
@ApplicationScoped
public class JpaUsageReports implements UsageReports {

    static final String TOTALS_AND_PROVIDERS = """
            SELECT k, p FROM KeyTotalsEntity k
            LEFT JOIN ProviderUsageEntity p ON p.keyId = k.id AND (:every = TRUE OR p.provider = :provider)
            WHERE k.id = :key""";

    /** Selects by key, first day, last day and days at most. In SQL, since JPQL has no limit in a subquery. */
    static final String DAYS = """
            SELECT k.settled_batch, d.usage_date, d.total_requests, d.successful_requests, d.failed_requests,
                   d.total_files_uploaded, d.total_file_size
            FROM api_keys k
            LEFT JOIN LATERAL (
                SELECT * FROM api_key_usage_daily u
                WHERE u.api_key_id = k.id AND u.usage_date BETWEEN ?2 AND ?3
                ORDER BY u.usage_date DESC LIMIT ?4) d ON TRUE
            WHERE k.id = ?1""";

    /** Selects by key, first day, last day, days at most, and provider or null. */
    static final String PROVIDERS = """
            WITH days AS MATERIALIZED (
                SELECT usage_date FROM api_key_usage_daily
                WHERE api_key_id = ?1 AND usage_date BETWEEN ?2 AND ?3
                ORDER BY usage_date DESC LIMIT ?4)
            SELECT settled_batch, CAST(NULL AS date) AS usage_date, CAST(NULL AS text) AS provider,
                   0 AS total_requests, 0 AS successful_requests, 0 AS failed_requests, 0 AS total_files_uploaded,
                   0 AS total_file_size, 0 AS last_used_millis
            FROM api_keys WHERE id = ?1
            UNION ALL
            SELECT NULL, NULL, provider,
                   total_requests, successful_requests, failed_requests, total_files_uploaded, total_file_size,
                   CAST(extract(epoch FROM last_used_at) * 1000 AS bigint)
            FROM provider_usage
            WHERE api_key_id = ?1 AND (CAST(?5 AS text) IS NULL OR provider = ?5)
            UNION ALL
            SELECT NULL, usage_date, NULL, 0, 0, 0, 0, 0, 0 FROM days
            UNION ALL
            SELECT NULL, usage_date, provider,
                   total_requests, successful_requests, failed_requests, total_files_uploaded, total_file_size, 0
            FROM provider_usage_daily
            WHERE api_key_id = ?1 AND usage_date >= (SELECT min(usage_date) FROM days)
              AND usage_date <= (SELECT max(usage_date) FROM days)
              AND (CAST(?5 AS text) IS NULL OR provider = ?5)""";

    private static final LocalDate FIRST_DAY = LocalDate.of(1, 1, 1);
    private static final LocalDate LAST_DAY = LocalDate.of(9999, 12, 31);
    private static final Map<String, Object> TIMED = Map.of("jakarta.persistence.query.timeout", 5_000);

    private final Database database;

    /** For the proxy of the container. */
    @SuppressWarnings("NullAway") // a proxy reads no field of its own
    protected JpaUsageReports() {
        this(null);
    }

    /** Creates it over a database. */
    @Inject
    public JpaUsageReports(Database database) {
        this.database = database;
    }

    @Override
    public Optional<SettledUsage> settled(String keyId, ReportQuery query) {
        Optional<UUID> key = Uuids.parse(keyId);
        return key.isEmpty()
                ? Optional.empty()
                : database.inTransaction(entities -> settled(entities, key.get(), query));
    }

    private static Optional<SettledUsage> settled(EntityManager entities, UUID key, ReportQuery query) {
        if (query instanceof UploadQuery upload) {
            return upload(entities, key, upload);
        } else if (query instanceof DailyQuery daily) {
            return daily(entities, key, daily);
        } else if (query instanceof ProvidersQuery providers) {
            return providers(entities, key, providers);
        } else if (query instanceof FileTypesQuery) {
            return fileTypes(entities, key);
        }
        throw new IllegalArgumentException("no such report");
    }

    private static Optional<SettledUsage> upload(EntityManager entities, UUID key, UploadQuery query) {
        List<Object[]> rows = rows(timed(entities.createQuery(TOTALS_AND_PROVIDERS, Object[].class))
                .setParameter("key", key)
                .setParameter("every", query.provider().isEmpty())
                .setParameter("provider", query.provider().orElse("")));
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        KeyTotalsEntity totals = (KeyTotalsEntity) rows.get(0)[0];
        Map<String, UsageCounts> providers = new HashMap<>();
        for (Object[] row : rows) {
            if (row[1] instanceof ProviderUsageEntity usage) {
                providers.put(usage.provider(), usage.counts());
            }
        }
        return Optional.of(
                new SettledUsage(totals.settledBatch(), new KeyUsage(totals.counts(), providers, Map.of(), Map.of())));
    }

    private static Optional<SettledUsage> fileTypes(EntityManager entities, UUID key) {
        return Optional.ofNullable(entities.find(KeyTotalsEntity.class, key, TIMED))
                .map(totals -> new SettledUsage(
                        totals.settledBatch(), new KeyUsage(totals.counts(), Map.of(), Map.of(), Map.of())));
    }

    private static Optional<SettledUsage> daily(EntityManager entities, UUID key, DailyQuery query) {
        List<Object[]> rows = rows(
                inRange(entities.createNativeQuery(DAYS), key, query.range()).setParameter(4, query.settledDays()));
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        Map<LocalDate, UsageCounts> days = new HashMap<>();
        for (Object[] row : rows) {
            if (row[1] != null) {
                days.put(day(row[1]), counts(row, 2, 0));
            }
        }
        return Optional.of(
                new SettledUsage(number(rows.get(0)[0]), new KeyUsage(UsageCounts.NONE, Map.of(), days, Map.of())));
    }

    private static Optional<SettledUsage> providers(EntityManager entities, UUID key, ProvidersQuery query) {
        List<Object[]> rows = rows(inRange(entities.createNativeQuery(PROVIDERS), key, query.range())
                .setParameter(4, query.newestDays())
                .setParameter(5, query.provider().orElse(null)));
        Long batch = null;
        Map<String, UsageCounts> providers = new HashMap<>();
        Map<LocalDate, UsageCounts> days = new HashMap<>();
        Map<ProviderDay, UsageCounts> providerDays = new HashMap<>();
        for (Object[] row : rows) {
            String provider = (String) row[2];
            if (row[0] != null) {
                batch = number(row[0]);
            } else if (row[1] == null) {
                providers.put(provider, counts(row, 3, row[8] == null ? 0 : number(row[8])));
            } else if (provider == null) {
                // The report needs only the fact that the key was used on this day.
                days.put(day(row[1]), UsageCounts.NONE);
            } else {
                providerDays.put(new ProviderDay(provider, day(row[1])), counts(row, 3, 0));
            }
        }
        return batch == null
                ? Optional.empty()
                : Optional.of(new SettledUsage(batch, new KeyUsage(UsageCounts.NONE, providers, days, providerDays)));
    }

    private static Query inRange(Query query, UUID key, DateRange range) {
        return timed(query)
                .setParameter(1, key)
                .setParameter(2, Date.valueOf(range.start().orElse(FIRST_DAY)))
                .setParameter(3, Date.valueOf(range.end().orElse(LAST_DAY)));
    }

    private static Query timed(Query query) {
        TIMED.forEach(query::setHint);
        return query;
    }

    @SuppressWarnings("unchecked") // JPA has no type for rows of several columns
    private static List<Object[]> rows(Query query) {
        return query.getResultList();
    }

    private static UsageCounts counts(Object[] row, int from, long lastUsedAt) {
        return new UsageCounts(
                number(row[from]),
                number(row[from + 1]),
                number(row[from + 2]),
                number(row[from + 3]),
                number(row[from + 4]),
                lastUsedAt,
                Map.of());
    }

    private static LocalDate day(Object column) {
        return ((Date) column).toLocalDate();
    }

    private static long number(Object column) {
        return ((Number) column).longValue();
    }
}
