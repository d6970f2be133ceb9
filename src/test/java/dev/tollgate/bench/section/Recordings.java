package dev.tollgate.bench.section;

import dev.tollgate.bench.measure.Findings;
import dev.tollgate.bench.measure.Plan;
import dev.tollgate.bench.measure.Section;
import dev.tollgate.bench.redis.CommandCounts;
import dev.tollgate.bench.redis.DecisionBenchFixture;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.core.usage.UsageRecorder;
import dev.tollgate.redis.usage.RedisPendingUsage;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/** The usage events per second and their cost for Redis, under rising load. */
public final class Recordings implements Section {

    private static final int KEYS = 100;

    @Override
    public String title() {
        return "Recording usage";
    }

    @Override
    public void measure(Plan plan, Findings findings) {
        findings.say("");
        findings.say(
                "100 API keys, one provider each, an image per event, flushed every 20 ms. The report's pipeline spends 28"
                        + " commands on each event.");
        findings.head(
                "events offered per second",
                "recorded per second",
                "commands per event",
                "batches per event",
                "Redis, µs");
        for (int perSecond : new int[] {100, 1_000, 10_000, Integer.MAX_VALUE}) {
            try (DecisionBenchFixture stand = new DecisionBenchFixture();
                    CommandCounts counts = new CommandCounts(stand.redis.port())) {
                offer(stand, perSecond, plan.millis());
                counts.reset();
                long batches = stand.batcher.batches();
                long start = System.nanoTime();
                long events = offer(stand, perSecond, 2 * plan.millis());
                double seconds = (System.nanoTime() - start) / 1e9;
                CommandCounts.Counted counted = counts.count();
                findings.row(
                        perSecond == Integer.MAX_VALUE ? "as many as 4 threads can" : "%,d".formatted(perSecond),
                        "%,.0f".formatted(events / seconds),
                        "%.3f".formatted((double) counted.withinScripts() / events),
                        "%.4f".formatted((double) (stand.batcher.batches() - batches) / events),
                        "%.2f".formatted(counted.processorMicros() / events));
            }
        }
    }

    /** Records at a rate, and waits until Redis has all events. */
    private static long offer(DecisionBenchFixture stand, int perSecond, long millis) {
        RedisPendingUsage pending = new RedisPendingUsage(stand.batcher, stand.keys, false);
        UsageRecorder recorder = new UsageRecorder(
                pending,
                UUID.randomUUID().toString(),
                Duration.ofMillis(20),
                100_000,
                System::currentTimeMillis,
                Thread::new);
        LocalDate day = LocalDate.of(2026, 11, 22);
        int threads = perSecond == Integer.MAX_VALUE ? 4 : 1;
        long end = System.nanoTime() + millis * 1_000_000;
        List<Thread> all = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            Thread thread = new Thread(() -> {
                long start = System.nanoTime();
                for (long i = 0; System.nanoTime() < end; i++) {
                    recorder.record(new UsageEvent(
                            "key-" + i % KEYS, "s3", day, true, 1, 1_000, "image/png", System.currentTimeMillis()));
                    long due = perSecond == Integer.MAX_VALUE ? 0 : start + i * 1_000_000_000L / perSecond;
                    if (due - System.nanoTime() > 0) {
                        LockSupport.parkNanos(due - System.nanoTime());
                    }
                }
            });
            thread.start();
            all.add(thread);
        }
        try {
            for (Thread thread : all) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        recorder.close();
        if (recorder.dropped() > 0 || recorder.flushed() != recorder.recorded()) {
            throw new IllegalStateException(recorder.dropped() + " dropped, " + recorder.waiting() + " waiting");
        }
        return recorder.flushed();
    }
}
