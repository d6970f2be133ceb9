package dev.tollgate.it.nodes;

import dev.tollgate.fixture.redis.RedisWire;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;

/**
 * How long this machine and its Redis took for a small write lately. On a machine busy with other work a process may stand still
 * for longer than the 50 ms in question; whoever asserts these has to know. Thread-safe.
 */
final class RedisLatencyProbe implements AutoCloseable {

    private static final long EVERY_NANOS = 5_000_000;
    private static final long REMEMBERED_NANOS = 1_000_000_000;

    private record Beat(long atNanos, long tookNanos) {}

    private final int port;
    private final Deque<Beat> beats = new ArrayDeque<>();
    private final Thread thread = new Thread(this::run, "pulse");
    private volatile boolean over;

    RedisLatencyProbe(int port) {
        this.port = port;
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (!over) {
            try (RedisWire wire = new RedisWire(port)) {
                while (!over) {
                    long begun = System.nanoTime();
                    LockSupport.parkNanos(EVERY_NANOS);
                    wire.send("SET", "pulse", "1");
                    note(System.nanoTime(), System.nanoTime() - begun - EVERY_NANOS);
                }
            } catch (UncheckedIOException e) {
                LockSupport.parkNanos(EVERY_NANOS);
            }
        }
    }

    private synchronized void note(long at, long took) {
        beats.add(new Beat(at, took));
        while (at - beats.peek().atNanos() > REMEMBERED_NANOS) {
            beats.remove();
        }
    }

    /** The longest within the last second, in nanoseconds. */
    synchronized long longest() {
        return beats.stream().mapToLong(Beat::tookNanos).max().orElse(0);
    }

    @Override
    public void close() {
        over = true;
    }
}
