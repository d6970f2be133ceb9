package dev.tollgate.it.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Http2Connection;
import dev.tollgate.fixture.Ports;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.ShippedWar;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a scrape of the deployed WAR shows, and what it never shows. */
class MetricsIT extends ShippedWar {

    private static final String OPEN_METRICS = "application/openmetrics-text;version=1.0.0;q=0.9,text/plain;q=0.1";
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    private static final Pattern NAME = Pattern.compile("tollgate_[a-z0-9_]+");

    private final AdminClient operator = new AdminClient(this);

    private String scrape() {
        HttpResponse<String> answer = get("/metrics", Map.of());
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.body();
    }

    private HttpResponse<String> upload(String secret, String trace) {
        return send(HttpRequest.newBuilder(at("/api/v1/uploads/local"))
                .header("X-API-Key", secret)
                .header("traceparent", "00-" + trace + "-00f067aa0ba902b7-01")
                .POST(HttpRequest.BodyPublishers.ofString("hello")));
    }

    @Test
    void decisionsAreCountedAndNobodyIsNamed() {
        AdminClient.Key key = operator.newKey(operator.newAccount("free"));
        for (int i = 0; i < 11; i++) {
            upload(key.secret(), TRACE);
        }
        String path = "/api/v1/analytics/" + UUID.randomUUID();
        get(path, Map.of("X-API-Key", "tg_" + "x".repeat(43)));
        String body = scrape();
        assertThat(body)
                .contains("tollgate_decisions_total{mode=\"enforce\",outcome=\"admitted\",policy=\"uploads\","
                        + "source=\"store\",tier=\"free\"}")
                .contains("outcome=\"rate_limited\",policy=\"uploads\"")
                .contains("tollgate_key_refusals_total{code=\"INVALID_API_KEY\"}")
                .contains("tollgate_uploads_total{outcome=\"stored\",provider=\"local\"}")
                .contains("tollgate_breaker_state{state=\"closed\"} 1.0");
        assertThat(body)
                .doesNotContain(
                        key.id(), key.account(), key.secret(), key.secret().substring(0, 8))
                .doesNotContain(path, path.substring("/api/v1/analytics/".length()), "127.0.0.1", TRACE);
    }

    @Test
    void openMetricsComesWithExamples() {
        AdminClient.Key key = operator.newKey(operator.newAccount("pro"));
        Ports.await("an example of a decision", Duration.ofSeconds(20), () -> {
            upload(key.secret(), TRACE);
            HttpResponse<String> answer = get("/metrics", Map.of("Accept", OPEN_METRICS));
            assertThat(answer.headers().firstValue("Content-Type").orElse(""))
                    .startsWith("application/openmetrics-text");
            assertThat(answer.body()).endsWith("# EOF\n");
            return answer.body()
                    .lines()
                    .anyMatch(line -> line.startsWith("tollgate_redis_round_trip_seconds_bucket{")
                            && line.contains("purpose=\"gate\"")
                            && line.contains("# {trace_id=\"" + TRACE + "\"}"));
        });
    }

    /** Brings about one of everything, so that nothing is missing from the next scrape for want of an occasion. */
    private void occasions() {
        AdminClient.Key key = operator.newKey(operator.newAccount("free"));
        for (int i = 0; i < 16; i++) {
            upload(key.secret(), TRACE);
        }
        get("/api/v1/analytics", Map.of("X-API-Key", key.secret()));
        send(HttpRequest.newBuilder(at("/api/v1/usage"))
                .header("X-API-Key", key.secret())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("[{}]")));
        get("/api/v1/analytics", Map.of("X-API-Key", "tg_" + "y".repeat(43)));
        Ports.await("looks at Redis and the ledger", Duration.ofSeconds(90), () -> {
            String body = scrape();
            return body.contains("tollgate_ledger_balanced ")
                    && body.contains("tollgate_redis_slow_commands_total ")
                    && body.contains("tollgate_settlement_age_seconds ");
        });
    }

    @Test
    void whatIsDocumentedDrawnAndAlertedOnIsWhatThereIs() throws IOException {
        occasions();
        Scrape scrape = Scrape.of(scrape());
        Path project = Path.of(System.getProperty("tollgate.test.project"));
        for (String file : List.of(
                "prometheus/tollgate.rules.yml", "prometheus/tollgate.rules.test.yml", "grafana/tollgate.json")) {
            String text = Files.readString(project.resolve("server-config").resolve(file));
            List<String> names = NAME.matcher(text)
                    .results()
                    .map(MatchResult::group)
                    .distinct()
                    .toList();
            assertThat(names).hasSizeGreaterThan(5);
            assertThat(scrape.series()).as(file).containsAll(names);
        }
        Path written = project.resolve("target/metrics.md");
        Files.writeString(written, scrape.page());
        assertThat(Files.readString(project.resolve("docs/metrics.md")))
                .as("copy %s to docs", written)
                .isEqualTo(scrape.page());
    }

    @Test
    void theVersionIsThatOfTheRelease() {
        assertThat(scrape()).containsPattern("tollgate_info\\{version=\"\\d+\\.\\d+");
    }

    @Test
    void theLedgerIsWatchedWithoutBeingAsked() {
        Ports.await(
                "a look at the ledger",
                Duration.ofSeconds(60),
                () -> scrape().contains("tollgate_ledger_balanced 1.0"));
        assertThat(scrape())
                .contains(
                        "tollgate_settlement_lag_seconds ",
                        "tollgate_redis_memory_used_bytes ",
                        "tollgate_redis_up 1.0");
    }

    @Test
    void scrapesAreNoUsageAndTakeNothingButReading() {
        for (String method : List.of("POST", "PUT", "DELETE")) {
            HttpResponse<String> refused =
                    send(HttpRequest.newBuilder(at("/metrics")).method(method, HttpRequest.BodyPublishers.noBody()));
            assertThat(refused.statusCode()).as(method + refused.body()).isEqualTo(405);
            assertThat(refused.headers().firstValue("Allow")).as(method).contains("GET, HEAD, OPTIONS");
            assertThat(refused.body()).as(method).contains("METHOD_NOT_ALLOWED");
        }
        assertThat(get("/metrics", Map.of()).headers().firstValue("RateLimit")).isEmpty();
    }

    /** Over HTTP/2 a client may cancel requests, again and again, and send more on the same connection. */
    @ParameterizedTest
    @ValueSource(strings = {"/metrics", "/openapi.json"})
    void answersThatTheirClientCancelledAreNotWaitedFor(String path) throws IOException {
        URI target = at(path);
        List<String> fields =
                List.of(":method", "GET", ":scheme", "http", ":authority", "localhost", ":path", target.getPath());
        String expected = path.equals("/metrics") ? "tollgate_decisions_total" : "/api/v1/limits";
        for (int i = 0; i < 20; i++) {
            assertThat(answerAfterCancelling(50, target.getPort(), fields)).contains(expected);
        }
    }

    /** Asks again on the same connection, for two seconds at most, as long as its answers are said to wait to be read. */
    private static String answerAfterCancelling(int times, int port, List<String> fields) throws IOException {
        InetAddress client = InetAddress.getByName("127.0.19.7");
        try (Http2Connection connection = new Http2Connection(new InetSocketAddress("127.0.0.1", port), client)) {
            connection.requestAndCancel(times, fields);
            AtomicReference<String> last = new AtomicReference<>();
            Ports.await("an answer that need not wait", Duration.ofSeconds(2), () -> {
                last.set(ask(connection, fields));
                return !last.get().contains("UNREAD_ANSWERS");
            });
            return last.get();
        }
    }

    private static String ask(Http2Connection connection, List<String> fields) {
        try {
            return connection.answer(connection.request(fields));
        } catch (IOException e) {
            throw new AssertionError("no answer from the server", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
