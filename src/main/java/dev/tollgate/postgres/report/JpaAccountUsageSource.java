package dev.tollgate.postgres.report;

import dev.tollgate.core.analytics.query.AccountUsageSource;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.UsageCounts;
import dev.tollgate.postgres.support.Database;
import dev.tollgate.postgres.support.UsageEmbeddable;
import dev.tollgate.postgres.support.Uuids;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The settled usage of accounts, in one statement, so that sums and batches are from one snapshot. Thread-safe; blocks. */
@ApplicationScoped
public class JpaAccountUsageSource implements AccountUsageSource {

    /** Selects an account, its keys with their last batches, and sums in all, by provider and by file type. */
    static final String SUMS = """
            SELECT 'account' AS what, CAST(NULL AS text) AS name, 0 AS requests, 0 AS successful, 0 AS failed, 0 AS files,
                   0 AS bytes, 0 AS last_used_millis
            FROM accounts WHERE id = ?1
            UNION ALL
            SELECT 'key', CAST(id AS text), settled_batch, 0, 0, 0, 0, 0 FROM api_keys WHERE account_id = ?1
            UNION ALL
            SELECT 'totals', NULL, sum(total_requests), sum(successful_requests), sum(failed_requests),
                   sum(total_files_uploaded), sum(total_file_size), CAST(extract(epoch FROM max(last_used_at)) * 1000 AS bigint)
            FROM api_keys WHERE account_id = ?1
            UNION ALL
            SELECT 'provider', u.provider, sum(u.total_requests), sum(u.successful_requests), sum(u.failed_requests),
                   sum(u.total_files_uploaded), sum(u.total_file_size),
                   CAST(extract(epoch FROM max(u.last_used_at)) * 1000 AS bigint)
            FROM api_keys k JOIN provider_usage u ON u.api_key_id = k.id WHERE k.account_id = ?1 GROUP BY u.provider
            UNION ALL
            SELECT 'type', t.key, sum(CAST(t.value AS numeric)), 0, 0, 0, 0, 0
            FROM api_keys k CROSS JOIN jsonb_each_text(k.file_type_counts) t WHERE k.account_id = ?1 GROUP BY t.key""";

    private static final Map<String, Object> TIMED = Map.of("jakarta.persistence.query.timeout", 5_000);

    private final Database database;

    /** For the proxy of the container. */
    @SuppressWarnings("NullAway") // a proxy reads no field of its own
    protected JpaAccountUsageSource() {
        this(null);
    }

    /** Creates it over a database. */
    @Inject
    public JpaAccountUsageSource(Database database) {
        this.database = database;
    }

    @Override
    public Optional<SettledAccount> settled(String accountId) {
        return Uuids.parse(accountId).flatMap(id -> database.inTransaction(entities -> settled(entities, id)));
    }

    private static Optional<SettledAccount> settled(EntityManager entities, UUID account) {
        var query = entities.createNativeQuery(SUMS).setParameter(1, account);
        TIMED.forEach(query::setHint);
        Map<String, Long> batches = new HashMap<>();
        Map<String, UsageCounts> providers = new HashMap<>();
        Map<String, Long> types = new HashMap<>();
        UsageCounts totals = UsageCounts.NONE;
        boolean exists = false;
        for (Object each : query.getResultList()) {
            Object[] row = (Object[]) each;
            String name = (String) row[1];
            switch ((String) row[0]) {
                case "key" -> batches.put(name, number(row[2]));
                case "totals" -> totals = counts(row, Map.of());
                case "provider" -> providers.put(name, counts(row, Map.of()));
                case "type" -> types.put(name, number(row[2]));
                default -> exists = true;
            }
        }
        UsageCounts all = totals.plus(new UsageCounts(0, 0, 0, 0, 0, 0, types));
        return exists
                ? Optional.of(new SettledAccount(batches, new KeyUsage(all, providers, Map.of(), Map.of())))
                : Optional.empty();
    }

    private static UsageCounts counts(Object[] row, Map<String, Long> types) {
        return new UsageCounts(
                number(row[2]), number(row[3]), number(row[4]), number(row[5]), number(row[6]), number(row[7]), types);
    }

    private static long number(Object column) {
        return UsageEmbeddable.whole(column);
    }
}
