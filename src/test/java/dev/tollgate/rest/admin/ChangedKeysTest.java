package dev.tollgate.rest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.rest.support.InProcess;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes of API keys over HTTP: merge patches, suspension, and rotation with overlap. */
class ChangedKeysTest extends AdminCase {

    private static final String ALL = "{\"name\":\"night job\",\"note\":\"ask Ann\",\"windowLimit\":7,"
            + "\"expiresAt\":\"2999-01-01T00:00:00Z\",\"scopes\":[\"reports:read\",\"a\",\"a\"],"
            + "\"addresses\":[\"192.0.2.0/24\",\"2001:db8::1\"],\"suspended\":false,\"postUsage\":true}";

    private String path;
    private String hash;

    private JsonObject made() {
        JsonObject key = key(account("Shop", "free"));
        path = KEYS + "/" + key.getString("id");
        hash = ApiKeyToken.hash(key.getString("key"));
        published.clear();
        return key;
    }

    private JsonObject patched(String body) {
        InProcess.Answer answer = admin.send("PATCH", path, body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(admin.get(path).json()).isEqualTo(answer.json());
        return answer.json();
    }

    private ApiKey known(String ofHash) {
        return directory.findByHash(ofHash).orElseThrow().key();
    }

    @Test
    void whatIsNamedChangesNullTakesAwayAndTheRestStays() {
        made();
        JsonObject all = patched(ALL);
        assertThat(all.getString("name")).isEqualTo("night job");
        assertThat(all.getString("note")).isEqualTo("ask Ann");
        assertThat(all.getInt("windowLimit")).isEqualTo(7);
        assertThat(all.getString("expiresAt")).isEqualTo("2999-01-01T00:00:00Z");
        assertThat(all.get("scopes")).hasToString("[\"reports:read\",\"a\"]");
        assertThat(all.get("addresses")).hasToString("[\"192.0.2.0/24\",\"2001:db8::1\"]");
        assertThat(all.getBoolean("postUsage")).isTrue();
        assertThat(known(hash).access().scopes().text()).isEqualTo("reports:read a");
        assertThat(published).containsExactly("key " + hash);
        assertThat(patched("{}")).isEqualTo(all);
        assertThat(patched("{\"note\":\"ask Bob\"}").getString("name")).isEqualTo("night job");

        JsonObject none = patched("{\"note\":null,\"windowLimit\":null,\"expiresAt\":null,\"scopes\":null,"
                + "\"addresses\":null,\"suspended\":null,\"postUsage\":null}");
        for (String name : List.of("note", "windowLimit", "expiresAt", "postUsage")) {
            assertThat(none.get(name)).as(name).isEqualTo(JsonValue.NULL);
        }
        assertThat(none.getJsonArray("scopes")).isEmpty();
        assertThat(none.getJsonArray("addresses")).isEmpty();
        assertThat(none.getString("name")).isEqualTo("night job");
    }

    @Test
    void aChangeIsAuditedWithWhatDiffersAndOnce() {
        made();
        patched("{\"scopes\":[\"x\"],\"suspended\":true}");
        patched("{\"scopes\":[\"x\"],\"suspended\":true}");
        assertThat(audit.stream().filter(event -> event.type() == AuditEvent.Type.KEY_CHANGED))
                .singleElement()
                .satisfies(event -> assertThat(event.details())
                        .containsEntry("scopes", "x")
                        .containsEntry("suspended", "true")
                        .doesNotContainKeys("note", "addresses"));
        assertThat(published).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"name\":null",
                "\"name\":\"\"",
                "\"note\":7",
                "\"note\":\"two\\nlines\"",
                "\"expiresAt\":\"2020-01-01T00:00:00Z\"",
                "\"windowLimit\":-1",
                "\"scopes\":\"a\"",
                "\"scopes\":[7]",
                "\"scopes\":[\"\"]",
                "\"scopes\":[\"A\"]",
                "\"scopes\":[\"a b\"]",
                "\"scopes\":[\"-a\"]",
                "\"scopes\":[\"\\u0000\"]",
                "\"addresses\":[\"10.0.0.1/8\"]",
                "\"addresses\":[\"10.0.0.0/33\"]",
                "\"addresses\":[\"example.com\"]",
                "\"addresses\":[\"\"]",
                "\"addresses\":[null]",
                "\"suspended\":\"yes\"",
                "\"active\":false",
            })
    void aBadChangeIsNamedAndChangesNothing(String member) {
        made();
        JsonObject before = patched(ALL);
        InProcess.Answer answer = admin.send("PATCH", path, "{" + member + "}");
        assertProblem(answer, 400, "INVALID_PARAMETER");
        assertThat(answer.json().getString("parameter")).isEqualTo(member.substring(1, member.indexOf('"', 1)));
        assertThat(admin.get(path).json()).isEqualTo(before);
    }

    @Test
    void listsOfScopesAndNetworksAreBounded() {
        made();
        assertThat(patched("{\"scopes\":[\"" + "s".repeat(64) + "\"]}").getJsonArray("scopes"))
                .hasSize(1);
        assertProblem(admin.send("PATCH", path, "{\"scopes\":[\"" + "s".repeat(65) + "\"]}"), 400, "INVALID_PARAMETER");
        assertThat(patched("{\"scopes\":" + list(50, "s%d") + "}").getJsonArray("scopes"))
                .hasSize(50);
        assertProblem(admin.send("PATCH", path, "{\"scopes\":" + list(51, "s%d") + "}"), 400, "INVALID_PARAMETER");
        String longest = "[\""
                + IntStream.range(0, 50).mapToObj(i -> "%064d".formatted(i)).collect(Collectors.joining("\",\""))
                + "\"]";
        assertThat(patched("{\"scopes\":" + longest + "}").getJsonArray("scopes"))
                .hasSize(50);
        assertThat(patched("{\"addresses\":" + list(100, "2001:db8:aaaa:bbbb:cccc:dddd:eeee:%x") + "}")
                        .getJsonArray("addresses"))
                .hasSize(100);
        for (int size : List.of(101, 10_000)) {
            InProcess.Answer answer = admin.send("PATCH", path, "{\"addresses\":" + list(size, "192.0.2.%d") + "}");
            assertProblem(answer, 400, "INVALID_PARAMETER");
            assertThat(answer.json().getString("parameter")).isEqualTo("addresses");
        }
    }

    private static String list(int size, String form) {
        return IntStream.range(0, size).mapToObj(form::formatted).collect(Collectors.joining("\",\"", "[\"", "\"]"));
    }

    @Test
    void aSuspendedKeyIsInactiveUntilItIsResumedAndKeepsItsSecret() {
        made();
        JsonObject suspended = patched("{\"suspended\":true}");
        assertThat(suspended.getString("state")).isEqualTo("suspended");
        assertThat(suspended.getBoolean("active")).isFalse();
        assertThat(known(hash).active()).isFalse();
        assertThat(known(hash).access().suspended()).isTrue();
        assertProblem(admin.send("POST", path + "/rotate", "{}"), 409, "CONFLICT");
        assertThat(patched("{\"suspended\":false}").getString("state")).isEqualTo("active");
        assertThat(known(hash).active()).isTrue();
        patched("{\"suspended\":true}");
        admin.call("DELETE", path, Map.of(), InputStream.nullInputStream());
        assertThat(admin.get(path).json().getString("state")).isEqualTo("revoked");
        assertThat(known(hash).access().suspended()).isFalse();
        assertProblem(admin.send("PATCH", path, "{\"suspended\":false}"), 409, "CONFLICT");
        assertThat(known(hash).active()).isFalse();
    }

    @Test
    void theOldSecretGoesOnForItsOverlapAndIsChangedWithItsKey() {
        made();
        InProcess.Answer rotated = admin.send("POST", path + "/rotate", "{\"overlapSeconds\":3600}");
        assertThat(rotated.status()).as(rotated.body()).isEqualTo(200);
        Instant until = Instant.parse(rotated.json().getString("oldSecretUntil"));
        assertThat(Duration.between(Instant.now(), until)).isBetween(Duration.ofMinutes(59), Duration.ofMinutes(60));
        String fresh = ApiKeyToken.hash(rotated.json().getString("key"));
        assertThat(known(fresh).access().retirement()).isNull();
        ApiKey old = known(hash);
        assertThat(old.active()).isTrue();
        assertThat(old.id()).isEqualTo(known(fresh).id());
        assertThat(Duration.between(until, old.expiresAt()).abs()).isLessThan(Duration.ofSeconds(5));
        assertThat(old.access().retirement()).isNotNull();
        assertThat(admin.get(path).json().getString("state")).isEqualTo("rotating");
        published.clear();
        patched("{\"scopes\":[\"x\"]}");
        assertThat(published).containsExactlyInAnyOrder("key " + hash, "key " + fresh);
        assertThat(known(hash).access().scopes().text()).isEqualTo("x");
        published.clear();
        admin.call("DELETE", path, Map.of(), InputStream.nullInputStream());
        assertThat(published).containsExactlyInAnyOrder("key " + hash, "key " + fresh);
        assertThat(known(hash).active()).isFalse();
    }

    @Test
    void aRotationWithoutOverlapEndsEarlierSecretsToo() {
        made();
        JsonObject second = admin.send("POST", path + "/rotate", "{\"overlapSeconds\":3600}")
                .json();
        published.clear();
        JsonObject third = admin.send("POST", path + "/rotate", "{}").json();
        String hashOfSecond = ApiKeyToken.hash(second.getString("key"));
        assertThat(published)
                .containsExactlyInAnyOrder(
                        "key " + hash, "key " + hashOfSecond, "key " + ApiKeyToken.hash(third.getString("key")));
        assertThat(third.get("oldSecretUntil")).isEqualTo(JsonValue.NULL);
        assertThat(known(hashOfSecond).active()).isFalse();
        assertThat(known(hash).expiredAt(System.currentTimeMillis())).isTrue();
        assertThat(admin.get(path).json().getString("state")).isEqualTo("active");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "2592001", "\"1\"", "1.5", "[]"})
    void anOverlapIsAtMost30Days(String overlap) {
        made();
        assertProblem(
                admin.send("POST", path + "/rotate", "{\"overlapSeconds\":" + overlap + "}"), 400, "INVALID_PARAMETER");
        assertThat(known(hash).active()).isTrue();
        assertThat(admin.send("POST", path + "/rotate", "{\"overlapSeconds\":2592000}")
                        .status())
                .isEqualTo(200);
    }
}
