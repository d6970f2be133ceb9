package dev.tollgate.rest.admin.refusals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.Accounts;
import dev.tollgate.core.account.RouteModeStore;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.refusal.RefusalReason;
import dev.tollgate.core.refusal.RefusalRow;
import dev.tollgate.gate.ShadowModes;
import dev.tollgate.postgres.account.JpaAccounts;
import dev.tollgate.postgres.audit.JpaRefusalLog;
import dev.tollgate.postgres.support.PostgresCase;
import dev.tollgate.rest.admin.AdminFilter;
import dev.tollgate.rest.support.InProcess;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests what administrators see of refusals, over HTTP's semantics and a real PostgreSQL. */
class AdminRefusalsTest extends PostgresCase {

    private static final String REFUSALS = "api/v1/admin/refusals";
    private static final String ROUTES = "api/v1/admin/routes/";
    private static final String REQUEST = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String KEY = "22222222-2222-4222-8222-222222222222";
    private static final long NOON = Instant.parse("2026-11-22T12:00:00Z").toEpochMilli();

    private final JpaRefusalLog log = new JpaRefusalLog(postgres.database());
    private final Accounts accounts = new JpaAccounts(postgres.database());
    private InProcess admin;
    private String account;

    private static ShadowModes modes() {
        ShadowModes modes = new ShadowModes(new RouteModeStore() {
            @Override
            public Map<String, Boolean> all() {
                return Map.of();
            }

            @Override
            public void put(String name, Optional<Boolean> shadow) {
                throw new UnsupportedOperationException("nothing is switched");
            }
        });
        modes.describe(List.of(known("uploads", true), known("check", false)));
        return modes;
    }

    private static ShadowModes.Known known(String name, boolean shadow) {
        return new ShadowModes.Known(
                name,
                "/" + name,
                Set.of(),
                "limit",
                Optional.of("optional"),
                List.of(),
                true,
                1,
                OptionalLong.empty(),
                OptionalLong.empty(),
                shadow);
    }

    @BeforeEach
    void open() {
        admin = new InProcess(
                List.of(AdminRefusalsResource.class, AdminShadowResource.class),
                new AdminFilter(),
                log,
                accounts,
                modes());
        account = accounts.create("=Shop, Ltd", "free").id();
        Caller caller = Caller.account(account);
        log.keep(List.of(
                row(
                        NOON,
                        caller,
                        KEY,
                        REQUEST,
                        new RefusalReason("uploads", "minute", 429, "RATE_LIMIT_EXCEEDED", false),
                        7),
                row(
                        NOON - 1,
                        caller,
                        KEY,
                        "a".repeat(32),
                        new RefusalReason("uploads", "minute", 429, "RATE_LIMIT_EXCEEDED", true),
                        40),
                row(
                        NOON - 2,
                        Caller.address("192.0.2.7"),
                        null,
                        "b".repeat(32),
                        new RefusalReason("uploads", "minute", 429, "RATE_LIMIT_EXCEEDED", true),
                        2),
                row(
                        NOON - 3,
                        Caller.address("192.0.2.7"),
                        null,
                        "c".repeat(32),
                        new RefusalReason("of-a-guard", "hour", 429, "RATE_LIMIT_EXCEEDED", true),
                        3),
                row(NOON - 4, null, null, null, new RefusalReason("check", null, 401, "INVALID_API_KEY", false), 900)));
    }

    private static RefusalRow row(
            long at, Caller caller, String key, String request, RefusalReason reason, long count) {
        String address = caller == null ? null : "192.0.2.7";
        return new RefusalRow(UUID.randomUUID().toString(), at, at + 5, caller, key, address, request, reason, count);
    }

    private JsonArray items(String query) {
        InProcess.Answer answer = admin.get(REFUSALS + query);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().getJsonArray("items");
    }

    @Test
    void aRequestsIdFindsItsRowWithAllThatIsKnownOfIt() {
        for (String id : List.of(REQUEST, REQUEST.toUpperCase(java.util.Locale.ROOT))) {
            JsonArray items = items("?request=" + id);
            assertThat(items).hasSize(1);
            JsonObject row = items.getJsonObject(0);
            assertThat(row.getString("at")).isEqualTo("2026-11-22T12:00:00Z");
            assertThat(row.getString("lastAt")).isEqualTo("2026-11-22T12:00:00.005Z");
            assertThat(row.getString("caller")).isEqualTo(account);
            assertThat(row.getString("accountId")).isEqualTo(account);
            assertThat(row.getString("accountName")).isEqualTo("=Shop, Ltd");
            assertThat(row.getString("keyId")).isEqualTo(KEY);
            assertThat(row.getString("address")).isEqualTo("192.0.2.7");
            assertThat(row.getString("requestId")).isEqualTo(REQUEST);
            assertThat(row.getString("route")).isEqualTo("uploads");
            assertThat(row.getString("policy")).isEqualTo("minute");
            assertThat(row.getInt("status")).isEqualTo(429);
            assertThat(row.getString("code")).isEqualTo("RATE_LIMIT_EXCEEDED");
            assertThat(row.getBoolean("shadow")).isFalse();
            assertThat(row.getInt("count")).isEqualTo(7);
        }
        assertThat(items("?request=" + "d".repeat(32))).isEmpty();
    }

    @Test
    void rowsAreListedNewestFirstAndFiltersNarrow() {
        assertThat(items("").getValuesAs(JsonObject.class))
                .extracting(row -> row.getInt("count"))
                .containsExactly(7, 40, 2, 3, 900);
        assertThat(items("?shadow=")).hasSize(5);
        assertThat(items("?shadow=true")).hasSize(3);
        assertThat(items("?shadow=false&route=uploads")).hasSize(1);
        assertThat(items("?caller=ip:192.0.2.7")).hasSize(2);
        assertThat(items("?code=INVALID_API_KEY").getJsonObject(0).isNull("caller"))
                .isTrue();
        assertThat(items("?from=2026-11-22T11:59:59.999Z&to=2026-11-22T12:00:00Z"))
                .hasSize(1);
        assertThat(items("?size=2&page=3")).hasSize(1);
    }

    @Test
    void badParametersAreNamed() {
        Map.of(
                        "request", "4bf9",
                        "code", "rate limit",
                        "shadow", "maybe",
                        "from", "yesterday",
                        "size", "0",
                        "q", "text")
                .forEach((name, value) -> {
                    InProcess.Answer answer = admin.get(REFUSALS + "?" + name + "=" + value.replace(" ", "%20"));
                    assertThat(answer.status()).as(name).isEqualTo(400);
                    assertThat(answer.code()).isEqualTo("INVALID_PARAMETER");
                    assertThat(answer.json().getString("parameter")).isEqualTo(name);
                });
        assertThat(admin.get(ROUTES + "uploads/shadow?page=1").status()).isEqualTo(400);
    }

    @Test
    void theTableHasTheSameRowsAndNoFormulas() {
        InProcess.Answer answer = admin.get(REFUSALS + "/export?shadow=false");
        assertThat(answer.headers().get("Content-Type")).startsWith("text/csv");
        assertThat(answer.body().split("\r\n"))
                .containsExactly(
                        RefusalView.COLUMNS,
                        "2026-11-22T12:00:00Z,2026-11-22T12:00:00.005Z," + account + ",\"'=Shop, Ltd\"," + KEY
                                + ",192.0.2.7," + REQUEST + ",uploads,minute,429,RATE_LIMIT_EXCEEDED,false,7",
                        "2026-11-22T11:59:59.996Z,2026-11-22T12:00:00.001Z,,,,,,check,,401,INVALID_API_KEY,false,900");
    }

    @Test
    void aShadowReportSaysWhatWouldHaveBeenRefusedByLimitAndWhom() {
        InProcess.Answer answer = admin.get(ROUTES + "uploads/shadow");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        JsonObject report = answer.json();
        assertThat(report.getString("route")).isEqualTo("uploads");
        assertThat(report.getString("mode")).isEqualTo("shadow");
        assertThat(report.getInt("requests")).isEqualTo(42);
        JsonObject limit = report.getJsonArray("limits").getJsonObject(0);
        assertThat(limit.getString("policy")).isEqualTo("minute");
        assertThat(limit.getString("code")).isEqualTo("RATE_LIMIT_EXCEEDED");
        assertThat(limit.getInt("requests")).isEqualTo(42);
        assertThat(limit.getInt("callers")).isEqualTo(2);
        assertThat(limit.getString("firstAt")).isEqualTo("2026-11-22T11:59:59.998Z");
        assertThat(limit.getString("lastAt")).isEqualTo("2026-11-22T12:00:00.004Z");
        assertThat(limit.getJsonArray("top").getValuesAs(JsonObject.class))
                .extracting(top -> top.get("callerName").toString(), top -> top.getInt("requests"))
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("\"=Shop, Ltd\"", 40),
                        org.assertj.core.groups.Tuple.tuple("null", 2));
        assertThat(admin.get(ROUTES + "uploads/shadow?from=2026-11-23T00:00:00Z")
                        .json()
                        .getJsonArray("limits"))
                .isEmpty();
    }

    @Test
    void aPolicyOfGuardsAloneHasAReportAndAnUnknownOneIs404() {
        JsonObject report =
                admin.get(ROUTES + "of-a-guard/shadow?to=2000-01-01T00:00:00Z").json();
        assertThat(report.isNull("mode")).isTrue();
        assertThat(report.getJsonArray("limits")).isEmpty();
        assertThat(admin.get(ROUTES + "check/shadow").json().getInt("requests")).isZero();
        InProcess.Answer unknown = admin.get(ROUTES + "none/shadow");
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.code()).isEqualTo("NOT_FOUND");
    }

    @Test
    void bothAreForAdministrators() {
        admin.as("mallory", false);
        assertThat(admin.get(REFUSALS).status()).isEqualTo(403);
        assertThat(admin.get(ROUTES + "uploads/shadow").status()).isEqualTo(403);
    }
}
