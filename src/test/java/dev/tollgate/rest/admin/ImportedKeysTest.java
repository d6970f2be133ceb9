package dev.tollgate.rest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.rest.support.InProcess;
import jakarta.json.JsonObject;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Imports of API keys by the hashes of secrets that clients have. */
class ImportedKeysTest extends AdminCase {

    private static final String IMPORT = KEYS + "/import";

    private String accountId;

    @BeforeEach
    void makeAccount() {
        accountId = account("Shop", "pro");
        published.clear();
        audit.clear();
    }

    private String line(String secret, String more) {
        return "{\"accountId\":\"" + accountId + "\",\"name\":\"old\",\"sha256\":\"" + ApiKeyToken.hash(secret)
                + "\",\"prefix\":\"" + secret.substring(0, 8) + "\"" + more + "}";
    }

    private String lines(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> line("sk_live_%06d".formatted(i), ""))
                .collect(Collectors.joining(","));
    }

    private long keys() {
        return admin.get(KEYS).json().getInt("total");
    }

    @Test
    void aKeyIsImportedWithItsSecretsHashAndAllThatANewKeyMayHave() {
        String line = line(
                "tg_of_the_old_system",
                ",\"expiresAt\":\"2999-01-01T00:00:00Z\",\"windowLimit\":5,\"scopes\":[\"a\"],\"addresses\":[\"10.0.0.0/8\"],"
                        + "\"note\":\"from node\",\"postUsage\":false");
        InProcess.Answer answer = admin.send("POST", IMPORT, "[" + line + "]");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        assertThat(answer.json().getInt("imported")).isEqualTo(1);
        assertThat(answer.json().getInt("passedOver")).isZero();
        JsonObject key = answer.json().getJsonArray("keys").getJsonObject(0);
        assertThat(key.getString("prefix")).isEqualTo("tg_of_th");
        assertThat(key.getString("note")).isEqualTo("from node");
        assertThat(key.getString("account")).isEqualTo("Shop");
        ApiKey known = directory
                .findByHash(ApiKeyToken.hash("tg_of_the_old_system"))
                .orElseThrow()
                .key();
        assertThat(known.id()).isEqualTo(key.getString("id"));
        assertThat(known.accountId()).isEqualTo(accountId);
        assertThat(known.windowLimit()).hasValue(5);
        assertThat(known.access().scopes().text()).isEqualTo("a");
        assertThat(known.access().addresses()).containsExactly("10.0.0.0/8");
        assertThat(published).containsExactly("added");
        assertThat(auditTypes()).containsExactly(AuditEvent.Type.KEY_CREATED);
        assertThat(audit.get(0).details()).containsEntry("imported", "true");
    }

    @Test
    void aThousandKeysAreImportedAtOnceAndNotOneMore() {
        assertProblem(admin.send("POST", IMPORT, "[" + lines(1_001) + "]"), 400, "INVALID_PARAMETER");
        assertProblem(admin.send("POST", IMPORT, "[]"), 400, "INVALID_PARAMETER");
        InProcess.Answer answer = admin.send("POST", IMPORT, "{\"keys\":[" + lines(1_000) + "]}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        assertThat(answer.json().getInt("imported")).isEqualTo(1_000);
        assertThat(answer.json().getInt("passedOver"))
                .as("sk_ is no prefix here")
                .isEqualTo(1_000);
        assertThat(keys()).isEqualTo(1_000);
    }

    @Test
    void ofAThousandWithOneBadLineNoneIsImported() {
        String bad = line("sk_live_x", "").replaceFirst("\"sha256\":\"[0-9a-f]{64}\"", "\"sha256\":\"12\"");
        InProcess.Answer answer = admin.send("POST", IMPORT, "[" + lines(999) + "," + bad + "]");
        assertProblem(answer, 400, "INVALID_KEYS");
        assertThat(answer.json().getInt("rejected")).isEqualTo(1);
        JsonObject error = answer.json().getJsonArray("errors").getJsonObject(0);
        assertThat(error.getInt("index")).isEqualTo(999);
        assertThat(error.getString("member")).isEqualTo("sha256");
        assertThat(keys()).isZero();
        assertThat(audit).isEmpty();
        assertThat(published).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"accountId\":\"[^\"]*\" | \"accountId\":\"nobody\" | accountId",
                "\"accountId\":\"[^\"]*\" | \"accountId\":\"00000000-0000-0000-0000-000000000001\" | accountId",
                "\"accountId\":\"[^\"]*\" | \"accountId\":\"},{\" | accountId",
                "\"accountId\":\"[^\"]*\" | \"accountId\":7 | accountId",
                "\"name\":\"old\" | \"name\":\"\" | name",
                "\"name\":\"old\" | \"nom\":\"old\" | name",
                "\"sha256\":\".. | \"sha256\":\"zz | sha256",
                "\"prefix\":\"[^\"]*\" | \"prefix\":\"a b\" | prefix",
                "\"prefix\":\"[^\"]*\" | \"prefix\":\"scopes=a\" | prefix",
                "\"prefix\":\"[^\"]*\" | \"prefix\":\"tg_the_whole_secret\" | prefix",
                "\"prefix\":\"[^\"]*\" | \"prefix\":\"12345678901234567890123456789012345678\" | prefix",
                "\"name\":\"old\" | \"name\":\"old\",\"scopes\":[\"A\"] | scopes",
                "\"name\":\"old\" | \"name\":\"old\",\"addresses\":[\"x\"] | addresses",
                "\"name\":\"old\" | \"name\":\"old\",\"expiresAt\":\"2000-01-01T00:00:00Z\" | expiresAt",
                "\"name\":\"old\" | \"name\":\"old\",\"key\":\"x\" | key",
            })
    void aBadLineIsNamedWithItsMember(String member, String instead, String name) {
        String bad = line("tg_the_whole_secret", "").replaceFirst(member, instead.replace("$", "\\$"));
        InProcess.Answer answer = admin.send("POST", IMPORT, "[" + lines(1) + "," + bad + "]");
        assertProblem(answer, 400, "INVALID_KEYS");
        JsonObject error = answer.json().getJsonArray("errors").getJsonObject(0);
        assertThat(error.getInt("index")).as(answer.body()).isEqualTo(1);
        assertThat(error.getString("member")).isEqualTo(name);
        assertThat(keys()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "{}", "{\"keys\":7}", "{\"keys\":[],\"more\":1}", "\"x\""})
    void whatIsNoListOfKeysIsRefused(String body) {
        assertProblem(admin.send("POST", IMPORT, body), 400, "INVALID_PARAMETER");
        assertProblem(admin.send("POST", IMPORT, "[7]"), 400, "INVALID_KEYS");
    }

    @Test
    void aHashThatIsOrWasThatOfAKeyIsAConflict() {
        JsonObject present = key(accountId);
        admin.send("POST", KEYS + "/" + present.getString("id") + "/rotate", "{}");
        JsonObject other = key(accountId);
        admin.call("DELETE", KEYS + "/" + other.getString("id"), Map.of(), InputStream.nullInputStream());
        for (String secret : List.of(present.getString("key"), other.getString("key"))) {
            InProcess.Answer answer = admin.send("POST", IMPORT, "[" + lines(2) + "," + line(secret, "") + "]");
            assertProblem(answer, 409, "KNOWN_KEYS");
            assertThat(answer.json().getJsonArray("errors").getJsonObject(0).getInt("index"))
                    .isEqualTo(2);
        }
        assertThat(keys()).isEqualTo(2);
        InProcess.Answer twice = admin.send("POST", IMPORT, "[" + lines(1) + "," + lines(1) + "]");
        assertProblem(twice, 400, "INVALID_KEYS");
        assertThat(admin.send("POST", IMPORT, "[" + lines(1) + "]").status()).isEqualTo(201);
        assertProblem(admin.send("POST", IMPORT, "[" + lines(1) + "]"), 409, "KNOWN_KEYS");
    }

    @Test
    void noKeyIsMadeForAClosedAccount() {
        admin.call("DELETE", ACCOUNTS + "/" + accountId, Map.of(), InputStream.nullInputStream());
        assertProblem(admin.send("POST", IMPORT, "[" + lines(1) + "]"), 400, "INVALID_KEYS");
        assertProblem(
                admin.send("POST", KEYS, "{\"accountId\":\"" + accountId + "\",\"name\":\"x\"}"),
                400,
                "INVALID_PARAMETER");
    }
}
