package dev.tollgate.postgres.account;

import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** The statements that close one account, within the transaction of an entity manager. */
final class AccountClosing {

    // In the order of their ids, as the settlement takes them.
    private static final String LOCK =
            "SELECT count(*) FROM (SELECT id FROM api_keys WHERE account_id = CAST(?1 AS uuid)"
                    + " ORDER BY id FOR UPDATE) AS locked";

    private static final String GOOD = """
            SELECT CAST(key_hash AS text) FROM api_keys
            WHERE account_id = CAST(?1 AS uuid) AND revoked_at IS NULL AND (active OR suspended_at IS NOT NULL)
            UNION
            SELECT CAST(r.key_hash AS text) FROM retired_secrets r JOIN api_keys k ON k.id = r.api_key_id
            WHERE k.account_id = CAST(?1 AS uuid) AND k.revoked_at IS NULL AND r.valid_until > ?2
            """;

    private static final String REVOKE = """
            UPDATE api_keys SET active = false, revoked_at = ?2
            WHERE account_id = CAST(?1 AS uuid) AND revoked_at IS NULL AND (active OR suspended_at IS NOT NULL)
            """;

    private static final List<String> DELETE_USAGE = List.of(
            "DELETE FROM provider_usage WHERE api_key_id IN (SELECT id FROM api_keys WHERE account_id = CAST(?1 AS uuid))",
            "DELETE FROM api_key_usage_daily"
                    + " WHERE api_key_id IN (SELECT id FROM api_keys WHERE account_id = CAST(?1 AS uuid))",
            "DELETE FROM provider_usage_daily"
                    + " WHERE api_key_id IN (SELECT id FROM api_keys WHERE account_id = CAST(?1 AS uuid))",
            "DELETE FROM quota_usage WHERE account_id = CAST(?1 AS uuid)",
            // The ledger's columns stay: they are about what was settled, whatever became of it.
            "UPDATE api_keys SET total_requests = 0, successful_requests = 0, failed_requests = 0,"
                    + " total_files_uploaded = 0, total_file_size = 0, file_type_counts = '{}', last_used_at = NULL"
                    + " WHERE account_id = CAST(?1 AS uuid)");

    private final EntityManager entities;
    private final String account;

    AccountClosing(EntityManager entities, UUID account) {
        this.entities = entities;
        this.account = account.toString();
    }

    /** Revokes the account's keys. Returns the hashes of those of their secrets that were good until now, or suspended. */
    List<String> revokeKeys(Instant now) {
        query(LOCK).getSingleResult();
        List<?> good = query(GOOD).setParameter(2, Timestamp.from(now)).getResultList();
        List<String> hashes = good.stream().map(String::valueOf).toList();
        query(REVOKE).setParameter(2, Timestamp.from(now)).executeUpdate();
        return hashes;
    }

    /** Deletes the settled usage of all of the account's keys. Their rows stay, so that their secrets are known as revoked. */
    void deleteUsage() {
        DELETE_USAGE.forEach(sql -> query(sql).executeUpdate());
    }

    private Query query(String sql) {
        return entities.createNativeQuery(sql).setParameter(1, account);
    }
}
