package dev.tollgate.rest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.ApiKeyFormat;
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

/** API keys over HTTP: creating, revoking and rotating them, and the permission to post usage. */
class AdminKeysResourceTest extends AdminCase {

    @Test
    void newKeyIsShownOnceAndNeverAgain() {
        String accountId = account("Shop", "free");
        InProcess.Answer created = admin.send(
                "POST",
                KEYS,
                "{\"accountId\":\"" + accountId
                        + "\",\"name\":\"ci\",\"expiresAt\":\"2999-01-01T00:00:00+01:00\",\"windowLimit\":5}");
        assertThat(created.status()).isEqualTo(201);
        JsonObject key = created.json();
        assertThat(key.keySet())
                .containsExactly(
                        "id",
                        "key",
                        "prefix",
                        "accountId",
                        "name",
                        "active",
                        "createdAt",
                        "expiresAt",
                        "windowLimit",
                        "postUsage",
                        "note",
                        "scopes",
                        "addresses",
                        "oldSecretUntil");
        String secret = key.getString("key");
        assertThat(ApiKeyFormat.STANDARD.isWellFormed(secret)).isTrue();
        assertThat(key.getString("prefix")).isEqualTo(secret.substring(0, 8));
        assertThat(key.getString("expiresAt")).isEqualTo("2998-12-31T23:00:00Z");
        assertThat(directory.findByHash(ApiKeyToken.hash(secret)).orElseThrow().tier())
                .isEqualTo("free");
        for (String path : List.of(KEYS, KEYS + "/" + key.getString("id"), KEYS + "?accountId=" + accountId)) {
            assertThat(admin.get(path).body()).contains(key.getString("id")).doesNotContain(secret);
        }
        assertThat(audit).noneMatch(event -> event.toString().contains(secret));
        assertThat(published).contains("key " + ApiKeyToken.hash(secret));
        assertThat(admin.get(KEYS + "/" + key.getString("id")).json().keySet())
                .containsExactly(
                        "id",
                        "kind",
                        "accountId",
                        "account",
                        "name",
                        "note",
                        "prefix",
                        "state",
                        "active",
                        "suspended",
                        "createdAt",
                        "expiresAt",
                        "lastUsedAt",
                        "windowLimit",
                        "postUsage",
                        "scopes",
                        "addresses");
    }

    @Test
    void keyWithoutExpiryAndWindowSaysNull() {
        JsonObject key = key(account("Shop", "free"));
        assertThat(key.get("expiresAt")).isEqualTo(JsonValue.NULL);
        assertThat(key.get("windowLimit")).isEqualTo(JsonValue.NULL);
        assertThat(key.get("postUsage")).isEqualTo(JsonValue.NULL);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"accountId\":\"nobody\" | accountId",
                "\"accountId\":\"00000000-0000-0000-0000-000000000001\" | accountId",
                "\"expiresAt\":\"tomorrow\" | expiresAt",
                "\"expiresAt\":\"2020-01-01T00:00:00Z\" | expiresAt",
                "\"expiresAt\":\"+999999999-01-01T00:00:00Z\" | expiresAt",
                "\"windowLimit\":-1 | windowLimit",
                "\"windowLimit\":1.5 | windowLimit",
                "\"windowLimit\":1e400 | windowLimit",
                "\"windowLimit\":\"5\" | windowLimit",
                "\"key\":\"tg_mine\" | key",
                "\"postUsage\":\"yes\" | postUsage",
                "\"postUsage\":1 | postUsage",
            })
    void badKeyRequestIsNamed(String member, String name) {
        String accountId = account("Shop", "free");
        String known = member.contains("accountId") ? "" : "\"accountId\":\"" + accountId + "\",";
        InProcess.Answer answer = admin.send("POST", KEYS, "{" + known + "\"name\":\"ci\"," + member + "}");
        assertProblem(answer, 400, "INVALID_PARAMETER");
        assertThat(answer.json().getString("parameter")).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false", "null"})
    void aNewKeySaysWhetherUsageMayBePostedWithIt(String postUsage) {
        JsonObject created = admin.send(
                        "POST",
                        KEYS,
                        "{\"accountId\":\"" + account("Shop", "free") + "\",\"name\":\"ci\",\"postUsage\":" + postUsage
                                + "}")
                .json();
        assertThat(created.get("postUsage")).hasToString(postUsage);
        assertThat(admin.get(KEYS + "/" + created.getString("id")).json().get("postUsage"))
                .hasToString(postUsage);
    }

    @Test
    void aChangedPermissionToPostUsageIsPublishedEachTimeAndAuditedOnce() {
        JsonObject key = key(account("Shop", "free"));
        String path = KEYS + "/" + key.getString("id");
        String hash = ApiKeyToken.hash(key.getString("key"));
        for (String postUsage : List.of("false", "false", "true", "null", "null")) {
            published.clear();
            InProcess.Answer answer = admin.send("PATCH", path, "{\"postUsage\":" + postUsage + "}");
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(answer.json().get("postUsage")).hasToString(postUsage);
            assertThat(published).containsExactly("key " + hash);
            ApiKey known = directory.findByHash(hash).orElseThrow().key();
            assertThat(String.valueOf(known.postUsage())).isEqualTo(postUsage);
        }
        assertThat(audit.stream()
                        .filter(event -> event.type() == AuditEvent.Type.KEY_CHANGED)
                        .map(event -> event.details().get("postUsage")))
                .containsExactly("false", "true", "null");
        for (String body :
                List.of("{\"postUsage\":\"no\"}", "{\"postUsage\":0}", "{\"postUsage\":true,\"key\":\"x\"}")) {
            assertProblem(admin.send("PATCH", path, body), 400, "INVALID_PARAMETER");
        }
        assertProblem(admin.send("PATCH", KEYS + "/nobody", "{\"postUsage\":true}"), 404, "NOT_FOUND");
        admin.call("DELETE", path, Map.of(), InputStream.nullInputStream());
        assertProblem(admin.send("PATCH", path, "{\"postUsage\":true}"), 409, "CONFLICT");
    }

    @Test
    void revokingIsSafeToRepeatAndAuditedOnce() {
        JsonObject key = key(account("Shop", "free"));
        String path = KEYS + "/" + key.getString("id");
        published.clear();
        for (int i = 0; i < 2; i++) {
            InProcess.Answer answer = admin.call("DELETE", path, Map.of(), InputStream.nullInputStream());
            assertThat(answer.status()).isEqualTo(204);
            assertThat(answer.body()).isEmpty();
        }
        assertThat(auditTypes()).containsOnlyOnce(AuditEvent.Type.KEY_REVOKED);
        assertThat(published).hasSize(2).allMatch(("key " + ApiKeyToken.hash(key.getString("key")))::equals);
        assertThat(admin.get(path).json().getBoolean("active")).isFalse();
        assertProblem(admin.send("POST", path + "/rotate", "{}"), 409, "CONFLICT");
        assertProblem(
                admin.call("DELETE", KEYS + "/nobody", Map.of(), InputStream.nullInputStream()), 404, "NOT_FOUND");
    }

    @Test
    void rotationGivesTheSameKeyAnotherSecretAndPublishesBoth() {
        JsonObject key = key(account("Shop", "free"));
        published.clear();
        InProcess.Answer answer = admin.send("POST", KEYS + "/" + key.getString("id") + "/rotate", "");
        assertThat(answer.status()).isEqualTo(200);
        String fresh = answer.json().getString("key");
        assertThat(answer.json().getString("id")).isEqualTo(key.getString("id"));
        assertThat(fresh).isNotEqualTo(key.getString("key"));
        assertThat(directory.findByHash(ApiKeyToken.hash(key.getString("key"))))
                .hasValueSatisfying(old -> assertThat(old.key().active()).isFalse());
        assertThat(directory.findByHash(ApiKeyToken.hash(fresh)))
                .hasValueSatisfying(now -> assertThat(now.key().active()).isTrue());
        assertThat(published)
                .containsExactly("key " + ApiKeyToken.hash(key.getString("key")), "key " + ApiKeyToken.hash(fresh));
        assertThat(auditTypes()).contains(AuditEvent.Type.KEY_ROTATED);
    }
}
