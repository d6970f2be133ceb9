package dev.tollgate.rest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.rest.support.InProcess;
import dev.tollgate.rest.support.JsonObjectReader;
import jakarta.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Accounts over HTTP: creating, listing and changing them. */
class AdminAccountsResourceTest extends AdminCase {

    @Test
    void createdAccountIsAnsweredAsTheContractHasItAndFoundAtItsLocation() {
        InProcess.Answer created = admin.send("POST", ACCOUNTS, "{\"name\":\"Shop\",\"tier\":\"pro\"}");
        assertThat(created.status()).isEqualTo(201);
        JsonObject account = created.json();
        assertThat(account.keySet()).containsExactly("id", "name", "tier", "createdAt", "closedAt");
        assertThat(account.getString("createdAt")).matches("20\\d\\d-\\d\\d-\\d\\dT[0-9:.]+Z");
        String location = created.headers().get("Location");
        assertThat(location).isEqualTo("/tollgate/api/v1/admin/accounts/" + account.getString("id"));
        assertThat(admin.get(location).json()).isEqualTo(account);
        assertThat(auditTypes()).containsExactly(AuditEvent.Type.ACCOUNT_CREATED);
        assertThat(published).containsExactly("account " + account.getString("id"));
        assertThat(created.headers()).containsEntry("Cache-Control", "no-store");
    }

    @Test
    void listsHaveItemsPageSizeAndTotal() {
        for (int i = 0; i < 3; i++) {
            account("account " + i, "free");
        }
        JsonObject page = admin.get(ACCOUNTS + "?page=2&size=2&q=ACCOUNT").json();
        assertThat(page.keySet()).containsExactly("items", "page", "size", "total");
        assertThat(page.getJsonArray("items")).hasSize(1);
        assertThat(page.getInt("page")).isEqualTo(2);
        assertThat(page.getInt("size")).isEqualTo(2);
        assertThat(page.getInt("total")).isEqualTo(3);
        assertThat(admin.get(ACCOUNTS).json().getInt("page")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "page=0, page", "page=-1, page", "page=1.5, page", "page=NaN, page", "page=99999999999, page", "page=, page",
        "page=1&page=2, page", "size=0, size", "size=201, size", "size=1e3, size", "limit=5, limit", "Page=1, Page",
        "q=a&q=b, q", "accountid=x, accountid"
    })
    void badOrUnknownParameterIsNamed(String query, String name) {
        InProcess.Answer answer = admin.get(ACCOUNTS + "?" + query);
        assertProblem(answer, 400, "INVALID_PARAMETER");
        assertThat(answer.json().getString("parameter")).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"tier\":\"free\"} | name",
                "{\"name\":\"x\"} | tier",
                "{\"name\":\"x\",\"tier\":\"gold\"} | tier",
                "{\"name\":\"  \",\"tier\":\"free\"} | name",
                "{\"name\":\"a\\u0000b\",\"tier\":\"free\"} | name",
                "{\"name\":\"a\\ud800b\",\"tier\":\"free\"} | name",
                "{\"name\":7,\"tier\":\"free\"} | name",
                "{\"name\":null,\"tier\":\"free\"} | name",
                "{\"name\":\"x\",\"tier\":\"free\",\"colour\":\"red\"} | colour",
                "{\"name\":\"x\",\"name\":\"y\",\"tier\":\"free\"} | name",
                "{} | name",
            })
    void badOrUnknownMemberIsNamed(String body, String name) {
        InProcess.Answer answer = admin.send("POST", ACCOUNTS, body);
        assertProblem(answer, 400, "INVALID_PARAMETER");
        assertThat(answer.json().getString("parameter")).isEqualTo(name);
        assertThat(auditTypes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[]", "\"x\"", "{} {}", "nonsense", "\0", "{\"a\":[[[[[[[[[["})
    void bodyThatIsNoJsonObjectIsRefused(String body) {
        assertProblem(admin.send("POST", ACCOUNTS, body), 400, "BAD_REQUEST");
    }

    @Test
    void oversizedOrDeeplyNestedBodyIsRefused() {
        String large = "{\"name\":\"" + "x".repeat(JsonObjectReader.MAX_BYTES) + "\"}";
        assertProblem(admin.send("POST", ACCOUNTS, large), 413, "PAYLOAD_TOO_LARGE");
        assertProblem(admin.send("POST", ACCOUNTS, "[".repeat(60_000)), 400, "BAD_REQUEST");
    }

    @Test
    void patchedAccountKeepsWhatIsNotNamedAndBothChangesAreAudited() {
        String id = account("Shop", "free");
        JsonObject patched =
                admin.send("PATCH", ACCOUNTS + "/" + id, "{\"tier\":\"pro\"}").json();
        assertThat(patched.getString("tier")).isEqualTo("pro");
        assertThat(patched.getString("name")).isEqualTo("Shop");
        admin.send("PATCH", ACCOUNTS + "/" + id, "{\"name\":\"Store\"}");
        assertThat(auditTypes())
                .containsExactly(
                        AuditEvent.Type.ACCOUNT_CREATED, AuditEvent.Type.TIER_CHANGED, AuditEvent.Type.ACCOUNT_CHANGED);
        assertThat(audit.get(audit.size() - 2).details())
                .containsEntry("tierFrom", "free")
                .containsEntry("tierTo", "pro");
        assertProblem(admin.send("PATCH", ACCOUNTS + "/nobody", "{\"name\":\"x\"}"), 404, "NOT_FOUND");
        assertProblem(admin.get(ACCOUNTS + "/nobody"), 404, "NOT_FOUND");
    }
}
