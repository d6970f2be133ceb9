package dev.tollgate.bench.section;

import dev.tollgate.bench.measure.Findings;
import dev.tollgate.bench.measure.Plan;
import dev.tollgate.bench.measure.Rounds;
import dev.tollgate.bench.measure.Section;
import dev.tollgate.bench.measure.Spread;
import dev.tollgate.bench.redis.CommandCounts;
import dev.tollgate.bench.redis.DecisionBenchFixture;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.core.usage.UsageRecorder;
import dev.tollgate.redis.usage.RedisPendingUsage;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** The usage events per second and their cost for Redis, under rising load. */
public final class Recordings implements Section {

    private static final int KEYS = 100;
    /** The default of {@code tollgate.usage.flush}. */
    private static final Duration FLUSH = Duration.ofMillis(50);

    private static final LocalDate DAY = LocalDate.of(2026, 11, 22);

    @Override
    public String title() {
        return "Recording usage";
    }

    @Override
    public void measure(Plan plan, Findings findings) {
        findings.say("");
        findings.say(
                "100 API keys, one provider each, an image per event, flushed every 50 ms. The report's pipeline spends 28"
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
                Offer offer = new Offer(perSecond, FLUSH, "image/png");
                offer.run(stand, plan.millis());
                counts.reset();
                long batches = stand.batcher.batches();
                long start = System.nanoTime();
                long events = offer.run(stand, 2 * plan.millis());
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
        guarded(plan, findings);
    }

    /** Measures requests of a guarded application, which have no files, in turn with each interval. */
    private static void guarded(Plan plan, Findings findings) {
        findings.say("");
        findings.say("The same keys, 10,000 requests per second without files, as those of a guarded application.");
        findings.head("flushed every", "Redis, µs per request");
        try (DecisionBenchFixture stand = new DecisionBenchFixture();
                CommandCounts counts = new CommandCounts(stand.redis.port())) {
            Map<String, Supplier<Double>> contestants = new LinkedHashMap<>();
            for (Duration flush : List.of(Duration.ofMillis(20), FLUSH)) {
                Offer offer = new Offer(10_000, flush, null);
                contestants.put(flush.toMillis() + " ms", () -> {
                    counts.reset();
                    long requests = offer.run(stand, 2 * plan.millis());
                    return counts.count().processorMicros() / requests;
                });
            }
            new Rounds(plan.rounds())
                    .run(contestants)
                    .forEach((flush, micros) ->
                            findings.row(flush, Spread.of(micros).text("%.1f")));
        }
    }

    /**
     * Events that are offered to a recorder.
     *
     * @param perSecond events per second, {@link Integer#MAX_VALUE} for as many as four threads can
     * @param flush how long the recorder gathers
     * @param mediaType of each event's file, null for events without one
     */
    private record Offer(int perSecond, Duration flush, String mediaType) {

        /** Records at the rate, and waits until Redis has all events. Returns how many these were. */
        long run(DecisionBenchFixture stand, long millis) {
            RedisPendingUsage pending = new RedisPendingUsage(stand.batcher, stand.keys, false);
            UsageRecorder recorder = new UsageRecorder(
                    pending, UUID.randomUUID().toString(), flush, 100_000, System::currentTimeMillis, Thread::new);
            int threads = perSecond == Integer.MAX_VALUE ? 4 : 1;
            long end = System.nanoTime() + millis * 1_000_000;
            List<Thread> all = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                Thread thread = new Thread(() -> {
                    long start = System.nanoTime();
                    for (long i = 0; System.nanoTime() < end; i++) {
                        recorder.record(event("key-" + i % KEYS));
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

        private UsageEvent event(String key) {
            int files = mediaType == null ? 0 : 1;
            return new UsageEvent(key, "s3", DAY, true, files, 1_000L * files, mediaType, System.currentTimeMillis());
        }
    }
}
