package dev.tollgate.core.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.analytics.query.DailyQuery;
import dev.tollgate.core.analytics.query.ProvidersQuery;
import dev.tollgate.core.analytics.query.UploadQuery;
import dev.tollgate.core.usage.KeyUsage.ProviderDay;
import dev.tollgate.core.usage.UsageCounts;
import dev.tollgate.core.usage.UsageDelta;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.fixture.ConcurrentWorkers;
import dev.tollgate.settlement.Settlement;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/**
 * Readers of two nodes poll as fast as they can while writers record and a settlement runs without a pause. Every answer
 * holds all that was confirmed before it was asked for, nothing that was not yet sent when it came, and never less than the
 * answer before. {@code -Dtollgate.proof.seconds=60} makes it longer.
 */
class PollingProofTest {

    private static final int SECONDS = Integer.getInteger("tollgate.proof.seconds", 4);
    private static final List<String> PROVIDERS = List.of("local", "s3", "gcs");

    /** What a report said: its requests, added up in each way it offers. */
    private record Said(List<Long> requests, ReportMeta meta) {}

    @FunctionalInterface
    private interface Question {
        Said ask(Analytics node, String key);
    }

    private static final LocalDate TODAY = LocalDate.now(ZoneOffset.UTC);
    private static final String FIRST = TODAY.minusDays(3).toString();

    private static final Map<String, Question> QUESTIONS = Map.of(
            "upload",
                    (node, key) -> {
                        UploadReport report =
                                node.upload(key, UploadQuery.parse(null)).orElseThrow();
                        long providers = report.providers().stream()
                                .mapToLong(
                                        provider -> provider.summary().totals().totalRequests())
                                .sum();
                        return new Said(List.of(report.summary().totals().totalRequests(), providers), report.meta());
                    },
            "daily",
                    (node, key) -> {
                        DailyReport report = node.daily(key, DailyQuery.parse(null, null, null, TODAY))
                                .orElseThrow();
                        long days = report.days().stream()
                                .mapToLong(day -> day.totals().totalRequests())
                                .sum();
                        return new Said(List.of(report.totals().totalRequests(), days), report.meta());
                    },
            "providers",
                    (node, key) -> {
                        ProvidersReport report = node.providers(key, ProvidersQuery.parse(null, null, null, TODAY))
                                .orElseThrow();
                        long days = report.providers().stream()
                                .flatMap(provider -> provider.daily().stream())
                                .mapToLong(day -> day.totals().totalRequests())
                                .sum();
                        return new Said(List.of(report.totals().totalRequests(), days), report.meta());
                    },
            "ranged",
                    (node, key) -> {
                        ProvidersReport report = node.providers(key, ProvidersQuery.parse(null, FIRST, null, TODAY))
                                .orElseThrow();
                        return new Said(List.of(report.totals().totalRequests()), report.meta());
                    },
            "file-types",
                    (node, key) -> {
                        FileTypesReport report = node.fileTypes(key).orElseThrow();
                        return new Said(List.of(report.totalFiles()), report.meta());
                    });

    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong confirmed = new AtomicLong();
    private final LongAdder answers = new LongAdder();
    private final LongAdder hits = new LongAdder();
    private volatile boolean over;

    @Test
    void totalsOnlyGrowAndHoldAllThatWasConfirmedBefore() throws Exception {
        try (UsageStack stack = new UsageStack()) {
            String key = stack.newKey();
            List<Analytics> nodes = List.of(stack.node(Clock.systemUTC()), stack.node(Clock.systemUTC()));
            List<Callable<Void>> work = new ArrayList<>();
            for (Map.Entry<String, Question> question : QUESTIONS.entrySet()) {
                for (Analytics node : nodes) {
                    work.add(() ->
                            poll(question.getKey(), () -> question.getValue().ask(node, key)));
                }
            }
            for (int i = 0; i < 3; i++) {
                String source = "writer-" + i;
                work.add(() -> write(stack, key, source));
            }
            Settlement settlement = stack.settlement();
            LongAdder batches = new LongAdder();
            work.add(() -> {
                while (!over) {
                    batches.add(settlement.settle(stack.transactions()).batches());
                }
                return null;
            });
            ConcurrentWorkers.work(work, SECONDS, () -> over = true, 30);
            QUESTIONS.forEach((name, question) -> assertThat(
                            question.ask(nodes.get(0), key).requests())
                    .as(name)
                    .containsOnly(sent.get()));
            System.out.printf(
                    "polling proof: %d s, %d recorded, %d batches, %d answers, %d of them hits, %d database statements%n",
                    SECONDS, sent.get(), batches.sum(), answers.sum(), hits.sum(), stack.database.statements());
            assertThat(hits.sum()).isPositive();
            assertThat(batches.sum()).isGreaterThan(5);
        }
    }

    private Void poll(String name, Callable<Said> question) throws Exception {
        long before = 0;
        while (!over) {
            long atLeast = Math.max(before, confirmed.get());
            Said said = question.call();
            long atMost = sent.get();
            assertThat(said.meta().pendingIncluded()).as(name).isTrue();
            for (long requests : said.requests()) {
                if (requests < atLeast
                        || requests > atMost
                        || requests != said.requests().get(0)) {
                    throw new AssertionError("%s: %s is not once between %d and %d, the last answer was %d"
                            .formatted(name, said, atLeast, atMost, before));
                }
            }
            before = said.requests().get(0);
            answers.increment();
            hits.add(said.meta().cached() ? 1 : 0);
        }
        return null;
    }

    private Void write(UsageStack stack, String key, String source) {
        for (long sequence = 1; !over; sequence++) {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            String provider = PROVIDERS.get(random.nextInt(PROVIDERS.size()));
            LocalDate day = TODAY.minusDays(random.nextInt(3));
            UsageEvent event = new UsageEvent(
                    key, provider, day, true, 1, 10, random.nextBoolean() ? "image/png" : "text/csv", sequence);
            sent.incrementAndGet();
            stack.recordAs(new UsageDelta(
                    key, source, sequence, Map.of(new ProviderDay(provider, day), UsageCounts.of(event))));
            confirmed.incrementAndGet();
        }
        return null;
    }
}
