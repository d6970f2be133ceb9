package dev.tollgate.bench;

import dev.tollgate.limit.GateRequest;
import dev.tollgate.redis.Flights;
import dev.tollgate.redis.RedisGate;
import dev.tollgate.redis.RedissonVariants;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** What each setting of Redisson and of the flights buys: all as Tollgate sets it but for one thing, side by side. */
final class Tuning implements Section {

    private static final int CALLERS = 1_000;
    private static final int SLOTS = 2;
    private static final int SEATS = 128;
    private static final String OURS = "as set: references off, 4 Netty threads, 2 flights of 128";

    @Override
    public String title() {
        return "What each setting buys";
    }

    @Override
    public void measure(Plan plan, Findings findings) {
        List<RedissonClient> clients = new ArrayList<>();
        try (GateStand stand = new GateStand()) {
            List<GateRequest> requests = stand.callers(CALLERS);
            Map<String, RedisGate> gates = new LinkedHashMap<>();
            gates.put(OURS, gate(stand, stand.client, SLOTS, SEATS));
            gates.put("1 flight in the air", gate(stand, stand.client, 1, SEATS));
            gates.put("4 flights in the air", gate(stand, stand.client, 4, SEATS));
            gates.put("16 to a flight at most", gate(stand, stand.client, SLOTS, 16));
            Map<String, Consumer<Config>> variants = new LinkedHashMap<>();
            variants.put("1 Netty thread", config -> config.setNettyThreads(1));
            variants.put("2 Netty threads", config -> config.setNettyThreads(2));
            variants.put("16 Netty threads", config -> config.setNettyThreads(16));
            variants.put("references on", config -> config.setReferenceEnabled(true));
            variants.put(
                    "2 connections",
                    config -> config.useSingleServer().setConnectionPoolSize(2).setConnectionMinimumIdleSize(2));
            variants.forEach((name, otherwise) -> {
                RedissonClient client = GateStand.connected(RedissonVariants.open(stand.redis.url(), otherwise));
                clients.add(client);
                gates.put(name, gate(stand, client, SLOTS, SEATS));
            });
            for (int threads : new int[] {1, 64}) {
                Map<String, Supplier<Load>> contestants = new LinkedHashMap<>();
                gates.forEach((name, gate) -> contestants.put(
                        name,
                        () -> Load.run(threads, plan.millis(), CALLERS, i -> GateStand.decide(gate, requests.get(i)))));
                report(findings, threads, new Rounds(plan.rounds()).run(contestants));
            }
        } finally {
            clients.forEach(RedissonClient::shutdown);
        }
    }

    private static RedisGate gate(GateStand stand, RedissonClient client, int slots, int seats) {
        return new RedisGate(
                new Flights(client, slots, seats, 10_000, Duration.ofSeconds(5)),
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
        List<Double> ours = loads.get(OURS).stream().map(Load::perSecond).toList();
        loads.forEach((name, all) -> {
            List<Double> rates = all.stream().map(Load::perSecond).toList();
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
