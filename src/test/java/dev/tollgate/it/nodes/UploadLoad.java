package dev.tollgate.it.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.Node;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;

/**
 * Uploads to two nodes, counted by who sends them, while processes are killed and frozen. A third of the keys is only used at the
 * first node, a third only at the second, a third at both; so after a kill it can be told, key by key, what it took with it.
 */
final class UploadLoad implements AutoCloseable {

    static final byte[] CONTENT = new byte[16];

    private static final int KEYS = 9;
    private static final int THREADS_PER_NODE = 2;
    private static final Duration MAY_BE_LOST = Duration.ofMillis(50);

    private final TwoNodes cluster;
    private final RedisLatencyProbe pulse;
    private final long paceNanos;
    private final List<AdminClient.Key> keys = new ArrayList<>();
    private final List<UploadLog> logs = List.of(new UploadLog(KEYS), new UploadLog(KEYS));
    private final List<Thread> threads = new ArrayList<>();
    private final List<CompletableFuture<Void>> returning =
            new ArrayList<>(List.of(CompletableFuture.completedFuture(null), CompletableFuture.completedFuture(null)));
    private final long[] goneBefore = new long[2];
    private long mayBeLost;
    private volatile boolean over;

    /**
     * Begins at once.
     *
     * @param pace how long each of the four senders rests between uploads
     */
    UploadLoad(TwoNodes cluster, long seed, Duration pace) {
        this.cluster = cluster;
        this.paceNanos = pace.toNanos();
        this.pulse = new RedisLatencyProbe(cluster.redis.port());
        AdminClient operator = cluster.first().operator();
        String account = operator.newAccount("enterprise");
        for (int i = 0; i < KEYS; i++) {
            keys.add(operator.newKey(account));
        }
        for (int node = 0; node < 2; node++) {
            for (int t = 0; t < THREADS_PER_NODE; t++) {
                int at = node;
                Random random = new Random(seed + 31L * node + t);
                Thread thread = new Thread(() -> send(at, random), "uploads to node " + (node + 1));
                threads.add(thread);
                thread.start();
            }
        }
    }

    TwoNodes cluster() {
        return cluster;
    }

    private static IntPredicate ownKeysOf(int node) {
        return key -> key % 3 == node;
    }

    private void send(int node, Random random) {
        UploadLog log = logs.get(node);
        while (!over) {
            int key = random.nextInt(KEYS / 3) * 3 + (random.nextBoolean() ? node : 2);
            log.sending();
            try {
                HttpResponse<String> answer =
                        cluster.nodes.get(node).upload(keys.get(key).secret(), CONTENT);
                if (answer.statusCode() == 201) {
                    log.acknowledged(key);
                } else {
                    log.answered(answer.statusCode());
                }
            } catch (ConnectException | HttpConnectTimeoutException e) {
                log.neverSent();
                LockSupport.parkNanos(50_000_000);
            } catch (IOException | AssertionError e) {
                log.unanswered(key);
            }
            LockSupport.parkNanos(paceNanos);
        }
    }

    /** Waits until the node serves, is well, and has acknowledged something again. */
    private void awaitUploads(int node) {
        returning.get(node).join();
        cluster.awaitWell();
        long since = System.nanoTime();
        Ports.await(
                "uploads acknowledged",
                Duration.ofMinutes(1),
                () -> logs.get(node).acknowledgedSince(since, key -> true) > 10);
    }

    /** kill -9; the node comes back in the background. */
    void killNode(int node) {
        awaitUploads(node);
        long window = MAY_BE_LOST.toNanos() + 2 * pulse.longest();
        long since = System.nanoTime() - window;
        cluster.nodes.get(node).server().kill();
        long ofOwnKeys = count(node, since, window);
        settleAccounts(node, "kill -9", ofOwnKeys, window);
        mayBeLost += logs.get(node).acknowledgedSince(since, key -> true);
        comeBack(node);
    }

    private long count(int node, long since, long window) {
        awaitNothingUnderWay(node);
        return logs.get(node).acknowledgedSince(since, ownKeysOf(node));
    }

    private void awaitNothingUnderWay(int node) {
        // Whoever tries to connect now was never heard.
        Ports.await(
                "every sender to know its upload's fate",
                Duration.ofMinutes(1),
                () -> logs.get(node).underWay() == 0);
    }

    /** SIGTERM; nothing acknowledged may be missing. The node comes back in the background. */
    void stopNode(int node) {
        awaitUploads(node);
        cluster.nodes.get(node).server().close();
        awaitNothingUnderWay(node);
        settleAccounts(node, "SIGTERM", 0, 0);
        comeBack(node);
    }

    private void comeBack(int node) {
        returning.set(
                node, CompletableFuture.runAsync(() -> cluster.nodes.get(node).restart()));
    }

    /** Compares what the other node counts of the keys that only this one served. */
    private void settleAccounts(int node, String what, long bound, long windowNanos) {
        UploadLog log = logs.get(node);
        Node other = cluster.nodes.get(1 - node);
        long acknowledged = 0;
        long inDoubt = 0;
        long counted = 0;
        for (int key = 0; key < KEYS; key++) {
            if (ownKeysOf(node).test(key)) {
                acknowledged += log.acknowledgedOf(key);
                inDoubt += log.inDoubtOf(key);
                counted += other.successes(keys.get(key));
            }
        }
        long gone = acknowledged - counted;
        System.out.printf(
                "%s of node %d: %d of %d acknowledged uploads gone with it (%d before); bound %d, acknowledged within %d ms;"
                        + " %d in doubt%n",
                what,
                node + 1,
                gone - goneBefore[node],
                acknowledged,
                goneBefore[node],
                bound,
                TimeUnit.NANOSECONDS.toMillis(windowNanos),
                inDoubt);
        assertThat(gone - goneBefore[node]).as("lost by " + what).isLessThanOrEqualTo(bound);
        assertThat(counted).as("counted").isLessThanOrEqualTo(acknowledged + inDoubt);
        goneBefore[node] = gone;
    }

    /** Lets everything recover, and compares. */
    void finish() {
        over = true;
        threads.forEach(UploadLoad::join);
        returning.forEach(CompletableFuture::join);
        cluster.awaitWell();
        new SettlementVerifier(cluster, keys, logs).compare(mayBeLost);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        over = true;
        pulse.close();
        threads.forEach(UploadLoad::join);
    }
}
