package dev.tollgate.bench.section;

import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.UsageCounts;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.util.UUID;

/**
 * A settlement for comparison that writes each changed row by itself, by JPA. Each row is one upsert; to find and change an
 * entity would take two statements.
 */
final class RowByRow {

    private static final String SUMS = """
            total_requests = u.total_requests + excluded.total_requests,
            successful_requests = u.successful_requests + excluded.successful_requests,
            failed_requests = u.failed_requests + excluded.failed_requests,
            total_files_uploaded = u.total_files_uploaded + excluded.total_files_uploaded,
            total_file_size = u.total_file_size + excluded.total_file_size""";
    private static final String COLUMNS =
            "total_requests, successful_requests, failed_requests, total_files_uploaded, total_file_size";

    private RowByRow() {}

    /** Writes the rows of one key. */
    static void settle(EntityManager entities, String keyId, KeyUsage usage) {
        UUID id = UUID.fromString(keyId);
        counts(entities.createNativeQuery("""
                                    UPDATE api_keys SET total_requests = total_requests + ?1,
                                        successful_requests = successful_requests + ?2, failed_requests = failed_requests + ?3,
                                        total_files_uploaded = total_files_uploaded + ?4, total_file_size = total_file_size + ?5
                                    WHERE id = ?6"""), usage.totals())
                .setParameter(6, id)
                .executeUpdate();
        usage.providers()
                .forEach((provider, counts) -> upsert(entities, "provider_usage", "provider", counts, id, provider));
        usage.days().forEach((day, counts) -> upsert(entities, "api_key_usage_daily", "usage_date", counts, id, day));
        usage.providerDays()
                .forEach((at, counts) -> upsert(
                        entities, "provider_usage_daily", "usage_date, provider", counts, id, at.day(), at.provider()));
    }

    private static void upsert(EntityManager entities, String table, String parts, UsageCounts counts, Object... key) {
        StringBuilder places = new StringBuilder("?1, ?2, ?3, ?4, ?5");
        for (int i = 0; i < key.length; i++) {
            places.append(", ?").append(6 + i);
        }
        Query query = counts(
                entities.createNativeQuery("INSERT INTO " + table + " AS u (" + COLUMNS + ", api_key_id, " + parts
                        + ") VALUES (" + places + ") ON CONFLICT (api_key_id, " + parts + ") DO UPDATE SET " + SUMS),
                counts);
        for (int i = 0; i < key.length; i++) {
            query.setParameter(6 + i, key[i]);
        }
        query.executeUpdate();
    }

    private static Query counts(Query query, UsageCounts counts) {
        return query.setParameter(1, counts.totalRequests())
                .setParameter(2, counts.successfulRequests())
                .setParameter(3, counts.failedRequests())
                .setParameter(4, counts.totalFiles())
                .setParameter(5, counts.totalBytes());
    }
}
