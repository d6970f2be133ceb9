package dev.tollgate.it.nodes;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * What a driver knows of its uploads to one node: those acknowledged, and those in doubt, which were sent and never answered.
 * Thread-safe.
 */
final class UploadLog {

    /** Acknowledgements older than this are of no interest any more. */
    private static final long REMEMBERED_NANOS = 30_000_000_000L;

    private record Acknowledged(long atNanos, int key) {}

    private final long[] acknowledged;
    private final long[] inDoubt;
    private final Deque<Acknowledged> recent = new ArrayDeque<>();
    private final Map<Integer, Long> otherAnswers = new HashMap<>();
    private int underWay;

    UploadLog(int keys) {
        acknowledged = new long[keys];
        inDoubt = new long[keys];
    }

    synchronized void sending() {
        underWay++;
    }

    synchronized void acknowledged(int key) {
        long now = System.nanoTime();
        underWay--;
        acknowledged[key]++;
        recent.add(new Acknowledged(now, key));
        while (now - recent.peek().atNanos() > REMEMBERED_NANOS) {
            recent.remove();
        }
    }

    synchronized void answered(int status) {
        underWay--;
        otherAnswers.merge(status, 1L, Long::sum);
    }

    synchronized void neverSent() {
        underWay--;
    }

    synchronized void unanswered(int key) {
        underWay--;
        inDoubt[key]++;
    }

    synchronized int underWay() {
        return underWay;
    }

    synchronized long acknowledgedOf(int key) {
        return acknowledged[key];
    }

    synchronized long inDoubtOf(int key) {
        return inDoubt[key];
    }

    /** Uploads with one of some keys acknowledged at or after an instant of {@link System#nanoTime}. */
    synchronized long acknowledgedSince(long nanos, IntPredicate keys) {
        return recent.stream()
                .filter(one -> one.atNanos() - nanos >= 0 && keys.test(one.key()))
                .count();
    }

    /** How often there was which answer but 201. */
    synchronized Map<Integer, Long> otherAnswers() {
        return Map.copyOf(otherAnswers);
    }
}
