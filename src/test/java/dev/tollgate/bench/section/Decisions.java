package dev.tollgate.bench.section;

import dev.tollgate.bench.measure.Findings;
import dev.tollgate.bench.measure.Load;
import dev.tollgate.bench.measure.Plan;
import dev.tollgate.bench.measure.Rounds;
import dev.tollgate.bench.measure.Section;
import dev.tollgate.bench.measure.Spread;
import dev.tollgate.bench.redis.CompetitorBench;
import dev.tollgate.bench.redis.DecisionBenchFixture;
import dev.tollgate.bench.redis.InProcessNode;
import dev.tollgate.bench.redis.RawRedis;
import dev.tollgate.bench.redis.ReportPipeline;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.gate.Gate;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.decision.GateCommand;
import dev.tollgate.redis.decision.RedisGateStore;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/** The decisions per second at 1, 16 and 64 threads, compared with competitors and bare commands. */
public final class Decisions implements Section {

    private static final int CALLERS = 1_000;
    private static final int HOT_CALLERS = 100;
    private static final int HOT_THREADS = 64;

    private static final String OURS = "Tollgate, shared batches";
    private static final String ALONE = "Tollgate, a batch per request";
    private static final String GET = "bare GET, Redisson as Tollgate sets it";
    private static final String DEFAULT_GET = "bare GET, Redisson's defaults";
    private static final String REPORT = "the report's pipeline, windows empty";
    private static final String REPORT_FULL = "the report's pipeline, 1,000 in each window";
    private static final String LETTUCE = "bucket4j on Lettuce";
    private static final String REDISSON = "bucket4j on Redisson";
    private static final String LIMITER = "Redisson RRateLimiter";
    private static final String LEASED = "Tollgate, leases";
    private static final String STORE = "Tollgate, each decision in Redis";
    private static final String BATCHING = "bucket4j on Lettuce, batching";
    private static final String ONE_WINDOW = "1 window";
    private static final String SCRIPT = "the bare script, pipelined 16";

    @Override
    public String title() {
        return "Decisions per second";
    }

    @Override
    public void measure(Plan plan, Findings findings) {
        findings.say("");
        findings.say(
                "1,000 callers. Tollgate's decision holds both bans, violations, month and window of a pro account; the"
                        + " peers' one limit and nothing else. \"The bare script\" is the same script with the same arguments from plain"
                        + " sockets, 50 connections, 16 at a time, by one thread that interprets nothing: what `redis-benchmark -P 16`"
                        + " measures, one decision to a run. Tollgate's batches run it for many at once, which costs Redis less for each.");
        try (DecisionBenchFixture stand = new DecisionBenchFixture();
                CompetitorBench peers = new CompetitorBench(stand.redis.url(), CALLERS);
                RawRedis raw = new RawRedis(stand.redis.port())) {
            List<GateRequest> requests = stand.callers(CALLERS);
            raw.all(List.of(RedisWire.command(GateCommand.load())));
            List<byte[]> script = requests.stream()
                    .map(request ->
                            RedisWire.command(GateCommand.decide(stand.gate, request, DecisionBenchFixture.month())))
                    .toList();
            for (int threads : new int[] {1, 16, 64}) {
                Map<String, Supplier<Load>> contestants = contestants(plan, stand, peers, requests, threads);
                contestants.put(SCRIPT, () -> new Load(raw.perSecond(script, plan.millis()), 0, 0));
                report(findings, threads, new Rounds(plan.rounds()).run(contestants));
            }
            findings.say("");
            findings.say("%,d of Tollgate's decisions were sent in %,d batches."
                    .formatted(stand.batcher.calls(), stand.batcher.batches()));
            measureHot(plan, findings, stand, peers, requests.subList(0, HOT_CALLERS));
            measureWindows(plan, findings, stand);
        }
    }

    /** Measures what more windows cost: all of them are decided in the one run. */
    private static void measureWindows(Plan plan, Findings findings, DecisionBenchFixture stand) {
        Map<String, Supplier<Load>> contestants = new LinkedHashMap<>();
        for (int windows : new int[] {1, 3, 6}) {
            List<GateRequest> requests = stand.callers(CALLERS, windows);
            contestants.put(
                    windows == 1 ? ONE_WINDOW : windows + " windows",
                    load(plan, HOT_THREADS, i -> DecisionBenchFixture.decide(stand.gate, requests.get(i))));
        }
        Map<String, List<Load>> loads = new Rounds(plan.rounds()).run(contestants);
        findings.say("");
        findings.say(
                "The same decision with more windows, each of a million units: up to four of a tier, and those of a"
                        + " route and a key. Each has one more key in Redis.");
        table(findings, HOT_THREADS + " threads, windows", ONE_WINDOW, loads);
    }

    /** Measures callers who ask so often that leases admit them. */
    private static void measureHot(
            Plan plan,
            Findings findings,
            DecisionBenchFixture stand,
            CompetitorBench peers,
            List<GateRequest> requests) {
        Map<String, Supplier<Load>> contestants = new LinkedHashMap<>();
        try (InProcessNode node = new InProcessNode(stand.redis.url(), 0, InProcessNode.Callers.KEYS)) {
            contestants.put(LEASED, hot(plan, i -> decide(node.assembly().gate(), requests.get(i))));
            contestants.put(STORE, hot(plan, i -> DecisionBenchFixture.decide(stand.gate, requests.get(i))));
            contestants.put(LETTUCE, hot(plan, peers.bucket4jOnLettuce()));
            contestants.put(BATCHING, hot(plan, peers.bucket4jOnLettuceBatching(HOT_CALLERS)));
            Map<String, List<Load>> loads = new Rounds(plan.rounds()).run(contestants);
            findings.say("");
            findings.say(
                    "%,d callers who ask often, of the same limits. Tollgate's gate admits them from leases; bucket4j's"
                                    .formatted(HOT_CALLERS)
                            + " optimization sends what gathers during a trip to a bucket with the next.");
            table(findings, HOT_THREADS + " threads, " + HOT_CALLERS + " hot callers", LEASED, loads);
            List<Double> leased = Load.rates(loads.get(LEASED));
            findings.atLeast(
                    20,
                    "decisions/s of hot callers, 64 threads, against " + LETTUCE,
                    Spread.ratio(leased, Load.rates(loads.get(LETTUCE))));
            findings.atLeast(
                    5,
                    "decisions/s of hot callers, 64 threads, against " + BATCHING,
                    Spread.ratio(leased, Load.rates(loads.get(BATCHING))));
        }
    }

    private static Supplier<Load> hot(Plan plan, IntConsumer work) {
        return () -> Load.run(HOT_THREADS, plan.millis(), HOT_CALLERS, work);
    }

    private static void decide(Gate gate, GateRequest request) {
        if (!gate.decide(request, FailureMode.CLOSED).passes()) {
            throw new IllegalStateException("refused");
        }
    }

    private static Map<String, Supplier<Load>> contestants(
            Plan plan, DecisionBenchFixture stand, CompetitorBench peers, List<GateRequest> requests, int threads) {
        RedisGateStore alone = new RedisGateStore(
                new ScriptBatcher(stand.client, 64, 1, 10_000, Duration.ofSeconds(5)),
                stand.keys,
                System::currentTimeMillis);
        ReportPipeline empty = new ReportPipeline(peers.redisson, "empty");
        ReportPipeline full = new ReportPipeline(peers.redisson, "full");
        Map<String, Supplier<Load>> contestants = new LinkedHashMap<>();
        contestants.put(OURS, load(plan, threads, i -> DecisionBenchFixture.decide(stand.gate, requests.get(i))));
        contestants.put(ALONE, load(plan, threads, i -> DecisionBenchFixture.decide(alone, requests.get(i))));
        contestants.put(GET, load(plan, threads, get(stand.client)));
        contestants.put(DEFAULT_GET, load(plan, threads, get(peers.redisson)));
        contestants.put(LETTUCE, load(plan, threads, peers.bucket4jOnLettuce()));
        contestants.put(REDISSON, load(plan, threads, peers.bucket4jOnRedisson()));
        contestants.put(LIMITER, load(plan, threads, peers.rateLimiter()));
        contestants.put(REPORT, () -> {
            empty.fill(CALLERS, 0);
            return load(plan, threads, empty::check).get();
        });
        contestants.put(REPORT_FULL, () -> {
            full.fill(CALLERS, 1_000);
            return load(plan, threads, full::check).get();
        });
        return contestants;
    }

    private static IntConsumer get(RedissonClient client) {
        client.getBucket("bare", StringCodec.INSTANCE).set("1");
        return i -> client.getBucket("bare", StringCodec.INSTANCE).get();
    }

    private static Supplier<Load> load(Plan plan, int threads, IntConsumer work) {
        return () -> Load.run(threads, plan.millis(), CALLERS, work);
    }

    private static void report(Findings findings, int threads, Map<String, List<Load>> loads) {
        String group = threads + (threads == 1 ? " thread" : " threads");
        List<Double> ours = Load.rates(loads.get(OURS));
        table(findings, group, OURS, loads);
        if (threads == 1) {
            findings.atLeast(
                    0.85,
                    "decisions/s, 1 thread, against a bare `GET`",
                    Spread.ratio(ours, Load.rates(loads.get(GET))));
        } else if (threads == 64) {
            Map<String, Double> targets = new LinkedHashMap<>();
            targets.put(LETTUCE, 1.5);
            targets.put(REDISSON, 3.0);
            targets.put(LIMITER, 3.0);
            targets.put(REPORT, 4.0);
            targets.put(REPORT_FULL, 4.0);
            targets.put(SCRIPT, 0.7);
            targets.forEach((name, target) -> findings.atLeast(
                    target,
                    "decisions/s, 64 threads, against " + name,
                    Spread.ratio(ours, Load.rates(loads.get(name)))));
        }
    }

    private static void table(Findings findings, String group, String first, Map<String, List<Load>> loads) {
        List<Double> ours = Load.rates(loads.get(first));
        findings.head(group, "per second (lowest to highest round)", "Tollgate against it", "p50 µs", "p99 µs");
        loads.forEach((name, all) -> {
            findings.row(
                    name,
                    Spread.of(Load.rates(all)).whole(),
                    Spread.ratio(ours, Load.rates(all)).fine(),
                    Math.round(Spread.of(all.stream().map(Load::p50Micros).toList())
                            .median()),
                    Math.round(Spread.of(all.stream().map(Load::p99Micros).toList())
                            .median()));
            findings.bar(group, name, Spread.of(Load.rates(all)).median());
        });
    }
}
