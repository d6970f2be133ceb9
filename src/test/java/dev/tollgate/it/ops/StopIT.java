package dev.tollgate.it.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Signals;
import dev.tollgate.fixture.server.AppServer;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.fixture.server.Payara;
import dev.tollgate.fixture.server.WildFly;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.Node;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A server that is stopped as its administrator stops it, while callers and a load balancer go on asking. */
class StopIT {

    /** Longer than the pause between two looks of a load balancer. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    /** An answer, or null where the connection was refused. */
    private record Seen(long millis, HttpResponse<String> ready, HttpResponse<String> check) {

        String text() {
            return (ready == null ? "-" : ready.statusCode()) + "/" + (check == null ? "-" : check.statusCode());
        }
    }

    @Test
    void readinessGoesDownFirstAndRequestsAreServedForTheGrace() throws Exception {
        Map<String, String> settings = new TreeMap<>(IntegrationServers.settings());
        settings.put("tollgate.stop.grace", GRACE.toSeconds() + "s");
        try (AppServer server = IntegrationServers.start("stopping", settings, WildFly.QUICK)) {
            Node node = new Node("node", server);
            String key = node.operator()
                    .newKey(node.operator().newAccount("enterprise"))
                    .secret();
            assertThat(ask(node, "/health/ready", key).body()).contains("\"node\":\"up\"");
            List<Seen> seen = watch(node, key, stop(server));
            print("stop", seen);
            Seen first = seen.stream()
                    .filter(each -> each.ready() != null && each.ready().statusCode() == 503)
                    .findFirst()
                    .orElseThrow();
            assertThat(AdminClient.json(first.ready())
                            .getJsonObject("components")
                            .getString("node"))
                    .isEqualTo("down");
            assertThat(first.ready().headers().firstValue("Connection")).hasValue("close");
            List<Seen> within = seen.stream()
                    .filter(each ->
                            each.millis() >= first.millis() && each.millis() < first.millis() + GRACE.toMillis() / 2)
                    .toList();
            assertThat(within)
                    .hasSizeGreaterThan(2)
                    .allSatisfy(each -> assertThat(each.text()).isEqualTo("503/204"));
            HttpResponse<String> refused = seen.stream()
                    .map(Seen::check)
                    .filter(check -> check != null && check.statusCode() != 204)
                    .findFirst()
                    .orElseThrow();
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains("NODE_STOPPING");
            assertThat(refused.headers().firstValue("Retry-After")).hasValue("5");
            seen = watch(node, key, CompletableFuture.runAsync(server::restart));
            print("start", seen);
            assertThat(seen.get(seen.size() - 1).text()).isEqualTo("200/204");
        }
    }

    /** Stops it, by SIGTERM as systemd does, or by the server's own command. */
    private static CompletableFuture<Void> stop(AppServer server) {
        return CompletableFuture.runAsync(() -> {
            if (server instanceof Payara payara) {
                payara.stopDomain();
            } else {
                Signals.send(server.pid(), "TERM");
            }
        });
    }

    /** Asks until the server is stopped, or started. */
    private static List<Seen> watch(Node node, String key, CompletableFuture<Void> change) {
        List<Seen> seen = new ArrayList<>();
        long begun = System.nanoTime();
        HttpResponse<String> ready;
        do {
            ready = ask(node, "/health/ready", key);
            seen.add(new Seen((System.nanoTime() - begun) / 1_000_000, ready, ask(node, "/api/v1/check", key)));
        } while (!change.isDone() || (ready == null) != isStopped(seen));
        return seen;
    }

    /** A stop begins with an answer, a start without one. */
    private static boolean isStopped(List<Seen> seen) {
        return seen.get(0).ready() != null;
    }

    private static HttpResponse<String> ask(Node node, String path, String key) {
        try {
            return node.exchange(HttpRequest.newBuilder(node.at(path)).header("X-API-Key", key));
        } catch (IOException e) {
            return null;
        }
    }

    /** The answers of ready and check, each once for as long as they last. */
    private static void print(String change, List<Seen> seen) {
        String last = "";
        for (Seen each : seen) {
            if (!each.text().equals(last)) {
                System.out.printf(
                        "[%s] %5d ms: ready/check %s %s%n", change, each.millis(), each.text(), describe(each.check()));
            }
            last = each.text();
        }
    }

    private static String describe(HttpResponse<String> answer) {
        if (answer == null) {
            return "";
        }
        UnaryOperator<String> field =
                name -> name + "=" + answer.headers().firstValue(name).orElse("none");
        return field.apply("Retry-After") + " " + field.apply("Content-Type") + " "
                + answer.body().length() + " bytes";
    }
}
