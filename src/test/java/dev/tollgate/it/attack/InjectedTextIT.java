package dev.tollgate.it.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.PlainHttp;
import dev.tollgate.it.support.PlainHttp.Answer;
import dev.tollgate.it.support.ShippedWar;
import jakarta.json.Json;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text of callers and strangers that is a formula, a script or a line of a log to what reads our answers. SECURITY.md lists what is tried. */
class InjectedTextIT extends ShippedWar {

    private final AdminClient operator = new AdminClient(this);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "=cmd|'/c calc'!A0",
                "+1+1",
                "-1+1",
                "@SUM(A1)",
                "\t=1",
                "</script><script>",
                "a\u2028b",
                "\ud83d\ude00"
            })
    void namesAreTextToWhateverReadsThem(String name) {
        HttpResponse<String> made = operator.send(
                "POST",
                "/accounts",
                Json.createObjectBuilder()
                        .add("name", name)
                        .add("tier", "free")
                        .build()
                        .toString());
        if (made.statusCode() == 400) {
            assertThat(AdminClient.json(made).getString("code")).isEqualTo("INVALID_PARAMETER");
            return;
        }
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        assertThat(made.headers().firstValue("Content-Type").orElse("")).startsWith("application/json");
        assertThat(AdminClient.json(made).getString("name")).isEqualTo(name.strip());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0000", "a\u0000b", "a\u0007b", "a\nb"})
    void controlCharactersAreRefusedBeforeAnyTableOrLogSeesThem(String name) {
        HttpResponse<String> made = operator.send(
                "POST",
                "/accounts",
                Json.createObjectBuilder()
                        .add("name", name)
                        .add("tier", "free")
                        .build()
                        .toString());
        assertThat(made.statusCode()).as(made.body()).isEqualTo(400);
        assertThat(AdminClient.json(made).getString("parameter")).isEqualTo("name");
    }

    @Test
    void noCellOfATableIsAFormula() {
        AdminClient.Key key = operator.newKey(operator.newAccount("pro"));
        for (String provider : List.of("=1+1", "+1", "-1", "@x", "a\u0000", "a,=1", "a\"\n=1")) {
            String event = Json.createArrayBuilder()
                    .add(Json.createObjectBuilder()
                            .add("id", "cell-" + provider.hashCode())
                            .add("provider", provider))
                    .build()
                    .toString();
            HttpResponse<String> posted = send(HttpRequest.newBuilder(at("/api/v1/usage"))
                    .header("X-API-Key", key.secret())
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(event)));
            assertThat(posted.statusCode()).as(posted.body()).isEqualTo(400);
        }
        for (String type : List.of("=1/1", "text/=1", "+x/y", "text/x,=1", "@a/b")) {
            HttpResponse<String> stored = send(HttpRequest.newBuilder(at("/api/v1/uploads/local"))
                    .header("X-API-Key", key.secret())
                    .header("Content-Type", type)
                    .POST(BodyPublishers.ofString("hello")));
            assertThat(stored.statusCode()).as(stored.body()).isIn(201, 400, 415);
        }
        for (String report : List.of("/daily", "/providers")) {
            HttpResponse<String> table = send(HttpRequest.newBuilder(at("/api/v1/analytics" + report))
                    .header("X-API-Key", key.secret())
                    .header("Accept", "text/csv"));
            assertThat(table.statusCode()).as(table.body()).isEqualTo(200);
            assertThat(table.body().lines().flatMap(line -> Stream.of(line.split(","))))
                    .noneMatch(cell -> cell.matches("\"?[=+@\\t\\r-].*"));
        }
    }

    /** What strangers write where an administrator signs in stands in the audit trail, which is exported as a table, and in the log. */
    @Test
    void whatStrangersSignInAsIsNoFormulaInTheAuditTrailAndNoLineInTheLog() throws IOException {
        int number = 6;
        for (String user : List.of(
                "=HYPERLINK(1)",
                "@SUM(1)",
                "a\u0000b",
                "x\r\n2026-01-01 00:00:00 ERROR forged by a name",
                "\u001b[31m")) {
            Answer answer = PlainHttp.ask(
                    "127.0.20." + number++,
                    at("").getPort(),
                    "POST /tollgate/console/session",
                    Json.createObjectBuilder()
                            .add("user", user)
                            .add("password", "guess")
                            .build()
                            .toString(),
                    "Content-Type: application/json");
            assertThat(answer.status()).as(answer.body()).isIn(400, 401);
        }
        Ports.await("the rows", Duration.ofSeconds(10), () -> exported().contains("HYPERLINK(1)"));
        assertThat(exported().lines().flatMap(line -> Stream.of(line.split(","))))
                .noneMatch(cell -> cell.matches("\"?[=+@\t\r].*"));
        assertThat(Files.readString(IntegrationServers.serverLog()).lines())
                .noneMatch(line -> line.startsWith("2026-01-01 00:00:00"))
                .noneMatch(line -> line.contains("\u001b[31m\""));
    }

    private String exported() {
        return send(operator.request("/audit/export?type=ADMIN_SIGN_IN_FAILED").GET())
                .body();
    }
}
