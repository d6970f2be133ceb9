package dev.tollgate.it.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Http2Connection;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.it.support.PlainHttp;
import dev.tollgate.it.support.PlainHttp.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What clients try before {@link RawPathApplication}, deployed as {@code /raw}, and what must go on to work. */
final class RawPaths {

    /** The guard's route policies: a key for the files, nothing for the assets. */
    static final Path ROUTES =
            Path.of(System.getProperty("tollgate.test.project", ""), "src/test/resources/guard-routes.json");

    private static final String ROOT = "/raw/api";

    private final int port;

    RawPaths(int port) {
        this.port = port;
    }

    private Answer ask(String from, String line, String... fields) {
        return PlainHttp.ask(from, port, line, null, fields);
    }

    /** Each spelling, twice over, since one that passes by chance passes. */
    void assertThatNoSpellingReachesAFileWithoutItsKey() {
        for (String path : List.of(
                "/files/x/../../assets/a",
                "/files/x/%2e%2e/%2e%2e/assets/a",
                "/files/x/.%2E/%2e./assets/a",
                "/files/x/..;/..;/assets/a",
                "/files/x/..;v=1/..;v=2/assets/a",
                "/files/x/../../assets/a/",
                "/assets/../files/a",
                "/assets/..;/files/a",
                "/assets/%2e%2e/files/a",
                "/assets/..%2ffiles/a",
                "/assets/..%5cfiles/a",
                "/assets/%252e%252e/files/a",
                "/assets/..%00/files/a",
                "//files/a",
                "/./files/a",
                "/files%2fa",
                "/files%3b/a",
                "/files/..",
                "/files/a/..;x",
                "/../api/files/a")) {
            for (String line : List.of("GET ", "GET http://localhost", "HEAD ", "OPTIONS ")) {
                Answer answer = ask("127.0.19.1", line + ROOT + path);
                assertThat(answer.status())
                        .as(line + path + " " + answer.body())
                        .isIn(400, 401, 404, 405);
                assertThat(answer.body()).as(line + path).doesNotContain("the file", "the options");
            }
        }
    }

    /** Encoded letters, path parameters and odd names are no spelling of anything else. */
    void assertThatPathsOfOneMeaningAreServed(String key) {
        for (String name : List.of(
                "a",
                "%C3%BCber%20uns",
                "a;v=1/b",
                "a;jsessionid=1A.node",
                "...",
                ".well-known/x",
                "a..b/..c",
                "a+b,c=d@e:f")) {
            if (name.equals("...") && IntegrationServers.onPayara()) {
                // Payara refuses that itself.
                continue;
            }
            Answer answer = ask("127.0.19.2", "GET " + ROOT + "/files/" + name, "X-API-Key: " + key);
            assertThat(answer.status()).as(name + " " + answer.body()).isEqualTo(200);
            assertThat(answer.body()).startsWith("the file");
            assertThat(ask("127.0.19.2", "GET " + ROOT + "/assets/" + name).body())
                    .startsWith("the asset");
            assertThat(ask("127.0.19.2", "GET " + ROOT + "/files/" + name).status())
                    .isEqualTo(401);
        }
    }

    /** What an application does with its own dispatcher is no request of a client's. */
    void assertThatDispatchesWithinTheApplicationWork(String key) {
        assertThat(ask("127.0.19.3", "GET /raw/forward", "X-API-Key: " + key).body())
                .isEqualTo("a page");
        assertThat(ask("127.0.19.3", "GET /raw/fail", "X-API-Key: " + key).status())
                .isEqualTo(418);
    }

    /** The application's handler runs for a preflight, so it costs what a request without a key costs. */
    void assertThatPreflightsAreCharged() {
        String[] preflight = {"Origin: https://shop.example", "Access-Control-Request-Method: PUT"};
        for (int i = 0; i < 10; i++) {
            assertThat(ask("127.0.19.4", "OPTIONS " + ROOT + "/files/a", preflight)
                            .body())
                    .isEqualTo("the options");
        }
        assertThat(ask("127.0.19.4", "OPTIONS " + ROOT + "/files/a", preflight).status())
                .isEqualTo(429);
        assertThat(ask("127.0.19.5", "OPTIONS " + ROOT + "/files/a").status()).isEqualTo(401);
    }

    private static List<String> fields(String... fields) {
        return List.of(fields);
    }

    /** The fields of a request as a client sends them: its pseudo-header fields, then more. */
    private static List<String> request(String method, String path, String... more) {
        List<String> fields =
                new ArrayList<>(fields(":method", method, ":scheme", "http", ":authority", "localhost", ":path", path));
        fields.addAll(List.of(more));
        return fields;
    }

    /** Pseudo-header fields are what HTTP/1.1 has in its first line, and can hold what no such line can. */
    void assertThatPseudoHeaderFieldsAreNoWayPast(String key) throws IOException {
        String path = ROOT + "/files/a";
        assertThat(http2(request("GET", path, "x-api-key", key))).isEqualTo("the file a");
        for (List<String> tried : List.of(
                request("GET", path),
                request("get", path),
                request("GET", ROOT + "/files/x/../../assets/a"),
                request("GET", ROOT + "/files/%2e%2e/%2e%2e/files/a"),
                request("GET", "http://localhost" + path),
                request("GET", path.substring(1)),
                request("GET", path + "#/../../assets/a"),
                fields(":method", "GET", ":scheme", "http", ":authority", "localhost/raw/api/assets/a?", ":path", path),
                fields(
                        ":method",
                        "GET",
                        ":scheme",
                        "http://localhost/raw/api/assets/a?",
                        ":authority",
                        "localhost",
                        ":path",
                        path),
                fields(":method", "GET", ":scheme", "http", ":path", ROOT + "/assets/a", ":path", path),
                fields(
                        ":method",
                        "OPTIONS",
                        ":method",
                        "GET",
                        ":scheme",
                        "http",
                        ":authority",
                        "localhost",
                        ":path",
                        path),
                request("OPTIONS", path, "origin", "https://a.example"))) {
            assertThat(http2(tried)).as(tried.toString()).doesNotContain("the file", "the options");
        }
    }

    private String http2(List<String> fields) throws IOException {
        InetAddress client = InetAddress.getByName("127.0.19.6");
        try (Http2Connection connection = new Http2Connection(new InetSocketAddress("127.0.0.1", port), client)) {
            return connection.answer(connection.request(fields));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** The window is the caller's, whatever carries its requests. */
    void assertThatBothVersionsOfHttpShareOneWindow(String freeKey) throws IOException {
        int admitted = 0;
        for (int i = 0; i < 14; i++) {
            boolean second = i % 2 == 0;
            String body = second
                    ? http2(request("GET", ROOT + "/files/a", "x-api-key", freeKey))
                    : ask("127.0.19.7", "GET " + ROOT + "/files/a", "X-API-Key: " + freeKey)
                            .body();
            admitted += body.equals("the file a") ? 1 : 0;
        }
        assertThat(admitted).isEqualTo(10);
    }
}
