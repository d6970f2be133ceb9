package dev.tollgate.it.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.ConcurrentWorkers;
import dev.tollgate.fixture.Signals;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.Node;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * Two nodes and twenty connections that ask for three times a limit of 3,000 a minute for three minutes, while one node stands
 * still for ten seconds; then a node is killed. It takes five minutes, so it is no part of the build:
 * {@code mvn verify -Dit.test=LeaseDemonstration -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false}.
 */
class LeaseDemonstration {

    private static final int LIMIT = 3_000;
    private static final int CONNECTIONS = 20;
    private static final int MINUTES = 3;
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    /** What a killed node may cost: two leases of a hundredth of the limit, and requests whose answers it did not send. */
    private static final int KILL_COSTS = 2 * LIMIT / 100 + CONNECTIONS;

    /** A request that was admitted at some instant between two. */
    private record Admitted(long sent, long answered) {}

    private final Queue<Admitted> admitted = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean over = new AtomicBoolean();

    @Test
    void neverOverAndHardlyUnder() throws Exception {
        try (TwoNodes cluster = TwoNodes.start(
                "lease-demonstration",
                "no",
                Map.of("tollgate.ban.steps", "999999=5m", "tollgate.redis.budget", "500ms"))) {
            AdminClient operator = cluster.first().operator();
            operator.setTier("demonstration", "\"windowLimit\":" + LIMIT + ",\"monthlyQuota\":1000000");
            AdminClient.Key key = operator.newKey(operator.newAccount("demonstration"));
            TimeUnit.SECONDS.sleep(2);
            long start = System.nanoTime();
            List<Callable<Void>> work = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                Node node = cluster.nodes.get(i % 2);
                work.add(() -> ask(node, key));
            }
            work.add(() -> {
                TimeUnit.SECONDS.sleep(90);
                Signals.send(cluster.second().server().pid(), "STOP");
                TimeUnit.SECONDS.sleep(10);
                Signals.send(cluster.second().server().pid(), "CONT");
                while (!over.get()) {
                    TimeUnit.MILLISECONDS.sleep(100);
                }
                return null;
            });
            ConcurrentWorkers.work(work, MINUTES * 60, () -> over.set(true), 60);
            report(start);
            killCostsLittle(cluster, key);
        }
    }

    private Void ask(Node node, AdminClient.Key key) throws InterruptedException {
        long pause = TimeUnit.MINUTES.toNanos(1) * CONNECTIONS / (3 * LIMIT);
        long next = System.nanoTime();
        while (!over.get()) {
            long sent = System.nanoTime();
            try {
                int status = node.exchange(
                                HttpRequest.newBuilder(node.at("/api/v1/check")).header("X-API-Key", key.secret()))
                        .statusCode();
                if (status < 400) {
                    admitted.add(new Admitted(sent, System.nanoTime()));
                }
            } catch (IOException e) {
                // The node stands still, or was killed.
            }
            next = Math.max(next + pause, System.nanoTime() - pause);
            TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
        }
        return null;
    }

    private void report(long start) {
        List<Admitted> bySending = admitted.stream()
                .sorted(Comparator.comparingLong(Admitted::sent))
                .toList();
        int most = 0;
        for (int first = 0; first < bySending.size(); first += 10) {
            long from = bySending.get(first).sent();
            most = Math.max(most, (int) bySending.stream()
                    .skip(first)
                    .takeWhile(one -> one.sent() < from + MINUTE)
                    .filter(one -> one.answered() <= from + MINUTE)
                    .count());
        }
        int[] perMinute = new int[MINUTES];
        bySending.forEach(one -> {
            int minute = (int) ((one.answered() - start) / MINUTE);
            if (minute < MINUTES) {
                perMinute[minute]++;
            }
        });
        System.out.printf("most in any 60 s: %d; in each minute: %s%n", most, Arrays.toString(perMinute));
        assertThat(most).isLessThanOrEqualTo(LIMIT);
        assertThat(Arrays.stream(perMinute).min().orElseThrow()).isGreaterThanOrEqualTo(LIMIT * 98 / 100);
    }

    private void killCostsLittle(TwoNodes cluster, AdminClient.Key key) throws Exception {
        TimeUnit.SECONDS.sleep(62);
        over.set(false);
        List<Callable<Void>> work = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            Node node = cluster.nodes.get(i % 2);
            work.add(() -> ask(node, key));
        }
        work.add(() -> {
            TimeUnit.SECONDS.sleep(5);
            Signals.send(cluster.second().server().pid(), "KILL");
            return null;
        });
        ConcurrentWorkers.work(work, 10, () -> over.set(true), 60);
        TimeUnit.SECONDS.sleep(3);
        long remaining = AdminClient.json(cluster.first()
                        .send(HttpRequest.newBuilder(cluster.first().at("/api/v1/limits"))
                                .header("X-API-Key", key.secret())))
                .getJsonArray("policies")
                .getJsonObject(1)
                .getJsonNumber("remaining")
                .longValue();
        long lost = 1_000_000 - remaining - admitted.size();
        System.out.printf("a killed node cost %d units of the month%n", lost);
        assertThat(lost).isBetween(0L, (long) KILL_COSTS);
    }
}
