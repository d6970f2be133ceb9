package dev.tollgate.bench.section;

import dev.tollgate.bench.measure.Findings;
import dev.tollgate.bench.measure.Plan;
import dev.tollgate.bench.measure.Section;
import dev.tollgate.bench.measure.Spread;
import dev.tollgate.bench.redis.CommandCounts;
import dev.tollgate.bench.redis.DecisionBenchFixture;
import dev.tollgate.bench.redis.RawRedis;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.redis.decision.GateCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/** The cost of a decision for Redis: commands and microseconds. */
public final class ScriptCost implements Section {

    private static final int CALLERS = 1_000;

    @Override
    public String title() {
        return "What a decision costs Redis";
    }

    @Override
    public void measure(Plan plan, Findings findings) {
        BanLadder none = new BanLadder(List.of(), Duration.ofDays(7));
        Map<String, GateRequest> kinds = new LinkedHashMap<>();
        kinds.put("admitted: month and a window of 1,000,000", DecisionBenchFixture.request(Caller.account("x")));
        kinds.put(
                "admitted: month only (enterprise)",
                GateRequest.charge(Caller.account("x"), List.of(), OptionalLong.empty(), 1, BanLadder.STANDARD));
        for (int windows : new int[] {3, 6}) {
            kinds.put(
                    "admitted: month and %d windows of 1,000,000".formatted(windows),
                    DecisionBenchFixture.request(Caller.account("x"), windows));
        }
        kinds.put("refused: window of 10 full", full(none));
        kinds.put("refused: banned", full(BanLadder.STANDARD));
        findings.head("request", "script, µs", "processor, µs", "commands within", "reply, bytes");
        for (Map.Entry<String, GateRequest> kind : kinds.entrySet()) {
            try (DecisionBenchFixture stand = new DecisionBenchFixture();
                    RawRedis raw = new RawRedis(stand.redis.port());
                    CommandCounts counts = new CommandCounts(stand.redis.port())) {
                stand.callers(CALLERS);
                raw.all(List.of(RedisWire.command(GateCommand.load())));
                List<byte[]> commands = IntStream.range(0, CALLERS)
                        .mapToObj(i -> RedisWire.command(GateCommand.decide(
                                stand.gate,
                                as(Caller.account("bench-" + i), kind.getValue()),
                                DecisionBenchFixture.month())))
                        .toList();
                raw.perSecond(commands, plan.millis());
                List<Double> scripts = new ArrayList<>();
                List<Double> processor = new ArrayList<>();
                double within = 0;
                for (int round = 0; round < plan.rounds(); round++) {
                    counts.reset();
                    raw.perSecond(commands, plan.millis());
                    CommandCounts.Counted counted = counts.count();
                    scripts.add(counted.scriptMicros() / counted.scripts());
                    processor.add(counted.processorMicros() / counted.scripts());
                    within = (double) counted.withinScripts() / counted.scripts();
                }
                findings.row(
                        kind.getKey(),
                        Spread.of(scripts).text("%.1f"),
                        Spread.of(processor).text("%.1f"),
                        String.format("%.1f", within),
                        raw.replyBytes(commands.get(0)));
            }
        }
    }

    private static GateRequest full(BanLadder ladder) {
        return GateRequest.charge(
                Caller.account("x"), List.of(WindowPolicy.minute(10)), OptionalLong.of(1_000_000_000), 1, ladder);
    }

    private static GateRequest as(Caller caller, GateRequest request) {
        return new GateRequest(
                caller,
                request.windows(),
                request.monthlyQuota(),
                request.cost(),
                request.ladder(),
                GateRequest.Mode.of(request.enforced(), request.charged()));
    }
}
