package dev.tollgate.rest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.LimitOverride;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.rest.support.InProcess;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits of one account over HTTP: set, seen by nodes that look up its keys, and taken away. */
class AdminLimitsResourceTest extends AdminCase {

    private String shop;
    private String limits;

    @BeforeEach
    void anAccount() {
        shop = account("Shop", "free");
        limits = ACCOUNTS + "/" + shop + "/limits";
        published.clear();
        audit.clear();
    }

    private LimitOverride seenByNodes() {
        String hash = postgres.column("SELECT key_hash FROM api_keys").get(0);
        return directory.findByHash(hash).map(ResolvedKey::override).orElse(null);
    }

    @Test
    void whatIsNotOverriddenIsTheTiers() {
        assertThat(admin.get(limits).body())
                .isEqualTo("{\"tier\":\"free\",\"windows\":[{\"name\":\"minute\",\"limit\":10,\"seconds\":60}],"
                        + "\"monthlyQuota\":1000,\"override\":null}");
        JsonObject quota = admin.send("PUT", limits, "{\"monthlyQuota\":5,\"reason\":\"late payment\"}")
                .json();
        assertThat(quota.getInt("monthlyQuota")).isEqualTo(5);
        assertThat(quota.getJsonArray("windows")).hasSize(1);
        JsonObject windows = admin.send(
                        "PUT",
                        limits,
                        "{\"windows\":[{\"name\":\"minute\",\"limit\":500,\"seconds\":60}],\"reason\":\"a campaign\"}")
                .json();
        assertThat(windows.getInt("monthlyQuota"))
                .as("instead of the override before")
                .isEqualTo(1_000);
        assertThat(windows.getJsonObject("override").getBoolean("ownQuota")).isFalse();
        JsonObject none = admin.send("PUT", limits, "{\"windows\":[],\"monthlyQuota\":null,\"reason\":\"ours\"}")
                .json();
        assertThat(none.getJsonArray("windows")).isEmpty();
        assertThat(none.isNull("monthlyQuota")).isTrue();
        assertThat(admin.get(limits).json()).isEqualTo(none);
    }

    @Test
    void nodesThatLookUpAKeySeeItAndItsEndIsTold() {
        key(shop);
        assertThat(seenByNodes()).isNull();
        String until = "2099-12-31T23:59:59Z";
        admin.send(
                "PUT",
                limits,
                "{\"windows\":[{\"name\":\"day\",\"limit\":7,\"seconds\":86400}],\"until\":\"" + until
                        + "\",\"reason\":\"trial\"}");
        assertThat(published).contains("account " + shop);
        assertThat(seenByNodes().windows()).isEqualTo(List.of(WindowPolicy.ofTier("day", 7, 86_400)));
        assertThat(seenByNodes().until()).hasToString(until);
        assertThat(LimitOverride.read(seenByNodes().write()))
                .as("as guards get it")
                .isEqualTo(new LimitOverride(
                        seenByNodes().windows(), null, seenByNodes().until(), ""));
        published.clear();
        assertThat(admin.call("DELETE", limits, java.util.Map.of(), java.io.InputStream.nullInputStream())
                        .status())
                .isEqualTo(204);
        assertThat(published).containsExactly("account " + shop);
        assertThat(seenByNodes()).isNull();
    }

    @Test
    void eachChangeIsInTheAuditTrailAndOneThatChangesNothingIsNot() {
        String put = "{\"monthlyQuota\":5,\"reason\":\"late payment\"}";
        admin.send("PUT", limits, put);
        admin.send("PUT", limits, put);
        admin.call("DELETE", limits, java.util.Map.of(), java.io.InputStream.nullInputStream());
        admin.call("DELETE", limits, java.util.Map.of(), java.io.InputStream.nullInputStream());
        assertThat(auditTypes()).containsExactly(AuditEvent.Type.LIMITS_CHANGED, AuditEvent.Type.LIMITS_CHANGED);
        assertThat(audit.get(0).caller()).isEqualTo(shop);
        assertThat(audit.get(0).details())
                .containsEntry("monthlyQuotaTo", "5")
                .containsEntry("windowsTo", "as the tier")
                .containsEntry("reason", "late payment");
        assertThat(audit.get(1).details())
                .containsEntry("monthlyQuotaFrom", "5")
                .containsEntry("windowsTo", "as the tier");
    }

    @Test
    void anOverrideThatHasEndedIsNeitherShownNorInForce() {
        admin.send("PUT", limits, "{\"monthlyQuota\":5,\"until\":\"2099-12-31T23:59:59Z\",\"reason\":\"x\"}");
        postgres.execute("UPDATE account_limits SET until = now() - interval '1 second'");
        JsonObject now = admin.get(limits).json();
        assertThat(now.isNull("override")).isTrue();
        assertThat(now.getInt("monthlyQuota")).isEqualTo(1_000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | reason",
                "{\"reason\":\"x\"} | windows",
                "{\"monthlyQuota\":5} | reason",
                "{\"monthlyQuota\":-5,\"reason\":\"x\"} | monthlyQuota",
                "{\"monthlyQuota\":5,\"reason\":\"x\",\"until\":\"2001-01-01T00:00:00Z\"} | until",
                "{\"monthlyQuota\":5,\"reason\":\"x\",\"until\":\"tomorrow\"} | until",
                "{\"windows\":[{\"name\":\"a\",\"limit\":1,\"seconds\":0}],\"reason\":\"x\"} | windows[0].seconds",
                "{\"windows\":null,\"reason\":\"x\"} | windows",
                "{\"windowLimit\":5,\"monthlyQuota\":5,\"reason\":\"x\"} | windowLimit",
            })
    void badLimitsAreNamedAndNothingChanges(String body, String parameter) {
        InProcess.Answer answer = admin.send("PUT", limits, body);
        assertProblem(answer, 400, "INVALID_PARAMETER");
        assertThat(answer.json().getString("parameter")).isEqualTo(parameter);
        assertThat(published).isEmpty();
        assertThat(postgres.column("SELECT count(*) FROM account_limits")).containsExactly("0");
    }

    @Test
    void onlyAccountsThereAreHaveLimits() {
        String nobody = ACCOUNTS + "/00000000-0000-4000-8000-000000000000/limits";
        assertProblem(admin.get(nobody), 404, "NOT_FOUND");
        assertProblem(admin.get(ACCOUNTS + "/x/limits"), 404, "NOT_FOUND");
        assertProblem(admin.send("PUT", nobody, "{\"monthlyQuota\":5,\"reason\":\"x\"}"), 404, "NOT_FOUND");
    }

    @Test
    void anOverrideOfEveryFormIsReadBack() {
        List<WindowPolicy> windows = List.of(WindowPolicy.ofTier("s", 1, 1), WindowPolicy.minute(2));
        for (LimitOverride override : List.of(
                new LimitOverride(windows, OptionalLong.of(3), null, ""),
                new LimitOverride(List.of(), null, java.time.Instant.ofEpochMilli(9), ""),
                new LimitOverride(null, OptionalLong.empty(), null, ""))) {
            assertThat(LimitOverride.read(override.write())).isEqualTo(override);
        }
    }
}
