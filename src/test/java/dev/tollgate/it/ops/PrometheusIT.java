package dev.tollgate.it.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import dev.tollgate.it.support.ShippedWar;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus with the configuration that ships: where it is installed, as it always is in continuous integration. */
@EnabledIf("isInstalled")
class PrometheusIT extends ShippedWar {

    private static final Path SHIPPED =
            Path.of(System.getProperty("tollgate.test.project", ""), "server-config/prometheus");

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private Path directory;

    static boolean isInstalled() {
        return Stream.of("prometheus", "promtool")
                .allMatch(program -> Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(place -> Files.isExecutable(Path.of(place, program))));
    }

    private static String run(String input, Path place, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(place.toFile())
                .redirectErrorStream(true)
                .start();
        try (var in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }

    @Test
    void rulesAndConfigurationAreValidAndAlertsFireWhenTheyShould() throws Exception {
        assertThat(run("", SHIPPED, "promtool", "check", "rules", "tollgate.rules.yml"))
                .contains("SUCCESS");
        assertThat(run("", SHIPPED, "promtool", "check", "config", "prometheus.yml"))
                .contains("SUCCESS");
        assertThat(run("", SHIPPED, "promtool", "test", "rules", "tollgate.rules.test.yml"))
                .contains("SUCCESS");
    }

    @Test
    void everyAlertIsTestedBeforeDuringAndAfterItsCause() throws IOException {
        String tests = Files.readString(SHIPPED.resolve("tollgate.rules.test.yml"));
        List<String> alerts = Files.readString(SHIPPED.resolve("tollgate.rules.yml"))
                .lines()
                .filter(line -> line.contains("- alert: "))
                .map(line -> line.replace("- alert: ", "").strip())
                .toList();
        assertThat(alerts).hasSizeGreaterThan(10).allSatisfy(alert -> {
            for (String time : List.of("9m", "29m", "31m")) {
                assertThat(tests).contains("- eval_time: " + time + "\n        alertname: " + alert + "\n");
            }
        });
    }

    @Test
    void aScrapePassesPrometheussOwnLint() throws Exception {
        assertThat(run(get("/metrics", Map.of()).body(), SHIPPED, "promtool", "check", "metrics"))
                .isEmpty();
    }

    @Test
    void prometheusScrapesTheServerAndEvaluatesTheRules() throws Exception {
        for (String file : List.of("prometheus.yml", "tollgate.rules.yml")) {
            String text = Files.readString(SHIPPED.resolve(file))
                    .replace("localhost:8080", at("").getAuthority())
                    .replace("15s", "1s");
            Files.writeString(directory.resolve(file), text);
        }
        int port = Ports.free();
        Process prometheus = new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + directory.resolve("prometheus.yml"),
                        "--storage.tsdb.path=" + directory.resolve("data"),
                        "--enable-feature=exemplar-storage",
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        try {
            Ports.await("Prometheus serving", Duration.ofSeconds(30), () -> isReady(port));
            Ports.await(
                    "a scrape",
                    Duration.ofSeconds(30),
                    () -> value(port, "up{job=\"tollgate\"}").equals("1"));
            assertThat(value(port, "count(tollgate_breaker_state)")).isEqualTo("3");
            assertThat(value(port, "scrape_samples_scraped{job=\"tollgate\"} < 2000"))
                    .isNotEmpty();
            Ports.await("the rules evaluated", Duration.ofSeconds(30), () -> {
                String rules = ask(port, "/api/v1/rules").toString();
                return rules.contains("TollgateLedgerMismatch")
                        && !rules.contains("\"health\":\"unknown\"")
                        && !rules.contains("\"health\":\"err\"");
            });
        } finally {
            prometheus.destroy();
            assertThat(prometheus.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static boolean isReady(int port) {
        try {
            return HTTP.send(
                                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/-/ready"))
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** A query's one value; empty if it has none. */
    private static String value(int port, String query) {
        JsonObject answer = ask(port, "/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
        var result = answer.getJsonObject("data").getJsonArray("result");
        return result.isEmpty()
                ? ""
                : result.getJsonObject(0).getJsonArray("value").getString(1);
    }

    private static JsonObject ask(int port, String path) {
        try {
            HttpResponse<String> answer = HTTP.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            try (var reader = Json.createReader(new StringReader(answer.body()))) {
                return reader.readObject();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
