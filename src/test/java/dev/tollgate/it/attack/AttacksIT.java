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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Attacks on administration, on the bounds between requests and on what reads our answers. SECURITY.md lists what is tried. */
class AttacksIT extends ShippedWar {

    /** The answer of a request that nobody sent, if a server reads one within another. */
    private static final String SMUGGLED = "\"status\":\"up\"";

    private static final String WITHIN = "GET /tollgate/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private final AdminClient operator = new AdminClient(this);

    static Stream<Arguments> spellingsOfAdministration() {
        List<String> paths = List.of(
                "/api/v1/admin/accounts",
                "/api/v1/admin/accounts/",
                "/api/v1/admin;x=1/accounts",
                "/api/v1/admin/accounts;jsessionid=1",
                "/api/v1/%61dmin/accounts",
                "/api/v1/admin%2faccounts",
                "/api/v1/admin%5caccounts",
                "/api/v1/admin\\accounts",
                "/api/v1//admin/accounts",
                "//api/v1/admin/accounts",
                "/api/v1/./admin/accounts",
                "/api/v1/x/../admin/accounts",
                "/api/v1/x/%2e%2e/admin/accounts",
                "/api/v1/x/..;/admin/accounts",
                "/health/../api/v1/admin/accounts",
                "/api/v1/check/../admin/accounts",
                "/api/v1/check/..;/admin/accounts",
                "/api/v1/check%2f..%2fadmin/accounts",
                "/console/login.html/../../api/v1/admin/accounts",
                "/api/v1/admin/x/..;/accounts",
                "/api/v1/%2561dmin/accounts",
                "/api/v1/admin%00/accounts",
                "/api/v1/admin%20/accounts",
                "/x/..;/api/v1/admin/accounts");
        return Stream.of("GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "get", "BREW")
                .flatMap(method -> paths.stream().map(path -> Arguments.of(method, path)));
    }

    @ParameterizedTest
    @MethodSource("spellingsOfAdministration")
    void noSpellingOpensAdministration(String method, String path) {
        Answer answer = PlainHttp.ask("127.0.20.1", at("").getPort(), method + " /tollgate" + path, "");
        assertThat(answer.status()).as(answer.body()).isIn(400, 401, 403, 404, 405, 501);
        assertThat(answer.body()).doesNotContain("\"items\"");
    }

    static Stream<Arguments> waysOutOfAdministration() {
        List<String> paths = List.of(
                "/api/v1/admin/../limits",
                "/api/v1/admin/accounts/../../limits",
                "/api/v1/admin/accounts/..;/..;/limits",
                "/api/v1/admin/accounts/../../../../health/live",
                "/api/v1/admin/keys/%2e%2e/%2e%2e/limits",
                "/api/v1/admin/accounts/x/../../../check",
                "/api/v1/admin/bans/../../../../openapi.json");
        return Stream.of("GET", "OPTIONS", "HEAD", "POST", "DELETE")
                .flatMap(method -> paths.stream().map(path -> Arguments.of(method, path)));
    }

    /** To the container such a path is not administration, to JAX-RS it is. */
    @ParameterizedTest
    @MethodSource("waysOutOfAdministration")
    void aPathThatIsAdministrationToOneReaderAloneIsRefused(String method, String path) {
        assertThat(PlainHttp.ask("127.0.20.7", at("").getPort(), method + " /tollgate" + path, "")
                        .status())
                .isEqualTo(400);
    }

    /** To WildFly such a path is a file that is not there; its own answer to OPTIONS is 200 then. */
    @ParameterizedTest
    @ValueSource(strings = {"/API/v1/admin/accounts", "/api/v1/ADMIN/accounts", "/api/v1/admin/Accounts"})
    void aPathInAnotherCaseIsNotAdministration(String path) {
        for (String method : List.of("GET", "POST", "OPTIONS")) {
            Answer answer = PlainHttp.ask("127.0.20.1", at("").getPort(), method + " /tollgate" + path, "");
            assertThat(answer.status() == 200
                            && !(method.equals("OPTIONS") && answer.body().isEmpty()))
                    .as(method + " " + answer.body())
                    .isFalse();
        }
    }

    static Stream<Arguments> requestsOfOtherSites() {
        List<String> sites = List.of(
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: same-site",
                "Sec-Fetch-Site: nonsense",
                "Origin: https://elsewhere.example",
                "Origin: null",
                "Origin: http://localhost.elsewhere.example",
                "Origin: http://localhost:1",
                "Origin: nonsense ://");
        return Stream.of("POST", "PUT", "PATCH", "DELETE", "BREW")
                .flatMap(method -> sites.stream().map(site -> Arguments.of(method, site)));
    }

    @ParameterizedTest
    @MethodSource("requestsOfOtherSites")
    void pagesOfOtherSitesChangeNothingByAnyMethod(String method, String site) {
        for (String path : List.of("/api/v1/admin/accounts", "/api/v1/admin/x/../accounts", "/console/session")) {
            Answer answer = PlainHttp.ask(
                    "127.0.20.2",
                    at("").getPort(),
                    method + " /tollgate" + path,
                    "{\"name\":\"x\",\"tier\":\"free\"}",
                    site,
                    "Content-Type: application/json",
                    "Authorization: Basic YWRtaW46aW50ZWdyYXRpb24tdGVzdHM=");
            assertThat(answer.status()).as(path + " " + answer.body()).isIn(400, 403, 405, 501);
        }
    }

    private static String head(String line, String... fields) {
        StringBuilder head = new StringBuilder(line).append(" HTTP/1.1\r\n");
        for (String field : fields) {
            head.append(field).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    /** Each has a request where a body is, for one reader of it or for all. */
    static List<String> smugglings() {
        String host = "Host: localhost";
        String length = "Content-Length: " + WITHIN.length();
        String chunk = Integer.toHexString(WITHIN.length()) + "\r\n" + WITHIN + "\r\n0\r\n\r\n";
        String chunked = "Transfer-Encoding: chunked";
        String post = "POST /tollgate/api/v1/uploads/local";
        return List.of(
                head(post, host, length) + WITHIN,
                head(post, host, length, "X-API-Key: tg_wrong") + WITHIN,
                head(post, host, length, "Expect: 100-continue") + WITHIN,
                head(post, host, chunked) + chunk,
                head("BREW /tollgate/health/live", host, length) + WITHIN,
                head("DELETE /tollgate/metrics", host, chunked) + chunk,
                head("GET /tollgate/api/v1/admin/accounts", host, length) + WITHIN,
                head("POST /tollgate/api/v1/x/../uploads/local", host, length) + WITHIN,
                head("PUT /tollgate/console/login.html", host, length) + WITHIN,
                head("POST /tollgate/no-such-page", host, length) + WITHIN,
                head(post, host, length, "Content-Length: 0") + WITHIN,
                head(post, host, "Content-Length: +" + WITHIN.length()) + WITHIN,
                head(post, host, "Content-Length: 0, " + WITHIN.length()) + WITHIN,
                head(post, host, "Content-Length: -1") + WITHIN,
                head(post, host, length, "Transfer-Encoding: identity, nonsense") + WITHIN,
                head(post, host, "Transfer-Encoding: xchunked", length) + WITHIN,
                head(post, host, length, "Transfer-Encoding:\u000bchunked") + WITHIN,
                head(post, host, "X: y\r\n Content-Length: 0", length) + WITHIN);
    }

    @ParameterizedTest
    @MethodSource("smugglings")
    void aBodyIsNeverReadAsARequest(String sent) throws IOException {
        String answers = exchange(sent);
        assertThat(answers).as(sent).doesNotContain(SMUGGLED);
        assertThat(answers.split("HTTP/1\\.1 (?!100)", -1).length - 1)
                .as("answers to " + sent + "\n" + answers)
                .isLessThanOrEqualTo(2);
    }

    /**
     * Where a message has both lengths, the server goes by one of them, as RFC 9112 has it, and a request after its end is one: a
     * proxy before it must refuse such heads, as nginx and Caddy do. No answer may come twice, nor to nothing.
     */
    @ParameterizedTest
    @ValueSource(strings = {"Transfer-Encoding: chunked", "Transfer-Encoding : chunked", "transfer-encoding: Chunked"})
    void aMessageWithBothLengthsIsRefusedOrReadByOneOfThem(String coding) throws IOException {
        String rest = "0\r\n\r\n";
        String answers = exchange(head(
                        "POST /tollgate/api/v1/uploads/local",
                        "Host: localhost",
                        "Content-Length: " + rest.length(),
                        coding)
                + rest);
        assertThat(answers.split("HTTP/1\\.1 (?!100)", -1).length - 1)
                .as(answers)
                .isEqualTo(1);
        assertThat(answers.substring(9, 12)).isIn("400", "401", "501");
    }

    /** What comes until the server closes or is silent for two seconds. */
    private String exchange(String sent) throws IOException {
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.20.3"), 0));
            socket.connect(new InetSocketAddress("127.0.0.1", at("").getPort()), 20_000);
            socket.setSoTimeout(2_000);
            socket.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
            StringBuilder answers = new StringBuilder();
            byte[] buffer = new byte[8_192];
            try {
                for (int read = socket.getInputStream().read(buffer);
                        read > 0;
                        read = socket.getInputStream().read(buffer)) {
                    answers.append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
                }
            } catch (SocketTimeoutException | java.net.SocketException e) {
                // The connection stays open, or was reset with what was not read.
            }
            return answers.toString();
        }
    }

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

    /** A sign-in that fails says nothing that differs by what was wrong with it. */
    @Test
    void theAdministratorsNameIsNotToldFromAnother() {
        String wrong = PlainHttp.ask(
                        "127.0.20.4",
                        at("").getPort(),
                        "GET /tollgate/api/v1/admin/accounts",
                        null,
                        basic(IntegrationServers.ADMIN))
                .body();
        String unknown = PlainHttp.ask(
                        "127.0.20.5", at("").getPort(), "GET /tollgate/api/v1/admin/accounts", null, basic("nobody"))
                .body();
        assertThat(unknown.replaceAll("#[0-9a-f]{32}", "")).isEqualTo(wrong.replaceAll("#[0-9a-f]{32}", ""));
    }

    private static String basic(String user) {
        return "Authorization: Basic "
                + java.util.Base64.getEncoder().encodeToString((user + ":wrong").getBytes(StandardCharsets.UTF_8));
    }
}
