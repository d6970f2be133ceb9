package dev.tollgate.rest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.rest.support.InProcess;
import jakarta.json.JsonObject;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every admin resource refuses: forms, callers without the role, unknown paths and faults of our own. */
class AdminProblemsTest extends AdminCase {

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
    void aCallerWithoutTheRoleIsRefusedEvenIfTheContainerAdmitsIt() {
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
    void aFaultOfOurOwnIsA500WithoutDetails() {
        InProcess broken = application(event -> {
            throw new IllegalStateException("secret detail");
        });
        InProcess.Answer answer = broken.send("POST", ACCOUNTS, "{\"name\":\"Shop\",\"tier\":\"pro\"}");
        assertProblem(answer, 500, "INTERNAL_ERROR");
        assertThat(answer.body()).doesNotContain("secret", "Exception", "dev.tollgate");
    }
}
