package dev.tollgate.it.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.Node;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Callers of every kind, who know what they must get: one who keeps to the limits is never refused, one who is banned never
 * served, and of one who does not keep to them no more is admitted by a decision than the window holds.
 */
final class SoakLoad implements AutoCloseable {

    /** A route whose failure mode is {@code closed}. */
    static final String CLOSED = "/api/v1/check/closed";

    private static final String LIMITS = "/api/v1/limits";
    private static final int HONEST = 8;
    private static final int GREEDY = 4;
    private static final int FREE_WINDOW = 10;
    /** A little less than the window, as its edges are seen from here. */
    private static final long WINDOW_MILLIS = 58_000;

    private interface Request {
        HttpRequest.Builder to(Node node, Random random);
    }

    private final TwoNodes cluster;
    private final List<Thread> threads = new ArrayList<>();
    private final Map<String, AtomicLong> answers = new ConcurrentSkipListMap<>();
    private final List<String> wrong = new CopyOnWriteArrayList<>();
    private final AtomicLong serverErrors = new AtomicLong();
    private final AtomicLong closed = new AtomicLong();
    private final AtomicLong requests = new AtomicLong();
    private volatile long forgottenAt;
    private volatile boolean over;

    SoakLoad(TwoNodes cluster, long seed) {
        this.cluster = cluster;
        AdminClient operator = cluster.first().operator();
        for (int i = 0; i < HONEST; i++) {
            AdminClient.Key key = operator.newKey(operator.newAccount("pro"));
            start(
                    "honest " + i,
                    new Random(seed + i),
                    800,
                    (node, random) -> honest(node, key, random),
                    this::mustServe);
        }
        AdminClient.Key busy = operator.newKey(operator.newAccount("enterprise"));
        for (int i = 0; i < 2; i++) {
            start("busy " + i, new Random(seed - i), 15, (node, random) -> honest(node, busy, random), this::mustServe);
        }
        AdminClient.Key strict = operator.newKey(operator.newAccount("enterprise"));
        start(
                "strict",
                new Random(seed + 7),
                100,
                (node, random) -> HttpRequest.newBuilder(node.at(CLOSED)).header("X-API-Key", strict.secret()),
                this::mustServe);
        for (int i = 0; i < GREEDY; i++) {
            String tier = "soak-" + i;
            operator.setTier(tier, "\"windowLimit\":" + FREE_WINDOW + ",\"monthlyQuota\":null");
            AdminClient.Key key = operator.newKey(operator.newAccount(tier));
            List<Long> admitted = new ArrayList<>();
            start(
                    "greedy " + i,
                    new Random(seed * 31 + i),
                    // Slightly above the limit, so that it takes long until its bans do.
                    5_400,
                    (node, random) -> check(node, key),
                    (name, answer, at) -> mustNotOverAdmit(name, answer, at, admitted));
        }
        AdminClient.Key banned = operator.newKey(operator.newAccount("pro"));
        assertThat(operator.send(
                                "POST",
                                "/bans",
                                "{\"caller\":\"" + banned.account() + "\",\"level\":\"PERMANENT\",\"reason\":\"soak\"}")
                        .statusCode())
                .isEqualTo(201);
        SoakFault.pause(2_500);
        start("banned", new Random(seed + 99), 50, (node, random) -> check(node, banned), this::mustRefuse);
    }

    @FunctionalInterface
    private interface Judge {
        void judge(String name, HttpResponse<String> answer, long sentAt);
    }

    private void start(String name, Random random, long restMillis, Request request, Judge judge) {
        Thread thread = new Thread(
                () -> {
                    while (!over) {
                        one(name, cluster.nodes.get(random.nextInt(2)), random, request, judge);
                        SoakFault.pause(restMillis / 2 + random.nextInt((int) restMillis));
                    }
                },
                "soak " + name);
        threads.add(thread);
        thread.start();
    }

    private void one(String name, Node node, Random random, Request request, Judge judge) {
        long sentAt = System.currentTimeMillis();
        try {
            HttpResponse<String> answer = node.exchange(request.to(node, random));
            requests.incrementAndGet();
            String kind = name.split(" ")[0] + " " + answer.statusCode();
            answers.computeIfAbsent(kind, k -> new AtomicLong()).incrementAndGet();
            if (isClosed(answer)) {
                closed.incrementAndGet();
            } else if (answer.statusCode() >= 500) {
                serverErrors.incrementAndGet();
                System.out.println(
                        "[soak] 5xx: " + name + " " + answer.request().uri().getPath() + " " + answer.body());
            }
            judge.judge(name, answer, sentAt);
        } catch (IOException e) {
            wrong.add(name + " got no answer: " + e);
        }
    }

    /** Where it stands is what only Redis can tell a caller, as a closed route's decision is. */
    private static boolean isClosed(HttpResponse<String> answer) {
        String path = answer.request().uri().getPath();
        return answer.statusCode() == 503
                && (path.endsWith(CLOSED) || path.endsWith(LIMITS))
                && answer.body().contains("\"GATE_UNAVAILABLE\"");
    }

    private static HttpRequest.Builder check(Node node, AdminClient.Key key) {
        return HttpRequest.newBuilder(node.at("/api/v1/check")).header("X-API-Key", key.secret());
    }

    private static HttpRequest.Builder honest(Node node, AdminClient.Key key, Random random) {
        return switch (random.nextInt(5)) {
            case 0 ->
                HttpRequest.newBuilder(node.at("/api/v1/uploads/local?fileName=soak.bin"))
                        .header("X-API-Key", key.secret())
                        .POST(BodyPublishers.ofByteArray(new byte[1 + random.nextInt(20_000)]));
            case 1 -> HttpRequest.newBuilder(node.at("/api/v1/analytics")).header("X-API-Key", key.secret());
            case 2 -> HttpRequest.newBuilder(node.at(LIMITS)).header("X-API-Key", key.secret());
            default -> check(node, key);
        };
    }

    private void mustServe(String name, HttpResponse<String> answer, long sentAt) {
        if (answer.statusCode() >= 400 && answer.statusCode() < 500) {
            wrong.add(name + " was refused: " + answer.statusCode() + " " + answer.body());
        }
    }

    private void mustRefuse(String name, HttpResponse<String> answer, long sentAt) {
        if (answer.statusCode() != 403) {
            wrong.add(name + " got " + answer.statusCode() + " at " + sentAt);
        }
    }

    private void mustNotOverAdmit(String name, HttpResponse<String> answer, long sentAt, List<Long> admitted) {
        // Without that field nobody decided: failure mode open let it pass.
        if (answer.statusCode() != 204
                || answer.headers().firstValue("RateLimit").isEmpty()) {
            return;
        }
        admitted.removeIf(at -> at < System.currentTimeMillis() - WINDOW_MILLIS || at < forgottenAt);
        admitted.add(sentAt);
        if (admitted.size() > FREE_WINDOW) {
            wrong.add(name + " was admitted " + admitted.size() + " times in a window, the last at " + sentAt);
        }
    }

    /** Redis is emptied: windows begin afresh by right. */
    void windowsForgotten() {
        forgottenAt = System.currentTimeMillis() + 1;
    }

    long serverErrors() {
        return serverErrors.get();
    }

    List<String> wrong() {
        return wrong;
    }

    String progress() {
        return requests + " requests, " + serverErrors + " 5xx, " + closed + " closed, " + wrong.size() + " wrong";
    }

    String report() {
        return progress() + "; answers " + new TreeMap<>(answers) + (wrong.isEmpty() ? "" : "; wrong: " + wrong);
    }

    @Override
    public void close() {
        stop();
    }

    /** Waits until the last answer is there. */
    void stop() {
        over = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
