package dev.tollgate.it.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.ConcurrentWorkers;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.server.AppServer;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.fixture.server.WildFly;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.ShippedWar;
import jakarta.json.JsonObject;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;

/**
 * Readers poll every report, of two nodes, as fast as they can while writers upload to both and a timer settles every 200 ms.
 * What each reader sees only grows, is never more than was sent, and lacks no upload that was acknowledged 0.3 s before the
 * reader asked; where the machine stands still meanwhile, which requests that do nothing tell, by as much longer as it stood.
 * {@code -Dtollgate.proof.seconds=60} makes it longer.
 */
class PollingIT extends ShippedWar {

    private static final int SECONDS = Integer.getInteger("tollgate.proof.seconds", 8);
    private static final long STALE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    private static final int WRITERS = 2;

    private static final Map<String, ToLongFunction<JsonObject>> REPORTS = Map.of(
            "",
            report -> number(report, "summary", "totalRequests"),
            "/daily",
            report -> number(report, "totals", "totalRequests"),
            "/providers",
            report -> number(report, "totals", "totalRequests"),
            "/file-types",
            report -> report.getJsonNumber("totalFiles").longValue());

    private static long number(JsonObject report, String object, String member) {
        return report.getJsonObject(object).getJsonNumber(member).longValue();
    }

    /** When each upload was acknowledged, in order. */
    private static final class Acknowledged {

        private final List<Long> at = new ArrayList<>();

        synchronized void add() {
            at.add(System.nanoTime());
        }

        /** How long ago, seen from an instant, the oldest upload was acknowledged that a total lacks; 0 if it lacks none. */
        synchronized long lag(long total, long instant) {
            return total >= at.size() ? 0 : Math.max(0, instant - at.get((int) total));
        }

        synchronized long count() {
            return at.size();
        }
    }

    /** How long requests took that do nothing: what a machine with too much to do adds to everything. */
    private static final class Stalls {

        private final NavigableMap<Long, Long> tookByEnd = new TreeMap<>();

        synchronized void add(long began, long ended) {
            tookByEnd.put(ended, ended - began);
            tookByEnd.headMap(ended - TimeUnit.SECONDS.toNanos(10)).clear();
        }

        /** The longest that ended after an instant. */
        synchronized long longestSince(long instant) {
            return tookByEnd.tailMap(instant).values().stream()
                    .mapToLong(took -> took)
                    .max()
                    .orElse(0);
        }
    }

    private final Stalls stalls = new Stalls();
    private final Acknowledged acknowledged = new Acknowledged();
    private final AtomicLong sent = new AtomicLong();
    private final LongAdder answers = new LongAdder();
    private final LongAdder hits = new LongAdder();
    private final LongAdder without = new LongAdder();
    private final AtomicLong longestLag = new AtomicLong();
    private volatile boolean over;

    private AdminClient.Key key;

    @Test
    void whatReadersSeeOnlyGrowsAndLagsLessThanThreeTenthsOfASecond() throws Exception {
        AdminClient operator = new AdminClient(this);
        key = operator.newKey(operator.newAccount("enterprise"));
        Map<String, String> settings = new TreeMap<>(IntegrationServers.settings());
        settings.put("tollgate.settle.interval", "200ms");
        try (AppServer other = IntegrationServers.start("polling", settings, WildFly.QUICK)) {
            other.awaitServing(Duration.ofSeconds(90));
            List<String> nodes = List.of(at("").toString(), other.baseUrl());
            nodes.forEach(this::warmUp);
            long batches = batches(operator);
            proof(nodes);
            batches = batches(operator) - batches;
            Ports.await(
                    "every report to say the same",
                    Duration.ofSeconds(5),
                    () -> REPORTS.entrySet().stream()
                            .allMatch(report -> nodes.stream()
                                    .allMatch(node -> report.getValue()
                                                    .applyAsLong(AdminClient.json(
                                                            send(report(node + "/api/v1/analytics" + report.getKey()))))
                                            == sent.get())));
            System.out.printf(
                    "polling over HTTP: %d s, 2 nodes, %d uploads, %d batches, %d readers, %d answers, %d of them hits,"
                            + " none backwards; %d said that Redis seemed away; longest lag %.1f ms%n",
                    SECONDS,
                    sent.get(),
                    batches,
                    REPORTS.size(),
                    answers.sum(),
                    hits.sum(),
                    without.sum(),
                    longestLag.get() / 1e6);
            assertThat(without.sum()).isLessThan(1 + answers.sum() / 100);
            assertThat(hits.sum()).isPositive();
            assertThat(batches).isGreaterThan(SECONDS);
        }
    }

    private void warmUp(String node) {
        for (int i = 0; i < 50; i++) {
            REPORTS.keySet().forEach(path -> send(report(node + "/api/v1/analytics" + path)));
        }
    }

    private static long batches(AdminClient operator) {
        return AdminClient.json(operator.send("GET", "/settlement/batches?size=1", null))
                .getJsonNumber("total")
                .longValue();
    }

    private void proof(List<String> nodes) throws Exception {
        List<Callable<Void>> work = new ArrayList<>();
        int reader = 0;
        for (Map.Entry<String, ToLongFunction<JsonObject>> report : REPORTS.entrySet()) {
            String uri = nodes.get(reader++ % nodes.size()) + "/api/v1/analytics" + report.getKey();
            work.add(() -> poll(uri, report.getValue()));
        }
        nodes.forEach(node -> work.add(() -> watch(node + "/health/live")));
        for (int i = 0; i < WRITERS; i++) {
            String node = nodes.get(i % nodes.size());
            work.add(() -> upload(node + "/api/v1/uploads/local"));
        }
        ConcurrentWorkers.work(work, SECONDS, () -> over = true, 60);
        assertThat(acknowledged.count()).isEqualTo(sent.get());
    }

    private HttpRequest.Builder report(String uri) {
        return HttpRequest.newBuilder(URI.create(uri)).header("X-API-Key", key.secret());
    }

    private Void poll(String uri, ToLongFunction<JsonObject> totalOf) {
        long before = 0;
        while (!over) {
            long asked = System.nanoTime();
            HttpResponse<String> response = send(report(uri));
            assertThat(response.statusCode()).as(uri + response.body()).isEqualTo(200);
            JsonObject report = AdminClient.json(response);
            if (!report.getJsonObject("meta").getBoolean("pendingIncluded")) {
                // This machine stood still for so long that Redis seemed to be away. The answer says so.
                without.increment();
                continue;
            }
            long total = totalOf.applyAsLong(report);
            long lag = acknowledged.lag(total, asked);
            // A request goes through as many hands as a recording does: there to Redis, here to the caller, and back.
            long stood = lag < STALE_NANOS ? 0 : 2 * stalls.longestSince(asked - lag);
            if (total < before || total > sent.get() || lag >= STALE_NANOS + stood) {
                throw new AssertionError("%s: %d after %d, with %d sent, lags by %.1f ms: %s"
                        .formatted(uri, total, before, sent.get(), lag / 1e6, report.getJsonObject("meta")));
            }
            before = total;
            longestLag.accumulateAndGet(lag, Math::max);
            answers.increment();
            hits.add(report.getJsonObject("meta").getBoolean("cached") ? 1 : 0);
        }
        return null;
    }

    private Void watch(String uri) throws InterruptedException {
        while (!over) {
            long began = System.nanoTime();
            send(HttpRequest.newBuilder(URI.create(uri)));
            stalls.add(began, System.nanoTime());
            TimeUnit.MILLISECONDS.sleep(10);
        }
        return null;
    }

    private Void upload(String uri) {
        while (!over) {
            sent.incrementAndGet();
            HttpResponse<String> response = send(HttpRequest.newBuilder(URI.create(uri))
                    .header("X-API-Key", key.secret())
                    .header("Content-Type", "text/plain")
                    .POST(HttpRequest.BodyPublishers.ofString("hello")));
            assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
            acknowledged.add();
        }
        return null;
    }
}
