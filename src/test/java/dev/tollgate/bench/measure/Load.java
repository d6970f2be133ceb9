package dev.tollgate.bench.measure;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/**
 * The result of a closed loop: threads that repeat the same work, each as soon as its last one is done.
 *
 * @param perSecond repetitions per second
 * @param p50Micros the median in microseconds
 * @param p99Micros the 99th percentile in microseconds
 */
public record Load(double perSecond, double p50Micros, double p99Micros) {

    private static final int SAMPLES = 1 << 17;

    /** Returns the repetitions per second of each round. */
    public static List<Double> rates(List<Load> rounds) {
        return rounds.stream().map(Load::perSecond).toList();
    }

    /**
     * Runs the loop.
     *
     * @param threads how many
     * @param millis how long
     * @param subjects the work gets a number below this, at random
     * @param work may throw: then all stop and this throws too
     */
    public static Load run(int threads, long millis, int subjects, IntConsumer work) {
        AtomicBoolean over = new AtomicBoolean();
        AtomicReference<RuntimeException> failure = new AtomicReference<>();
        long[] done = new long[threads];
        long[][] samples = new long[threads][];
        Thread[] all = new Thread[threads];
        long start = System.nanoTime();
        for (int t = 0; t < threads; t++) {
            int mine = t;
            all[t] = new Thread(() -> {
                long[] took = new long[SAMPLES / threads];
                long count = 0;
                ThreadLocalRandom random = ThreadLocalRandom.current();
                try {
                    long before = System.nanoTime();
                    while (!over.get()) {
                        work.accept(random.nextInt(subjects));
                        long now = System.nanoTime();
                        took[(int) (count++ % took.length)] = now - before;
                        before = now;
                    }
                } catch (RuntimeException e) {
                    failure.set(e);
                    over.set(true);
                }
                done[mine] = count;
                samples[mine] = Arrays.copyOf(took, (int) Math.min(count, took.length));
            });
            all[t].start();
        }
        sleep(millis, over);
        over.set(true);
        try {
            for (Thread thread : all) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        if (failure.get() != null) {
            throw failure.get();
        }
        long[] sorted =
                Arrays.stream(samples).flatMapToLong(Arrays::stream).sorted().toArray();
        return new Load(
                Arrays.stream(done).sum() / seconds,
                sorted[sorted.length / 2] / 1e3,
                sorted[(int) (sorted.length * 0.99)] / 1e3);
    }

    private static void sleep(long millis, AtomicBoolean over) {
        try {
            long end = System.nanoTime() + millis * 1_000_000;
            while (!over.get() && System.nanoTime() < end) {
                Thread.sleep(Math.min(20, millis));
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
