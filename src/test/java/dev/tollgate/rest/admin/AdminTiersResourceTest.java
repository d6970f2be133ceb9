package dev.tollgate.rest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.rest.support.InProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tiers over HTTP: reading and setting their limits. */
class AdminTiersResourceTest extends AdminCase {

    @Test
    void tierIsReadAndSetWithNullForUnlimited() {
        assertThat(admin.get(TIERS).json().getJsonArray("items")).hasSize(4);
        assertThat(admin.get(TIERS + "/enterprise").body())
                .isEqualTo("{\"name\":\"enterprise\",\"windowLimit\":null,\"monthlyQuota\":null}");
        InProcess.Answer put = admin.send("PUT", TIERS + "/free", "{\"windowLimit\":20,\"monthlyQuota\":null}");
        assertThat(put.status()).isEqualTo(200);
        assertThat(put.body()).isEqualTo("{\"name\":\"free\",\"windowLimit\":20,\"monthlyQuota\":null}");
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
        assertThat(admin.get(TIERS + "/team").body()).isEqualTo(team);
        assertThat(published).containsExactly("tiers");
        assertThat(auditTypes()).hasSize(1);
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
