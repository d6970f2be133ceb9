package dev.tollgate.rest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.rest.support.InProcess;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Closing accounts, deleting tiers, and the order of lists. */
class ClosedAccountsTest extends AdminCase {

    private InProcess.Answer delete(String path) {
        return admin.call("DELETE", path, Map.of(), InputStream.nullInputStream());
    }

    private static void use(String keyId, String accountId) {
        postgres.execute("UPDATE api_keys SET total_requests = 7, last_used_at = now() WHERE id = '" + keyId + "'");
        postgres.execute("INSERT INTO provider_usage (api_key_id, provider, total_requests) VALUES ('" + keyId
                + "', 'local', 7)");
        postgres.execute("INSERT INTO api_key_usage_daily (api_key_id, usage_date, total_requests) VALUES ('" + keyId
                + "', '2026-11-01', 7)");
        postgres.execute("INSERT INTO provider_usage_daily (api_key_id, usage_date, provider, total_requests) VALUES ('"
                + keyId + "', '2026-11-01', 'local', 7)");
        postgres.execute(
                "INSERT INTO quota_usage (account_id, month, used) VALUES ('" + accountId + "', '2026-11', 7)");
    }

    private static List<String> usage() {
        return postgres.column("SELECT 'k' || total_requests FROM api_keys WHERE total_requests > 0"
                + " UNION ALL SELECT 'p' || total_requests FROM provider_usage"
                + " UNION ALL SELECT 'd' || total_requests FROM api_key_usage_daily"
                + " UNION ALL SELECT 'pd' || total_requests FROM provider_usage_daily"
                + " UNION ALL SELECT 'q' || used FROM quota_usage");
    }

    @Test
    void aClosedAccountLeavesListsItsKeysAreRevokedAndItsUsageStays() {
        String closed = account("Shop", "free");
        String open = account("Other", "free");
        JsonObject key = key(closed);
        JsonObject suspended = key(closed);
        admin.send("PATCH", KEYS + "/" + suspended.getString("id"), "{\"suspended\":true}");
        JsonObject rotated = admin.send(
                        "POST", KEYS + "/" + key.getString("id") + "/rotate", "{\"overlapSeconds\":3600}")
                .json();
        JsonObject others = key(open);
        use(key.getString("id"), closed);
        published.clear();

        assertThat(delete(ACCOUNTS + "/" + closed).status()).isEqualTo(204);

        assertThat(admin.get(ACCOUNTS).body()).contains(open).doesNotContain(closed);
        JsonObject account = admin.get(ACCOUNTS + "/" + closed).json();
        assertThat(account.getString("closedAt")).isNotEmpty();
        assertThat(admin.get(ACCOUNTS + "/" + open).json().get("closedAt")).isEqualTo(JsonValue.NULL);
        for (JsonObject of : List.of(key, rotated, suspended)) {
            String hash = ApiKeyToken.hash(of.getString("key"));
            assertThat(directory.findByHash(hash).orElseThrow().key().active()).isFalse();
            assertThat(published).contains("key " + hash);
        }
        assertThat(published).contains("account " + closed);
        assertThat(directory
                        .findByHash(ApiKeyToken.hash(others.getString("key")))
                        .orElseThrow()
                        .key()
                        .active())
                .isTrue();
        assertThat(usage()).containsExactlyInAnyOrder("k7", "p7", "d7", "pd7", "q7");
        assertThat(auditTypes()).containsOnlyOnce(AuditEvent.Type.ACCOUNT_CLOSED);
        assertThat(delete(ACCOUNTS + "/" + closed).status()).isEqualTo(204);
        assertThat(auditTypes()).containsOnlyOnce(AuditEvent.Type.ACCOUNT_CLOSED);
        assertProblem(admin.send("PATCH", ACCOUNTS + "/" + closed, "{\"name\":\"x\"}"), 409, "CONFLICT");
    }

    @Test
    void usageIsDeletedOnDemandAlsoOfAnAccountThatIsClosed() {
        String closed = account("Shop", "free");
        String open = account("Other", "free");
        JsonObject key = key(closed);
        use(key.getString("id"), closed);
        use(key(open).getString("id"), open);
        delete(ACCOUNTS + "/" + closed);
        assertThat(usage()).hasSize(10);
        assertThat(delete(ACCOUNTS + "/" + closed + "?usage=delete").status()).isEqualTo(204);
        assertThat(usage()).as("the other's").containsExactlyInAnyOrder("k7", "p7", "d7", "pd7", "q7");
        assertThat(directory.findByHash(ApiKeyToken.hash(key.getString("key"))))
                .as("known as one that is revoked")
                .isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"?usage=", "?usage=keep", "?usage=DELETE", "?force=1"})
    void aBadWordClosesNothing(String query) {
        String accountId = account("Shop", "free");
        assertProblem(delete(ACCOUNTS + "/" + accountId + query), 400, "INVALID_PARAMETER");
        assertThat(admin.get(ACCOUNTS + "/" + accountId).json().get("closedAt")).isEqualTo(JsonValue.NULL);
        assertProblem(delete(ACCOUNTS + "/nobody"), 404, "NOT_FOUND");
    }

    @Test
    void aTierIsDeletedWhenNoOpenAccountHasIt() {
        admin.send("POST", TIERS, "{\"name\":\"gold\",\"windowLimit\":1,\"monthlyQuota\":null}");
        String one = account("one", "gold");
        String two = account("two", "gold");
        published.clear();
        InProcess.Answer inUse = delete(TIERS + "/gold");
        assertProblem(inUse, 409, "CONFLICT");
        assertThat(inUse.json().getString("detail")).contains("2 accounts");
        assertThat(published).isEmpty();
        admin.send("PATCH", ACCOUNTS + "/" + one, "{\"tier\":\"free\"}");
        delete(ACCOUNTS + "/" + two);
        published.clear();
        assertThat(delete(TIERS + "/gold").status()).isEqualTo(204);
        assertThat(published).containsExactly("tiers");
        assertThat(auditTypes()).contains(AuditEvent.Type.TIER_DELETED);
        assertProblem(admin.get(TIERS + "/gold"), 404, "NOT_FOUND");
        assertProblem(delete(TIERS + "/gold"), 404, "NOT_FOUND");
        assertProblem(delete(TIERS + "/anonymous"), 409, "CONFLICT");
        assertThat(admin.get(ACCOUNTS + "/" + two).json().getString("tier")).isEqualTo("anonymous");
    }

    @ParameterizedTest
    @CsvSource({
        "name,              b a c",
        "-name,             c a b",
        "lastUsedAt,        a b c",
        "-lastUsedAt,       b a c",
        "state,             c b a",
        "account,           c b a",
        "windowLimit,       c a b",
    })
    void keysAreSortedByAnyColumn(String sort, String order) {
        String zoo = account("Zoo", "free");
        String ark = account("Ark", "free");
        key(zoo, "a", "{\"name\":\"k2\",\"windowLimit\":5,\"suspended\":true}", "2026-01-01");
        key(zoo, "b", "{\"name\":\"K1\"}", "2026-02-01");
        key(ark, "c", "{\"name\":\"k3\",\"windowLimit\":4}", null);
        String listed = String.join(
                " ",
                admin.get(KEYS + "?sort=" + sort).json().getJsonArray("items").getValuesAs(JsonObject.class).stream()
                        .map(item -> item.getString("note"))
                        .toList());
        assertThat(listed).isEqualTo(order);
    }

    private void key(String accountId, String note, String settings, String lastUsed) {
        String id = key(accountId).getString("id");
        admin.send("PATCH", KEYS + "/" + id, settings);
        admin.send("PATCH", KEYS + "/" + id, "{\"note\":\"" + note + "\"}");
        if (lastUsed != null) {
            postgres.execute("UPDATE api_keys SET last_used_at = '" + lastUsed + "' WHERE id = '" + id + "'");
        }
    }

    @Test
    void everyMemberOfAnItemIsAColumnToSortBy() {
        key(account("Zoo", "free"));
        for (String path : List.of(KEYS, ACCOUNTS, TIERS)) {
            JsonObject item = admin.get(path).json().getJsonArray("items").getJsonObject(0);
            for (String column : item.keySet()) {
                if (!List.of("closedAt", "windows").contains(column)) {
                    for (String sort : List.of(column, "-" + column)) {
                        assertThat(admin.get(path + "?sort=" + sort).status())
                                .as(path + sort)
                                .isEqualTo(200);
                    }
                }
            }
            assertProblem(admin.get(path + "?sort=key_hash"), 400, "INVALID_PARAMETER");
            assertProblem(admin.get(path + "?sort=--name"), 400, "INVALID_PARAMETER");
            assertProblem(admin.get(path + "?sort="), 400, "INVALID_PARAMETER");
        }
    }

    @Test
    void accountsAndTiersAreSorted() {
        account("b", "pro");
        account("A", "free");
        account("c", "enterprise");
        assertThat(names(ACCOUNTS + "?sort=name")).containsExactly("A", "b", "c");
        assertThat(names(ACCOUNTS + "?sort=-tier")).containsExactly("b", "A", "c");
        assertThat(names(TIERS + "?sort=-windowLimit")).startsWith("enterprise", "pro");
    }

    private static List<String> names(String path) {
        return admin.get(path).json().getJsonArray("items").getValuesAs(JsonObject.class).stream()
                .map(item -> item.getString("name"))
                .toList();
    }
}
