package dev.tollgate.rest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.core.account.ChangePublisher;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.audit.AuditSink;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.postgres.account.JpaAccountDirectory;
import dev.tollgate.postgres.account.JpaAccounts;
import dev.tollgate.postgres.account.JpaApiKeys;
import dev.tollgate.postgres.account.JpaTiers;
import dev.tollgate.postgres.report.JpaPeakStore;
import dev.tollgate.postgres.support.MigratedPostgres;
import dev.tollgate.rest.support.InProcess;
import dev.tollgate.rest.support.JsonObjectReader;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Accounts, keys and tiers over HTTP's semantics and a real PostgreSQL. */
class AdminResourcesTest {

    private static final String ACCOUNTS = "api/v1/admin/accounts";
    private static final String KEYS = "api/v1/admin/keys";
    private static final String TIERS = "api/v1/admin/tiers";

    private static MigratedPostgres postgres;

    private static InProcess admin;

    private static final List<AuditEvent> audit = new ArrayList<>();
    private static final List<String> told = new ArrayList<>();

    private final JpaAccountDirectory directory = new JpaAccountDirectory(postgres.database());

    private static InProcess application(AuditSink audit) {
        ChangePublisher changes = new ChangePublisher() {
            @Override
            public void keyChanged(String hash) {
                told.add("key " + hash);
            }

            @Override
            public void accountChanged(String accountId) {
                told.add("account " + accountId);
            }

            @Override
            public void tiersChanged() {
                told.add("tiers");
            }

            @Override
            public void banChanged(Caller caller) {
                told.add("ban " + caller);
            }
        };
        AdminAuditor record = new AdminAuditor(audit);
        return new InProcess(
                List.of(AdminAccountsResource.class, AdminKeysResource.class, AdminTiersResource.class),
                new AdminFilter(),
                record,
                changes,
                new JpaAccounts(postgres.database()),
                new JpaApiKeys(postgres.database()),
                new JpaTiers(postgres.database()),
                new JpaPeakStore(postgres.database()));
    }

    @BeforeAll
    static void start() {
        postgres = MigratedPostgres.start();
        admin = application(audit::add);
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @BeforeEach
    void clear() {
        postgres.clear();
        audit.clear();
        told.clear();
        admin.as("alice", true);
    }

    private String account(String name, String tier) {
        InProcess.Answer answer = admin.send("POST", ACCOUNTS, "{\"name\":\"" + name + "\",\"tier\":\"" + tier + "\"}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.json().getString("id");
    }

    private JsonObject key(String accountId) {
        InProcess.Answer answer = admin.send("POST", KEYS, "{\"accountId\":\"" + accountId + "\",\"name\":\"ci\"}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.json();
    }

    private List<AuditEvent.Type> auditTypes() {
        return audit.stream().map(AuditEvent::type).toList();
    }

    private static void assertProblem(InProcess.Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers()).containsEntry("Content-Type", "application/problem+json");
        assertThat(answer.json().keySet()).contains("type", "title", "status", "detail", "instance", "code");
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.json().getInt("status")).isEqualTo(status);
        assertThat(answer.json().getString("instance")).startsWith("/tollgate/api/v1/admin/");
    }

    @Test
    void createdAccountIsAnsweredAsTheContractHasItAndFoundAtItsLocation() {
        InProcess.Answer created = admin.send("POST", ACCOUNTS, "{\"name\":\"Shop\",\"tier\":\"pro\"}");
        assertThat(created.status()).isEqualTo(201);
        JsonObject account = created.json();
        assertThat(account.keySet()).containsExactly("id", "name", "tier", "createdAt");
        assertThat(account.getString("createdAt")).matches("20\\d\\d-\\d\\d-\\d\\dT[0-9:.]+Z");
        String location = created.headers().get("Location");
        assertThat(location).isEqualTo("/tollgate/api/v1/admin/accounts/" + account.getString("id"));
        assertThat(admin.get(location).json()).isEqualTo(account);
        assertThat(auditTypes()).containsExactly(AuditEvent.Type.ACCOUNT_CREATED);
        assertThat(told).containsExactly("account " + account.getString("id"));
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
    void oversizedOrDeeplyNestedBodyIsRefusedWithoutFuss() {
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
                        "postUsage");
        String secret = key.getString("key");
        assertThat(ApiKeyToken.isWellFormed(secret)).isTrue();
        assertThat(key.getString("prefix")).isEqualTo(secret.substring(0, 8));
        assertThat(key.getString("expiresAt")).isEqualTo("2998-12-31T23:00:00Z");
        assertThat(directory.findByHash(ApiKeyToken.hash(secret)).orElseThrow().tier())
                .isEqualTo("free");
        for (String path : List.of(KEYS, KEYS + "/" + key.getString("id"), KEYS + "?accountId=" + accountId)) {
            assertThat(admin.get(path).body()).contains(key.getString("id")).doesNotContain(secret);
        }
        assertThat(audit).noneMatch(event -> event.toString().contains(secret));
        assertThat(told).contains("key " + ApiKeyToken.hash(secret));
        assertThat(admin.get(KEYS + "/" + key.getString("id")).json().keySet())
                .containsExactly(
                        "id",
                        "accountId",
                        "name",
                        "prefix",
                        "active",
                        "createdAt",
                        "expiresAt",
                        "windowLimit",
                        "postUsage");
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
    void postingUsageIsPermittedAndDeniedToldEachTimeAndAuditedOncePerChange() {
        JsonObject key = key(account("Shop", "free"));
        String path = KEYS + "/" + key.getString("id");
        String hash = ApiKeyToken.hash(key.getString("key"));
        for (String postUsage : List.of("false", "false", "true", "null", "null")) {
            told.clear();
            InProcess.Answer answer = admin.send("PATCH", path, "{\"postUsage\":" + postUsage + "}");
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(answer.json().get("postUsage")).hasToString(postUsage);
            assertThat(told).containsExactly("key " + hash);
            ApiKey known = directory.findByHash(hash).orElseThrow().key();
            assertThat(String.valueOf(known.postUsage())).isEqualTo(postUsage);
        }
        assertThat(audit.stream()
                        .filter(event -> event.type() == AuditEvent.Type.KEY_CHANGED)
                        .map(event -> event.details().get("postUsage")))
                .containsExactly("false", "true", "null");
        for (String body :
                List.of("{}", "{\"postUsage\":\"no\"}", "{\"postUsage\":0}", "{\"postUsage\":true,\"key\":\"x\"}")) {
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
        told.clear();
        for (int i = 0; i < 2; i++) {
            InProcess.Answer answer = admin.call("DELETE", path, Map.of(), InputStream.nullInputStream());
            assertThat(answer.status()).isEqualTo(204);
            assertThat(answer.body()).isEmpty();
        }
        assertThat(auditTypes()).containsOnlyOnce(AuditEvent.Type.KEY_REVOKED);
        assertThat(told).hasSize(2).allMatch(("key " + ApiKeyToken.hash(key.getString("key")))::equals);
        assertThat(admin.get(path).json().getBoolean("active")).isFalse();
        assertProblem(admin.send("POST", path + "/rotate", "{}"), 409, "CONFLICT");
        assertProblem(
                admin.call("DELETE", KEYS + "/nobody", Map.of(), InputStream.nullInputStream()), 404, "NOT_FOUND");
    }

    @Test
    void rotationGivesTheSameKeyAnotherSecretAndTellsOfBoth() {
        JsonObject key = key(account("Shop", "free"));
        told.clear();
        InProcess.Answer answer = admin.send("POST", KEYS + "/" + key.getString("id") + "/rotate", "");
        assertThat(answer.status()).isEqualTo(200);
        String fresh = answer.json().getString("key");
        assertThat(answer.json().getString("id")).isEqualTo(key.getString("id"));
        assertThat(fresh).isNotEqualTo(key.getString("key"));
        assertThat(directory.findByHash(ApiKeyToken.hash(key.getString("key")))).isEmpty();
        assertThat(directory.findByHash(ApiKeyToken.hash(fresh))).isPresent();
        assertThat(told)
                .containsExactly("key " + ApiKeyToken.hash(key.getString("key")), "key " + ApiKeyToken.hash(fresh));
        assertThat(auditTypes()).contains(AuditEvent.Type.KEY_ROTATED);
    }

    @Test
    void tierIsReadAndSetWithNullForUnlimited() {
        assertThat(admin.get(TIERS).json().getJsonArray("items")).hasSize(4);
        assertThat(admin.get(TIERS + "/enterprise").body())
                .isEqualTo("{\"name\":\"enterprise\",\"windowLimit\":null,\"monthlyQuota\":null}");
        InProcess.Answer put = admin.send("PUT", TIERS + "/free", "{\"windowLimit\":20,\"monthlyQuota\":null}");
        assertThat(put.status()).isEqualTo(200);
        assertThat(put.body()).isEqualTo("{\"name\":\"free\",\"windowLimit\":20,\"monthlyQuota\":null}");
        assertThat(admin.get(TIERS + "/free").body()).isEqualTo(put.body());
        assertThat(told).containsExactly("tiers");
        assertThat(audit.get(audit.size() - 1).details())
                .containsEntry("windowLimitFrom", "10")
                .containsEntry("windowLimitTo", "20")
                .containsEntry("monthlyQuotaTo", "unlimited");
        admin.send("PUT", TIERS + "/free", "{\"windowLimit\":20,\"monthlyQuota\":null}");
        assertThat(auditTypes()).as("no change, no row").hasSize(1);
        assertThat(admin.send("PUT", TIERS + "/team", "{\"windowLimit\":1,\"monthlyQuota\":2}")
                        .status())
                .isEqualTo(201);
        assertProblem(admin.get(TIERS + "/nope"), 404, "NOT_FOUND");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | windowLimit",
                "{\"windowLimit\":5} | monthlyQuota",
                "{\"windowLimit\":-5,\"monthlyQuota\":5} | windowLimit",
                "{\"windowLimit\":5,\"monthlyQuota\":1000000000001} | monthlyQuota",
                "{\"windowLimit\":true,\"monthlyQuota\":5} | windowLimit",
                "{\"windowLimit\":5,\"monthlyQuota\":5,\"burst\":1} | burst",
            })
    void badTierIsNamedAndNothingChanges(String body, String name) {
        InProcess.Answer answer = admin.send("PUT", TIERS + "/free", body);
        assertProblem(answer, 400, "INVALID_PARAMETER");
        assertThat(answer.json().getString("parameter")).isEqualTo(name);
        assertThat(told).isEmpty();
        assertProblem(
                admin.send("PUT", TIERS + "/Bad%20Name", "{\"windowLimit\":5,\"monthlyQuota\":5}"),
                400,
                "INVALID_PARAMETER");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "*/*",
                "application/*",
                "application/jsonp"
            })
    void whatAFormCanSendChangesNothing(String type) {
        Map<String, String> headers = type.isEmpty() ? Map.of() : Map.of("Content-Type", type);
        JsonObject key = key(account("Shop", "free"));
        audit.clear();
        for (String path : List.of(ACCOUNTS, KEYS, KEYS + "/" + key.getString("id") + "/rotate")) {
            assertProblem(
                    admin.call("POST", path, headers, InputStream.nullInputStream()), 415, "UNSUPPORTED_MEDIA_TYPE");
        }
        assertThat(auditTypes()).isEmpty();
        assertThat(admin.call(
                                "POST",
                                KEYS + "/" + key.getString("id") + "/rotate",
                                Map.of("Content-Type", "Application/JSON; charset=utf-8"),
                                InputStream.nullInputStream())
                        .status())
                .isEqualTo(200);
    }

    @Test
    void whoeverLacksTheRoleIsRefusedEvenIfTheContainerLetThemIn() {
        InProcess stranger = application(audit::add).as("mallory", false);
        assertProblem(stranger.get(ACCOUNTS), 403, "FORBIDDEN");
        assertProblem(stranger.send("POST", KEYS, "{}"), 403, "FORBIDDEN");
        assertThat(audit).isEmpty();
    }

    @Test
    void unknownPathsAndMethodsAreProblemsToo() {
        InProcess.Answer method = admin.send("PUT", ACCOUNTS, "{}");
        assertProblem(method, 405, "METHOD_NOT_ALLOWED");
        assertThat(method.headers().get("Allow")).contains("GET", "POST");
        assertProblem(admin.get("api/v1/admin/nothing"), 404, "NOT_FOUND");
        InProcess.Answer html = admin.call("GET", TIERS, Map.of("Accept", "text/html"), InputStream.nullInputStream());
        assertProblem(html, 406, "NOT_ACCEPTABLE");
    }

    @Test
    void faultOfOursIsA500WithoutItsStory() {
        InProcess broken = application(event -> {
            throw new IllegalStateException("secret detail");
        });
        InProcess.Answer answer = broken.send("POST", ACCOUNTS, "{\"name\":\"Shop\",\"tier\":\"pro\"}");
        assertProblem(answer, 500, "INTERNAL_ERROR");
        assertThat(answer.body()).doesNotContain("secret", "Exception", "dev.tollgate");
    }
}
