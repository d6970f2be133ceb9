package dev.tollgate.it.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.ShippedWar;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an attacker reads in answers that go wrong, and writes into the log: neither versions, nor traces, nor lines of their own. */
class InformationLeakIT extends ShippedWar {

    private static final Pattern TOLD = Pattern.compile(
            "wildfly|undertow|jboss|payara|grizzly|jersey|glassfish|hk2|eclipselink|postgres(?!\")|redisson|exception|\\bat [a-z]+\\.|java\\.|\\.java"
                    + "|x-powered-by|server:");

    private final AdminClient operator = new AdminClient(this);

    /** Sends bytes as they are; java.net.http would refuse to. */
    private String raw(String request) throws IOException {
        URI target = at("/");
        try (Socket socket = new Socket(target.getHost(), target.getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static String request(String line, String... headers) {
        return line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + Stream.of(headers).map(header -> header + "\r\n").reduce("", String::concat) + "\r\n";
    }

    static List<String> failures() {
        return List.of(
                request("GET /tollgate/no-such-page"),
                request("GET /tollgate/api/v1/no-such-resource"),
                request("GET /tollgate/api/v1/uploads/local"),
                request("DELETE /tollgate/health/live"),
                request("TRACE /tollgate/health/live"),
                request("BREW /tollgate/health/live"),
                request("PUT /tollgate/console/login.html", "Content-Length: 0"),
                request("POST /tollgate/api/v1/uploads/local", "Content-Length: 99999999999", "X-API-Key: tg_x"),
                request("GET /tollgate/api/v1/limits", "X-API-Key: " + "x".repeat(8_000)),
                request("GET /tollgate/%zz"),
                request("GET /tollgate/api/v1/../../WEB-INF/web.xml"),
                request("GET /tollgate/WEB-INF/web.xml"),
                request("GET /tollgate/META-INF/MANIFEST.MF"),
                request("GET /tollgate/..%2f..%2fetc%2fpasswd"),
                request("GET /tollgate/api/v1/analytics?provider=%00"),
                request("GET /tollgate/api/v1/admin/accounts?page=-1"),
                request("GET /tollgate/health/live", "Range: bytes=9-1,,,"),
                request("GET /tollgate/health/live", "Accept: nonsense/;;;"),
                request("GET /tollgate/health/live", "Forwarded: for=\"" + "[".repeat(2_000)));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void failuresTellNeitherVersionsNorTraces(String request) throws IOException {
        String answer = raw(request);
        assertThat(answer).startsWith("HTTP/1.1 ");
        assertThat(answer.substring(9, 12)).isNotEqualTo("500");
        assertThat(TOLD.matcher(answer.toLowerCase(Locale.ROOT)).results().map(r -> r.group()))
                .as(answer)
                .isEmpty();
    }

    static List<String> ofEveryKind() {
        return List.of(
                request("GET /tollgate/"),
                request("GET /tollgate/console/login.html"),
                request("GET /tollgate/console/session"),
                request("GET /tollgate/api/v1/limits"),
                request("GET /tollgate/api/v1/check", "X-API-Key: tg_x"),
                request("GET /tollgate/api/v1/analytics"),
                request("GET /tollgate/api/v1/no-such-resource"),
                request("GET /tollgate/api/v1/admin/accounts"),
                request("GET /tollgate/api/v1/admin%2faccounts"),
                request("GET /tollgate/health/live"),
                request("DELETE /tollgate/health/live"),
                request("PUT /tollgate/console/login.html", "Content-Length: 0"),
                request("GET /tollgate/metrics"),
                request("GET /tollgate/openapi.json"),
                request("GET /tollgate/no-such-page"),
                request("GET /tollgate/error.html"),
                request("GET /tollgate/dev/tollgate/ops/configcheck/ConfigCheckLauncher.class"));
    }

    @ParameterizedTest
    @MethodSource("ofEveryKind")
    void answersOfEveryKindAreWhatTheySayAndRunNothing(String request) throws IOException {
        String head = raw(request).split("\r\n\r\n", 2)[0];
        assertThat(head.lines().filter(line -> line.equals("X-Content-Type-Options: nosniff")))
                .as(head)
                .hasSize(1);
        assertThat(head.lines().filter(line -> line.startsWith("Content-Security-Policy: default-src 'none';")))
                .as(head)
                .hasSize(1);
    }

    static List<String> monsters() {
        return List.of(
                "{\"user\":" + "[".repeat(4_000), "{\"user\":" + "9".repeat(5_000) + "}", "[".repeat(8_192), "\"", "");
    }

    @ParameterizedTest
    @MethodSource("monsters")
    void monstrousJsonIsABadRequestToStrangersToo(String body) throws IOException {
        String answer = raw(request(
                        "POST /tollgate/console/session",
                        "Content-Type: application/json",
                        "Content-Length: " + body.length())
                + body);
        assertThat(answer).startsWith("HTTP/1.1 400 ").contains("\"code\":\"BAD_REQUEST\"");
    }

    @Test
    void whatStrangersSendMakesNoLinesInTheLogAndNoHeaders() throws IOException {
        AdminClient.Key key = operator.newKey(operator.newAccount("pro"));
        String forged = "%0d%0a2026-01-01 00:00:00 ERROR forged";
        String answer = raw(request(
                        "POST /tollgate/api/v1/uploads/local?fileName=a" + forged.replace(" ", "%20")
                                + "%0d%0aSet-Cookie:%20evil=1",
                        "X-API-Key: " + key.secret(),
                        "Content-Type: text/plain\tforged",
                        "X-Forwarded-For: forged\tforged",
                        "User-Agent: \u0001\u001b[31mforged",
                        "Content-Length: 1"))
                + raw(request("GET /tollgate/api/v1/check" + forged.replace(" ", "%20"), "X-API-Key: " + key.secret()))
                + raw(request(
                        "GET /tollgate/api/v1/analytics?provider=" + forged.replace(" ", "%20"),
                        "X-API-Key: " + key.secret()));
        assertThat(answer.lines().map(line -> line.toLowerCase(Locale.ROOT)))
                .noneMatch(line ->
                        line.startsWith("set-cookie:") || line.contains("error forged") && line.startsWith("2026"));
        String log = Files.readString(log());
        assertThat(log.lines()).noneMatch(line -> line.startsWith("2026-01-01 00:00:00"));
        assertThat(log).doesNotContain("\u001b[31mforged").doesNotContain(key.secret());
    }

    private static Path log() {
        return IntegrationServers.serverLog();
    }
}
