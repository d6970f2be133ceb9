package dev.tollgate.bench.section;

import dev.tollgate.bench.measure.Findings;
import dev.tollgate.bench.measure.Load;
import dev.tollgate.bench.measure.Plan;
import dev.tollgate.bench.measure.Rounds;
import dev.tollgate.bench.measure.Section;
import dev.tollgate.bench.measure.Spread;
import dev.tollgate.bench.redis.DecisionBenchFixture;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.redis.batch.BatchLimits;
import dev.tollgate.redis.batch.LatencyRecorder;
import dev.tollgate.redis.batch.QueueLimits;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.batch.ScriptBatchers;
import dev.tollgate.redis.connection.RedissonVariants;
import dev.tollgate.redis.decision.RedisGateStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** The decisions per second of single settings of Redisson and of the batcher. Each contestant differs from Tollgate in one. */
public final class Tuning implements Section {

    private static final int CALLERS = 1_000;
    private static final String OURS =
            "as set: references off, 4 Netty threads, 2 batches of 128, up to 4 while 16 wait";

    @Override
    public String title() {
        return "What each setting buys";
    }

    @Override
    public void measure(Plan plan, Findings findings) {
        List<RedissonClient> clients = new ArrayList<>();
        try (DecisionBenchFixture stand = new DecisionBenchFixture()) {
            List<GateRequest> requests = stand.callers(CALLERS);
            Map<String, RedisGateStore> gates = new LinkedHashMap<>();
            gates.put(OURS, gate(stand, stand.client, ScriptBatchers.DECISION_LIMITS));
            gates.put("1 batch in flight", gate(stand, stand.client, BatchLimits.of(1, 128)));
            gates.put("2 batches in flight", gate(stand, stand.client, BatchLimits.of(2, 128)));
            gates.put("4 batches in flight", gate(stand, stand.client, BatchLimits.of(4, 128)));
            gates.put("2 batches of 16 at most", gate(stand, stand.client, BatchLimits.of(2, 16)));
            gates.put("2 batches, up to 8 while 16 wait", gate(stand, stand.client, new BatchLimits(2, 8, 16, 128)));
            gates.put("2 batches, up to 8 while 24 wait", gate(stand, stand.client, new BatchLimits(2, 8, 24, 128)));
            Map<String, Consumer<Config>> variants = new LinkedHashMap<>();
            variants.put("1 Netty thread", config -> config.setNettyThreads(1));
            variants.put("2 Netty threads", config -> config.setNettyThreads(2));
            variants.put("16 Netty threads", config -> config.setNettyThreads(16));
            variants.put("references on", config -> config.setReferenceEnabled(true));
            variants.put(
                    "2 connections",
                    config -> config.useSingleServer().setConnectionPoolSize(2).setConnectionMinimumIdleSize(2));
            variants.forEach((name, otherwise) -> {
                RedissonClient client =
                        DecisionBenchFixture.connected(RedissonVariants.open(stand.redis.url(), otherwise));
                clients.add(client);
                gates.put(name, gate(stand, client, ScriptBatchers.DECISION_LIMITS));
            });
            for (int threads : new int[] {1, 64}) {
                Map<String, Supplier<Load>> contestants = new LinkedHashMap<>();
                gates.forEach((name, gate) -> contestants.put(
                        name,
                        () -> Load.run(
                                threads,
                                plan.millis(),
                                CALLERS,
                                i -> DecisionBenchFixture.decide(gate, requests.get(i)))));
                report(findings, threads, new Rounds(plan.rounds()).run(contestants));
            }
        } finally {
            clients.forEach(RedissonClient::shutdown);
        }
    }

    private static RedisGateStore gate(DecisionBenchFixture stand, RedissonClient client, BatchLimits limits) {
        Duration timeout = Duration.ofSeconds(5);
        return new RedisGateStore(
                new ScriptBatcher(
                        client, limits, new QueueLimits(10_000, timeout, timeout), () -> true, new LatencyRecorder()),
                stand.keys,
                System::currentTimeMillis);
    }

    private static void report(Findings findings, int threads, Map<String, List<Load>> loads) {
        findings.head(
                threads + (threads == 1 ? " thread" : " threads"),
                "decisions per second (lowest to highest round)",
                "as set, against it",
                "p50 µs",
                "p99 µs");
        List<Double> ours = Load.rates(loads.get(OURS));
        loads.forEach((name, all) -> {
            List<Double> rates = Load.rates(all);
            findings.row(
                    name,
                    Spread.of(rates).whole(),
                    Spread.ratio(ours, rates).fine(),
                    Math.round(Spread.of(all.stream().map(Load::p50Micros).toList())
                            .median()),
                    Math.round(Spread.of(all.stream().map(Load::p99Micros).toList())
                            .median()));
        });
    }
}
