package dev.tollgate.http.filter;

import dev.tollgate.fixture.Ports;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A caller that keeps calling, one request after the other, and notes what it gets. Start it, make trouble, read. */
final class ContinuousCaller implements AutoCloseable {

    private static final long REST_NANOS = 5_000_000;

    /** One answer: when, in milliseconds since the start, how long it took, and whether Redis decided. */
    record Answer(long at, long millis, int status, boolean decided) {}

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<Answer> answers = new CopyOnWriteArrayList<>();
    private final long begun = System.nanoTime();
    private final URI uri;
    private final String key;
    private final Thread thread = new Thread(this::travel, "caravan");
    private volatile boolean over;

    ContinuousCaller(URI uri, String key) {
        this.uri = uri;
        this.key = key;
        thread.start();
    }

    private void travel() {
        while (!over) {
            ask();
            LockSupport.parkNanos(REST_NANOS);
        }
    }

    private void ask() {
        long at = System.nanoTime();
        int status;
        boolean decided = false;
        try {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(uri)
                            .header("X-API-Key", key)
                            .timeout(Duration.ofSeconds(20))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            status = answer.statusCode();
            decided = answer.headers().firstValue("RateLimit").isPresent();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        } catch (Exception e) {
            status = 0;
        }
        answers.add(new Answer((at - begun) / 1_000_000, (System.nanoTime() - at) / 1_000_000, status, decided));
    }

    long now() {
        return (System.nanoTime() - begun) / 1_000_000;
    }

    /** Waits until Redis decided some requests that were sent after that moment. */
    void awaitDecided(long since) {
        Ports.await("requests decided by Redis", Duration.ofSeconds(30), () -> decidedSince(since) > 5);
    }

    private long decidedSince(long since) {
        return answers.stream().filter(a -> a.at() >= since && a.decided()).count();
    }

    void awaitUndecided(long since) {
        Ports.await(
                "requests not decided by Redis",
                Duration.ofSeconds(30),
                () -> answers.stream().anyMatch(a -> a.at() >= since && !a.decided()));
    }

    void await(String what, BooleanSupplier condition) {
        Ports.await(what, Duration.ofSeconds(30), condition);
    }

    List<Answer> answers() {
        return answers;
    }

    Map<Integer, Long> statuses() {
        Map<Integer, Long> counted = new TreeMap<>();
        answers.forEach(a -> counted.merge(a.status(), 1L, Long::sum));
        return counted;
    }

    /** Prints one line for the table in docs/operations.md. */
    void tell(String trouble, long began, long ended) {
        long first = answers.stream()
                .filter(a -> a.at() >= ended && a.decided())
                .mapToLong(Answer::at)
                .findFirst()
                .orElse(-1);
        System.out.println(String.format(
                Locale.ROOT,
                "[trouble] %s: lasted %d ms; %d requests, statuses %s, %d not decided by Redis, slowest %d ms;"
                        + " decided by Redis again %d ms after it was over",
                trouble,
                ended - began,
                answers.size(),
                statuses(),
                answers.stream()
                        .filter(a -> a.at() >= began - 50 && !a.decided())
                        .count(),
                answers.stream()
                        .filter(a -> a.at() >= began - 50)
                        .mapToLong(Answer::millis)
                        .max()
                        .orElse(0),
                first - ended));
    }

    @Override
    public void close() {
        over = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
