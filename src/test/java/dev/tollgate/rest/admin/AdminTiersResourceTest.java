package dev.tollgate.rest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.core.traffic.CallerPeaks.Peak;
import dev.tollgate.postgres.report.JpaPeakStore;
import dev.tollgate.rest.support.InProcess;
import jakarta.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tiers over HTTP: reading and setting their limits. */
class AdminTiersResourceTest extends AdminCase {

    @Test
    void tierIsReadAndSetWithNullForUnlimited() {
        assertThat(admin.get(TIERS).json().getJsonArray("items")).hasSize(4);
        assertThat(admin.get(TIERS + "/enterprise").body())
                .isEqualTo("{\"name\":\"enterprise\",\"windowLimit\":null,\"windows\":[],\"monthlyQuota\":null}");
        InProcess.Answer put = admin.send("PUT", TIERS + "/free", "{\"windowLimit\":20,\"monthlyQuota\":null}");
        assertThat(put.status()).isEqualTo(200);
        assertThat(put.body())
                .isEqualTo("{\"name\":\"free\",\"windowLimit\":20,\"windows\":[{\"name\":\"minute\",\"limit\":20,"
                        + "\"seconds\":60}],\"monthlyQuota\":null}");
        assertThat(admin.get(TIERS + "/free").body()).isEqualTo(put.body());
        assertThat(published).containsExactly("tiers");
        assertThat(audit.get(audit.size() - 1).details())
                .containsEntry("windowLimitFrom", "10")
                .containsEntry("windowLimitTo", "20")
                .containsEntry("monthlyQuotaTo", "unlimited");
        admin.send("PUT", TIERS + "/free", "{\"windowLimit\":20,\"monthlyQuota\":null}");
        assertThat(auditTypes()).as("no change, no row").hasSize(1);
        assertProblem(admin.get(TIERS + "/nope"), 404, "NOT_FOUND");
    }

    @Test
    void aTierIsCreatedByPostAndNeverByAMisspeltPut() {
        assertProblem(admin.send("PUT", TIERS + "/team", "{\"windowLimit\":1,\"monthlyQuota\":2}"), 404, "NOT_FOUND");
        String team = "{\"name\":\"team\",\"windowLimit\":1,\"monthlyQuota\":2}";
        assertThat(admin.send("POST", TIERS, team).status()).isEqualTo(201);
        assertProblem(admin.send("POST", TIERS, team), 409, "CONFLICT");
        assertThat(admin.get(TIERS + "/team").json().getInt("windowLimit")).isEqualTo(1);
        assertThat(admin.get(TIERS + "/team").json().getInt("monthlyQuota")).isEqualTo(2);
        assertThat(published).containsExactly("tiers");
        assertThat(auditTypes()).hasSize(1);
    }

    private static String windows(String... windows) {
        return "{\"windows\":[" + String.join(",", windows) + "],\"monthlyQuota\":null}";
    }

    private static String window(String name, long limit, long seconds) {
        return "{\"name\":\"" + name + "\",\"limit\":" + limit + ",\"seconds\":" + seconds + "}";
    }

    @Test
    void aTierHasUpToFourWindowsAndTheShortFormIsTheOneOfAMinute() {
        String day = window("day", 20_000, 86_400);
        String put = windows(day, window("second", 20, 1), window("minute", 100, 60), window("hour", 3_000, 3_600));
        JsonObject tier = admin.send("PUT", TIERS + "/pro", put).json();
        assertThat(tier.getInt("windowLimit")).isEqualTo(100);
        assertThat(tier.getJsonArray("windows"))
                .as("shortest first")
                .extracting(window -> window.asJsonObject().getString("name"))
                .containsExactly("second", "minute", "hour", "day");
        assertThat(admin.get(TIERS + "/pro").json()).isEqualTo(tier);
        assertThat(directory.tiers())
                .filteredOn(one -> one.name().equals("pro"))
                .singleElement()
                .satisfies(pro -> {
                    assertThat(pro.windows())
                            .extracting(WindowPolicy::scope)
                            .containsExactly("tier:1", "", "tier:3600", "tier:86400");
                });
        assertThat(audit.get(0).details())
                .containsEntry("windowsTo", "20 in 1 s, 100 in 60 s, 3000 in 3600 s, 20000 in 86400 s");

        String without = admin.send("PUT", TIERS + "/pro", windows(day)).body();
        assertThat(without).contains("\"windowLimit\":null").contains("\"day\"").doesNotContain("minute");
        admin.send("PUT", TIERS + "/pro", "{\"windowLimit\":7,\"monthlyQuota\":null}");
        assertThat(admin.get(TIERS + "/pro").json().getJsonArray("windows"))
                .as("the short form is all")
                .hasSize(1);
    }

    @Test
    void whatIsReadCanBeWrittenBackAsItIs() {
        admin.send("PUT", TIERS + "/pro", windows(window("second", 20, 1), window("minute", 100, 60)));
        String read = admin.get(TIERS + "/pro").body().replace("\"name\":\"pro\",", "");
        assertThat(admin.send("PUT", TIERS + "/pro", read).status()).isEqualTo(200);
        assertThat(auditTypes()).hasSize(1);
    }

    @Test
    void anEditByThePreviousReleaseLeavesTheOtherWindowsAsTheyAre() {
        admin.send("PUT", TIERS + "/pro", windows(window("second", 20, 1), window("minute", 100, 60)));
        postgres.execute("UPDATE tiers SET window_limit = 50, monthly_quota = 9 WHERE name = 'pro'");
        JsonObject tier = admin.get(TIERS + "/pro").json();
        assertThat(tier.getInt("windowLimit")).isEqualTo(50);
        assertThat(tier.getJsonArray("windows")).hasSize(2);
    }

    @Test
    void aFifthWindowByThePreviousReleaseLeavesTheLongestOut() {
        admin.send(
                "PUT",
                TIERS + "/pro",
                windows(window("a", 1, 1), window("b", 2, 10), window("c", 3, 3_600), window("d", 4, 86_400)));
        postgres.execute("UPDATE tiers SET window_limit = 50 WHERE name = 'pro'");
        assertThat(admin.get(TIERS + "/pro").json().getJsonArray("windows"))
                .extracting(window -> window.asJsonObject().getString("name"))
                .containsExactly("a", "b", "minute", "c");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'[{\"name\":\"a\",\"limit\":1,\"seconds\":1},{\"name\":\"a\",\"limit\":1,\"seconds\":2}]' | windows",
                "'[{\"name\":\"a\",\"limit\":1,\"seconds\":9},{\"name\":\"b\",\"limit\":1,\"seconds\":9}]' | windows",
                "'[{\"name\":\"a\",\"limit\":1,\"seconds\":0}]' | windows[0].seconds",
                "'[{\"name\":\"a\",\"limit\":1,\"seconds\":86401}]' | windows[0].seconds",
                "'[{\"name\":\"a\",\"limit\":-1,\"seconds\":1}]' | windows[0].limit",
                "'[{\"name\":\"a\",\"limit\":1.5,\"seconds\":1}]' | windows[0].limit",
                "'[{\"name\":\"a\",\"seconds\":1}]' | windows[0].limit",
                "'[{\"name\":\"A b\",\"limit\":1,\"seconds\":1}]' | windows[0].name",
                "'[{\"name\":\"month\",\"limit\":1,\"seconds\":1}]' | windows[0].name",
                "'[{\"name\":\"minute\",\"limit\":1,\"seconds\":1}]' | windows[0].name",
                "'[{\"name\":\"m\",\"limit\":1,\"seconds\":60}]' | windows[0].name",
                "'[{\"name\":\"a\",\"limit\":1,\"seconds\":1,\"x\":1}]' | windows[0].x",
                "'[{},{},{},{},{}]' | windows",
                "'[7]' | windows[0]",
                "'7' | windows",
                "null | windows",
            })
    void windowsThatContradictAreNamedAndNothingChanges(String windows, String parameter) {
        InProcess.Answer answer =
                admin.send("PUT", TIERS + "/free", "{\"windows\":" + windows + ",\"monthlyQuota\":null}");
        assertProblem(answer, 400, "INVALID_PARAMETER");
        assertThat(answer.json().getString("parameter")).isEqualTo(parameter);
        assertThat(published).isEmpty();
    }

    @Test
    void theShortFormMayNotSaySomethingElse() {
        InProcess.Answer answer = admin.send(
                "PUT",
                TIERS + "/free",
                "{\"windowLimit\":9,\"windows\":[" + window("minute", 10, 60) + "],\"monthlyQuota\":null}");
        assertProblem(answer, 400, "INVALID_PARAMETER");
        assertThat(answer.json().getString("parameter")).isEqualTo("windowLimit");
    }

    @Test
    void aPreviewTellsEachWindowByWhatCallersUsedInOneOfItsLength() {
        String shop = account("Shop", "free");
        long hour = System.currentTimeMillis() / 3_600_000 * 3_600_000;
        new JpaPeakStore(postgres.database())
                .keep(List.of(new Peak(hour, shop, 9), new Peak(hour, shop, 86_400, 70)), hour);
        JsonObject outcome = admin.get(TIERS + "/free/preview?windows=10/60,50/86400,5/1")
                .json()
                .getJsonObject("outcome");
        assertThat(outcome.getInt("limited")).isEqualTo(1);
        assertThat(outcome.getJsonArray("windows").stream()
                        .map(Object::toString)
                        .toList())
                .containsExactly(
                        "{\"name\":\"1s\",\"limit\":5,\"seconds\":1,\"seen\":0,\"limited\":0}",
                        "{\"name\":\"minute\",\"limit\":10,\"seconds\":60,\"seen\":1,\"limited\":0}",
                        "{\"name\":\"86400s\",\"limit\":50,\"seconds\":86400,\"seen\":1,\"limited\":1}");
        admin.send("PUT", ACCOUNTS + "/" + shop + "/limits", "{\"windows\":[],\"reason\":\"none\"}");
        assertThat(admin.get(TIERS + "/free/preview?windows=1/60")
                        .json()
                        .getJsonObject("outcome")
                        .getInt("callers"))
                .as("accounts with windows of their own are left out")
                .isZero();
        for (String bad : List.of("0", "5/0", "5/86401", "1/1,2/1", "1/1,1/2,1/3,1/4,1/5", "-1/60")) {
            assertProblem(admin.get(TIERS + "/free/preview?windows=" + bad), 400, "INVALID_PARAMETER");
        }
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
        assertThat(published).isEmpty();
        assertProblem(
                admin.send("PUT", TIERS + "/Bad%20Name", "{\"windowLimit\":5,\"monthlyQuota\":5}"),
                400,
                "INVALID_PARAMETER");
    }
}
