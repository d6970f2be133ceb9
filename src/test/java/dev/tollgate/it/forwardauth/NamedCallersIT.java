package dev.tollgate.it.forwardauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import dev.tollgate.it.support.PlainHttp;
import dev.tollgate.it.support.PlainHttp.Answer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers without a key whom a proxy names in {@code X-Remote-User}, at Tollgate's own endpoints and behind the proxies. */
@EnabledIf(
        value = "dev.tollgate.it.forwardauth.ReverseProxy#areInstalled",
        disabledReason = "nginx and caddy are not both installed; .ci/run installs them from Debian's packages")
class NamedCallersIT extends ForwardAuthCase {

    private static final String PROXY = "127.0.0.1";

    @TempDir
    private Path directory;

    private String account;
    private String person;
    private String named;

    @BeforeEach
    void link() {
        person = "person-" + client;
        named = "X-Remote-User: " + person;
        account = operator.newAccount("free");
        HttpResponse<String> linked =
                operator.send("POST", "/accounts/" + account + "/principals", "{\"name\":\"" + person + "\"}");
        assertThat(linked.statusCode()).as(linked.body()).isEqualTo(201);
    }

    private Answer from(String address, String line, String body, String... fields) {
        return PlainHttp.ask(address, at("").getPort(), line.replaceFirst(" /", " " + at("/").getPath()), body, fields);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/analytics", "/api/v1/analytics/daily"})
    void aNamedCallerNeedsNoKeyWhereOneIsRequired(String path) {
        assertThat(from(PROXY, "GET " + path, null, named).status()).isEqualTo(200);
        assertThat(from(PROXY, "GET " + path, null, "X-Remote-User: nobody-" + client)
                        .status())
                .isEqualTo(401);
        assertThat(from(client, "GET " + path, null, named).status())
                .as("named by no trusted proxy")
                .isEqualTo(401);
    }

    @Test
    void whatANamedCallerUploadsIsItsAccountsUsage() {
        assertThat(from(PROXY, "POST /api/v1/uploads/local", "a text", named, "Content-Type: text/plain")
                        .status())
                .isEqualTo(201);
        Answer limits = from(PROXY, "GET /api/v1/limits", null, named);
        assertThat(limits.json().getString("tier")).isEqualTo("free");
        assertThat(limits.header("RateLimit")).startsWith("\"minute\";r=9;");
        Ports.await(
                "the upload in its analytics",
                Duration.ofSeconds(5),
                () -> from(PROXY, "GET /api/v1/analytics", null, named)
                                .json()
                                .getJsonObject("summary")
                                .getInt("totalRequests")
                        == 1);
        assertThat(from(client, "GET /api/v1/limits", null, named).json().getString("tier"))
                .as("named by no trusted proxy")
                .isEqualTo("anonymous");
    }

    @ParameterizedTest
    @EnumSource
    void aClientCannotNameItselfThroughTheShippedFiles(ReverseProxy.Kind kind) {
        assertThat(ask(kind, "GET " + orders, null, named).status()).isEqualTo(200);
        assertThat(backend.seen(orders).get(0).header("X-Tollgate-Caller")).isEqualTo("ip:" + client);
    }

    /** Caddy signs people in, Tollgate hears who they are, and a forged field changes nothing. */
    @Test
    void peopleWhomTheProxySignsInHaveTheLimitsOfTheirAccounts() throws Exception {
        String password = "of " + person;
        ReverseProxy.Place place = new ReverseProxy.Place(at("").getPort(), backend.port(), null);
        String users = "route {\n\t\tbasicauth {\n\t\t\t" + person + " " + hashed(password) + "\n\t\t}\n";
        try (ReverseProxy caddy = ReverseProxy.start(
                ReverseProxy.Kind.CADDY,
                directory,
                place,
                file -> file.replace("route {\n", users)
                        .replace("header_up -X-Remote-User", "header_up X-Remote-User {http.auth.user.id}"))) {
            String signedIn = "Authorization: Basic "
                    + Base64.getEncoder().encodeToString((person + ":" + password).getBytes(StandardCharsets.UTF_8));
            String path = orders + "/signed-in";
            for (int i = 0; i < 10; i++) {
                Answer served = PlainHttp.ask(
                        client, caddy.port(), "GET " + path, null, signedIn, "X-Remote-User: somebody-else");
                assertThat(served.status()).as(served.body()).isEqualTo(200);
            }
            assertThat(backend.seen(path))
                    .hasSize(10)
                    .allSatisfy(
                            seen -> assertThat(seen.header("X-Tollgate-Caller")).isEqualTo(account));
            Answer refused = PlainHttp.ask(client, caddy.port(), "GET " + path, null, signedIn);
            assertThat(refused.status()).isEqualTo(429);
            assertThat(PlainHttp.ask(client, caddy.port(), "GET " + path, null, named)
                            .status())
                    .as("nobody signed in")
                    .isEqualTo(401);
        }
    }

    private String hashed(String password) throws IOException, InterruptedException {
        Process caddy = new ProcessBuilder("caddy", "hash-password", "--plaintext", password).start();
        String hash = new String(caddy.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(caddy.waitFor()).isZero();
        return hash;
    }
}
