package dev.tollgate.it.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.server.AppServer;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.fixture.server.WildFly;
import dev.tollgate.fixture.server.WildFlyBase;
import dev.tollgate.it.support.PlainHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Sessions of the console on a server of their own, which asks its realm again after a second and has administration on the host name
 * {@code localhost} alone.
 */
class SessionIT {

    private static final String PASSWORD = "right.password";
    private static final Duration SOON = Duration.ofSeconds(20);
    private static AppServer server;
    private static int port;
    private static String root;

    @BeforeAll
    static void start() {
        Map<String, String> settings = new TreeMap<>(IntegrationServers.settings());
        settings.put("tollgate.admin.recheck", "1s");
        settings.put("tollgate.admin.host", "localhost,Admin.Example.org");
        server = IntegrationServers.start("sessions", settings, WildFly.QUICK);
        port = URI.create(server.baseUrl()).getPort();
        root = URI.create(server.baseUrl()).getPath();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static PlainHttp.Answer ask(String line, String body, String... fields) {
        int space = line.indexOf(' ');
        return PlainHttp.ask(
                "127.0.0.1", port, line.substring(0, space + 1) + root + line.substring(space + 1), body, fields);
    }

    private static String basic(String user, String password) {
        return "Authorization: Basic "
                + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private record Session(String cookie, String token) {
        int status() {
            return ask("GET /api/v1/admin/tiers", null, cookie).status();
        }

        PlainHttp.Answer change(String... fields) {
            return ask(
                    "POST /api/v1/admin/accounts",
                    "{\"name\":\"made by a session\",\"tier\":\"free\"}",
                    Stream.concat(Stream.of(cookie, "Content-Type: application/json"), Stream.of(fields))
                            .toArray(String[]::new));
        }
    }

    private static Session signIn(String user, String password) {
        PlainHttp.Answer answer = ask(
                "POST /console/session",
                "{\"user\":\"" + user + "\",\"password\":\"" + password + "\"}",
                "Content-Type: application/json");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return new Session(
                "Cookie: " + answer.header("Set-Cookie").split(";")[0],
                answer.json().getString("token"));
    }

    private static void administrator(String name) {
        server.putUser(name, PASSWORD, List.of(WildFlyBase.ADMIN_ROLE));
    }

    @Test
    void removedAdministratorIsSignedOutWithinTheTimeOfTheSetting() {
        administrator("remus");
        Session one = signIn("remus", PASSWORD);
        Session two = signIn("remus", PASSWORD);
        assertThat(one.status()).isEqualTo(200);
        server.removeUser("remus");
        Ports.await("the session to end", SOON, () -> one.status() == 401);
        assertThat(two.status()).as("all sessions of the user end with it").isEqualTo(401);
    }

    @Test
    void administratorWhoseRoleIsTakenAwayIsSignedOut() {
        administrator("romulus");
        Session session = signIn("romulus", PASSWORD);
        server.putUser("romulus", PASSWORD, List.of());
        Ports.await("the session to end", SOON, () -> session.status() != 200);
        assertThat(session.status()).isEqualTo(401);
    }

    @Test
    void viewerWhoIsPromotedChangesThingsWithinTheTimeOfTheSettingAndNoLongerWhenDemoted() {
        server.putUser("tarquin", PASSWORD, List.of(IntegrationServers.VIEWER_ROLE));
        Session session = signIn("tarquin", PASSWORD);
        String token = "Tollgate-Token: " + session.token();
        assertThat(session.change(token).json().getString("code")).isEqualTo("FORBIDDEN");
        server.putUser("tarquin", PASSWORD, List.of(WildFlyBase.ADMIN_ROLE));
        Ports.await("the promotion", SOON, () -> session.change(token).status() == 201);
        server.putUser("tarquin", PASSWORD, List.of(IntegrationServers.VIEWER_ROLE));
        Ports.await("the demotion", SOON, () -> session.change(token).status() == 403);
        assertThat(session.status()).as("the session goes on").isEqualTo(200);
    }

    @Test
    void administratorWhosePasswordIsChangedIsSignedOutAndSignsInWithTheNewOne() {
        administrator("numa");
        Session session = signIn("numa", PASSWORD);
        server.putUser("numa", "another.password", List.of(WildFlyBase.ADMIN_ROLE));
        Ports.await("the session to end", SOON, () -> session.status() == 401);
        assertThat(signIn("numa", "another.password").status()).isEqualTo(200);
    }

    @Test
    void sessionOfWhoIsStillAnAdministratorGoesOnWhenTheRealmIsAskedAgain() {
        administrator("tullus");
        Session session = signIn("tullus", PASSWORD);
        String before = signInsThatWereGood();
        Ports.await("the realm to be asked again", SOON, () -> {
            assertThat(session.status()).isEqualTo(200);
            return !signInsThatWereGood().equals(before);
        });
        assertThat(session.change("Tollgate-Token: " + session.token()).status())
                .isEqualTo(201);
    }

    private static String signInsThatWereGood() {
        return ask("GET /metrics", null)
                .body()
                .lines()
                .filter(line -> line.startsWith("tollgate_sign_ins_total{outcome=\"good\"}"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void changesByASessionNeedTheTokenThatOnlyTheConsolesPagesHave() {
        administrator("ancus");
        Session session = signIn("ancus", PASSWORD);
        for (String[] fields : List.of(
                new String[0],
                new String[] {"Sec-Fetch-Site: same-origin", "Origin: http://localhost"},
                new String[] {"Tollgate-Token: " + "A".repeat(43)},
                new String[] {"Tollgate-Token: "},
                new String[] {"Tollgate-Token: " + signIn("ancus", PASSWORD).token()})) {
            PlainHttp.Answer answer = session.change(fields);
            assertThat(answer.status()).as(String.join(", ", fields)).isEqualTo(403);
            assertThat(answer.json().getString("code")).isEqualTo("CONSOLE_TOKEN_NEEDED");
        }
        assertThat(session.change("Tollgate-Token: " + session.token()).status())
                .isEqualTo(201);
        for (String method : List.of("PUT", "PATCH", "DELETE")) {
            // Payara answers a DELETE that has a body itself.
            PlainHttp.Answer answer = ask(
                    method + " /api/v1/admin/tiers/free",
                    method.equals("DELETE") ? null : "{}",
                    session.cookie(),
                    "Content-Type: application/json");
            assertThat(answer.status()).as(method + " " + answer.headers()).isEqualTo(403);
            assertThat(answer.json().getString("code")).as(method).isEqualTo("CONSOLE_TOKEN_NEEDED");
        }
    }

    @Test
    void scriptsNeedNoTokenAndABrowsersRememberedPasswordDoes() {
        administrator("lucius");
        String body = "{\"name\":\"made by a script\",\"tier\":\"free\"}";
        String json = "Content-Type: application/json";
        assertThat(ask("POST /api/v1/admin/accounts", body, basic("lucius", PASSWORD), json)
                        .status())
                .isEqualTo(201);
        assertThat(ask(
                                "POST /api/v1/admin/accounts",
                                body,
                                basic("lucius", PASSWORD),
                                json,
                                "Sec-Fetch-Site: same-origin")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void tokenIsInThePageABrowserOpensAndInNothingAScriptGets() {
        administrator("servius");
        Session session = signIn("servius", PASSWORD);
        PlainHttp.Answer opened = ask("GET /", null, session.cookie(), "Sec-Fetch-Dest: document");
        assertThat(opened.status()).isEqualTo(200);
        assertThat(opened.body()).contains("name=\"tollgate-token\" content=\"" + session.token() + "\"", "</html>");
        assertThat(opened.header("Cache-Control")).isEqualTo("no-store");
        for (String dest : List.of("empty", "iframe", "script", "style", "object", "embed")) {
            for (String path : List.of("/", "/index.html", "/console/session", "/console/app.js")) {
                assertThat(ask("GET " + path, null, session.cookie(), "Sec-Fetch-Dest: " + dest)
                                .body())
                        .as(dest + " " + path)
                        .doesNotContain(session.token());
            }
        }
    }

    @Test
    void administrationIsServedUnderItsHostNameAlone() {
        administrator("hostia");
        String login = basic("hostia", PASSWORD);
        for (String host : List.of("app.example.org", "127.0.0.1", "localhost.evil.example", "xlocalhost", "")) {
            if (host.isEmpty() && IntegrationServers.onPayara()) {
                // Payara gives an empty name for none, and then says its own.
                continue;
            }
            for (String path : List.of(
                    "/",
                    "/index.html",
                    "/console/login.html",
                    "/console/session",
                    "/console/app.js",
                    "/api/v1/admin/tiers",
                    "/api/v1/admin")) {
                PlainHttp.Answer answer = at(host, "GET " + root + path, login);
                assertThat(answer.status()).as(host + path).isEqualTo(404);
                assertThat(answer.json().getString("code")).as(host + path).isEqualTo("NOT_FOUND");
            }
            assertThat(at(host, "GET " + root + "/health/live").status()).isEqualTo(200);
            assertThat(at(host, "GET " + root + "/metrics").status()).isEqualTo(200);
            assertThat(at(host, "GET " + root + "/api/v1/limits").status()).isEqualTo(200);
        }
        for (String host : List.of("localhost", "LOCALHOST:8080", "admin.example.org", "admin.example.org.:443")) {
            assertThat(at(host, "GET " + root + "/api/v1/admin/tiers", login).status())
                    .as(host)
                    .isEqualTo(200);
        }
    }

    private static PlainHttp.Answer at(String host, String line, String... fields) {
        return PlainHttp.askHost(host, "127.0.0.1", port, line, null, fields);
    }

    @Test
    void streamsOfOneAdministratorHaveABoundThatLeavesOthersTheirs() throws IOException {
        administrator("fabius");
        administrator("marcia");
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                open.add(stream(basic("fabius", PASSWORD)));
                assertThat(statusOf(open.get(i))).isEqualTo(200);
            }
            PlainHttp.Answer ninth = ask(
                    "GET /api/v1/admin/overview/stream", null, basic("fabius", PASSWORD), "Accept: text/event-stream");
            assertThat(ninth.status()).isEqualTo(429);
            assertThat(ninth.json().getString("code")).isEqualTo("TOO_MANY_STREAMS");
            open.add(stream(basic("marcia", PASSWORD)));
            assertThat(statusOf(open.get(8))).isEqualTo(200);
            open.get(0).close();
            Ports.await(
                    "a closed stream to make room",
                    SOON,
                    () -> ask(
                                            "GET /api/v1/admin/overview/stream?events=1",
                                            null,
                                            basic("fabius", PASSWORD),
                                            "Accept: text/event-stream")
                                    .status()
                            == 200);
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @Test
    void streamOfASessionEndsWhenTheSessionIsOver() throws IOException {
        administrator("gaius");
        Session session = signIn("gaius", PASSWORD);
        try (Socket stream = stream(session.cookie())) {
            assertThat(statusOf(stream)).isEqualTo(200);
            server.removeUser("gaius");
            stream.setSoTimeout((int) SOON.toMillis());
            stream.getInputStream().readAllBytes();
        }
        Ports.await("the session to end", SOON, () -> session.status() == 401);
    }

    private static Socket stream(String field) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        socket.setSoTimeout(30_000);
        socket.getOutputStream()
                .write(("GET " + root
                                + "/api/v1/admin/overview/stream HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: text/event-stream\r\n"
                                + field + "\r\n\r\n")
                        .getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    private static int statusOf(Socket socket) {
        try {
            return Integer.parseInt(
                    new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII).split(" ")[1]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void scriptsAreAuditedWithTheirAddress() {
        administrator("claudia");
        String login = basic("claudia", PASSWORD);
        PlainHttp.ask("127.0.8.7", port, "GET " + root + "/api/v1/admin/tiers", null, login);
        PlainHttp.ask("127.0.8.9", port, "GET " + root + "/api/v1/admin/tiers", null, login);
        Ports.await("both addresses in the audit trail", SOON, () -> {
            String rows = ask("GET /api/v1/admin/audit?type=ADMIN_SIGN_IN&q=claudia", null, login)
                    .body();
            return rows.contains("\"address\":\"127.0.8.7\"") && rows.contains("\"address\":\"127.0.8.9\"");
        });
    }
}
