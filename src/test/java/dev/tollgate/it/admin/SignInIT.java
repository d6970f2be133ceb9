package dev.tollgate.it.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.ShippedWar;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Signing in against the server's realm: by session for the console, by HTTP Basic for scripts, and not by anything else. */
class SignInIT extends ShippedWar {

    private static final String GOOD = "{\"user\":\"" + IntegrationServers.ADMIN + "\",\"password\":\""
            + IntegrationServers.ADMIN_PASSWORD + "\"}";

    private final AdminClient operator = new AdminClient(this);

    private HttpRequest.Builder signIn(String json) {
        return HttpRequest.newBuilder(at("/console/session"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json));
    }

    private static String cookie(HttpResponse<String> response) {
        return response.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
    }

    @Test
    void sessionOpensAdministrationUntilItIsEnded() {
        HttpResponse<String> begun = send(signIn(GOOD));
        assertThat(begun.statusCode()).as(begun.body()).isEqualTo(200);
        String line = begun.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(line.toLowerCase()).contains("httponly", "samesite=strict", "path=/tollgate");
        assertThat(line.toLowerCase()).doesNotContain("secure");
        String byTls = send(signIn(GOOD).header("X-Forwarded-Proto", "https"))
                .headers()
                .firstValue("Set-Cookie")
                .orElseThrow();
        assertThat(byTls).contains("; Secure");
        Map<String, String> session = Map.of("Cookie", cookie(begun));
        assertThat(get("/api/v1/admin/accounts", session).statusCode()).isEqualTo(200);
        assertThat(get("/", session).statusCode()).isEqualTo(200);
        assertThat(get("/console/session", session).body())
                .isEqualTo("{\"user\":\"admin\",\"role\":\"tollgate-admin\"}");
        HttpResponse<String> again = send(signIn(GOOD).header("Cookie", cookie(begun)));
        assertThat(cookie(again)).as("an id set before the sign-in").isNotEqualTo(cookie(begun));
        assertThat(get("/api/v1/admin/accounts", session).statusCode()).isEqualTo(401);
        Map<String, String> second = Map.of("Cookie", cookie(again));
        assertThat(send(HttpRequest.newBuilder(at("/console/session"))
                                .header("Cookie", cookie(again))
                                .DELETE())
                        .statusCode())
                .isEqualTo(204);
        assertThat(get("/api/v1/admin/accounts", second).statusCode()).isEqualTo(401);
        assertThat(get("/", second).statusCode()).isEqualTo(302);
    }

    @Test
    void scriptsAreChallengedBrowsersAreNotAndBothGetADocument() {
        HttpResponse<String> script = get("/api/v1/admin/accounts", Map.of());
        assertThat(script.statusCode()).isEqualTo(401);
        assertThat(script.headers().firstValue("WWW-Authenticate").orElse("")).startsWith("Basic realm=");
        assertThat(AdminClient.json(script).getString("code")).isEqualTo("SIGN_IN_NEEDED");
        for (Map<String, String> browser : List.of(
                Map.of("Sec-Fetch-Mode", "cors"),
                Map.of("X-Tollgate-Console", "1"),
                Map.of("Accept", "text/event-stream"))) {
            HttpResponse<String> answer = get("/api/v1/admin/accounts", browser);
            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.headers().firstValue("WWW-Authenticate")).isEmpty();
        }
        HttpResponse<String> page = get("/", Map.of());
        assertThat(page.statusCode()).isEqualTo(302);
        assertThat(page.headers().firstValue("Location").orElse("")).endsWith("/tollgate/console/login.html");
    }

    @Test
    void basicLeavesNoSessionBehind() {
        HttpResponse<String> answer = send(operator.request("/accounts").GET());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
    }

    @Test
    void usersWithoutTheRoleAreForbidden() {
        String login = IntegrationServers.VISITOR + ":" + IntegrationServers.ADMIN_PASSWORD;
        Map<String, String> visitor =
                Map.of("Authorization", "Basic " + Base64.getEncoder().encodeToString(login.getBytes()));
        HttpResponse<String> answer = get("/api/v1/admin/accounts", visitor);
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(AdminClient.json(answer).getString("code")).isEqualTo("FORBIDDEN");
        assertThat(send(signIn("{\"user\":\"" + IntegrationServers.VISITOR + "\",\"password\":\""
                                + IntegrationServers.ADMIN_PASSWORD + "\"}"))
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void pagesOfOtherSitesChangeNothing() {
        for (Map<String, String> from : List.of(
                Map.of("Sec-Fetch-Site", "cross-site"),
                Map.of("Sec-Fetch-Site", "same-site"),
                Map.of("Origin", "https://elsewhere.example"),
                Map.of("Origin", "null"))) {
            HttpRequest.Builder request = operator.request("/accounts")
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString("{\"name\":\"x\",\"tier\":\"free\"}"));
            from.forEach(request::header);
            HttpResponse<String> answer = send(request);
            assertThat(answer.statusCode()).as(from.toString()).isEqualTo(403);
            assertThat(AdminClient.json(answer).getString("code")).isEqualTo("CROSS_ORIGIN");
            HttpRequest.Builder signIn = signIn(GOOD);
            from.forEach(signIn::header);
            assertThat(send(signIn).statusCode()).as(from.toString()).isEqualTo(403);
        }
        String ours = at("/").resolve("/").toString().replaceAll("/$", "");
        assertThat(send(signIn(GOOD).header("Origin", ours)).statusCode()).isEqualTo(200);
        assertThat(send(signIn(GOOD).header("Sec-Fetch-Site", "same-origin")).statusCode())
                .isEqualTo(200);
    }

    @Test
    void everythingOfTheConsoleIsClosedButItsSignInAndPagesSayWhatMayRun() {
        for (String page : List.of("/", "/index.html", "/console/app.js", "/console/nothing.js", "/console/")) {
            assertThat(get(page, Map.of()).statusCode()).as(page).isEqualTo(302);
        }
        for (String page : List.of("/console/login.html", "/console/login.js", "/console/console.css")) {
            HttpResponse<String> answer = get(page, Map.of());
            assertThat(answer.statusCode()).as(page).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
                    .contains("default-src 'none'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        }
    }

    @Test
    void guessingIsSlowedNotedAndForgivenByTime() {
        // Not this test's own address: the others share it.
        int status = 0;
        for (int guess = 1; guess <= 7 && status != 429; guess++) {
            status = send(signIn("{\"user\":\"admin\",\"password\":\"guess " + guess + "\"}"))
                    .statusCode();
            assertThat(status).isIn(401, 429);
        }
        assertThat(status).isEqualTo(429);
        HttpResponse<String> good = send(signIn(GOOD));
        assertThat(good.statusCode()).as("not even the right password, at once").isIn(429, 200);
        Ports.await(
                "the right password to be heard",
                Duration.ofSeconds(20),
                () -> send(signIn(GOOD)).statusCode() == 200);
        isAudited("ADMIN_SIGN_IN_FAILED", "\"actor\":\"admin\"", "\"address\":\"127.0.0.1\"");
        isAudited("ADMIN_SIGN_IN", "\"authentication\":\"FORM\"");
    }

    private void isAudited(String type, String... texts) {
        Ports.await("in the audit trail: " + type, Duration.ofSeconds(10), () -> {
            String rows = send(operator.request("/audit?type=" + type).GET()).body();
            return Stream.of(texts).allMatch(rows::contains);
        });
    }
}
