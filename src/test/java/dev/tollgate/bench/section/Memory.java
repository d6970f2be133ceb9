package dev.tollgate.bench.section;

import dev.tollgate.bench.measure.Findings;
import dev.tollgate.bench.measure.Plan;
import dev.tollgate.bench.measure.Section;
import dev.tollgate.bench.measure.Spread;
import dev.tollgate.bench.redis.CommandCounts;
import dev.tollgate.bench.redis.DecisionBenchFixture;
import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.limit.AccountStateSource.AccountState;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.redis.seal.Sealing;
import dev.tollgate.redis.sync.RedisKeyCache;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The memory of Redis per caller, in bytes as Redis counts them, with the growth of its tables. */
public final class Memory implements Section {

    private static final int FREE = 10;

    @Override
    public String title() {
        return "Redis memory per caller";
    }

    @Override
    public void measure(Plan plan, Findings findings) {
        int callers = Math.min(100_000, plan.mostCallers());
        try (DecisionBenchFixture stand = new DecisionBenchFixture();
                CommandCounts counts = new CommandCounts(stand.redis.port())) {
            List<Caller> all = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                all.add(Caller.account(UUID.randomUUID().toString()));
            }
            long empty = counts.usedMemory();
            BillingMonth month = DecisionBenchFixture.month();
            each(all, caller -> stand.gate.restore(caller, month, AccountState.NONE));
            long idle = counts.usedMemory();
            for (int i = 0; i < FREE; i++) {
                each(
                        all,
                        caller -> stand.gate.decide(GateRequest.charge(
                                caller,
                                List.of(WindowPolicy.minute(FREE)),
                                OptionalLong.of(1_000),
                                1,
                                BanLadder.STANDARD)));
            }
            long full = counts.usedMemory();
            RedisKeyCache cache = new RedisKeyCache(stand.client, stand.keys, Sealing.ofThisProcess(), () -> true);
            each(all, caller -> {
                ApiKeyToken token = ApiKeyToken.generate();
                return cache.fill(token.hash(), new ResolvedKey(key(caller), "free"), System.currentTimeMillis());
            });
            long shared = counts.usedMemory();
            findings.say("");
            findings.say("%,d accounts with UUIDs for ids, as the admin API makes them.".formatted(callers));
            findings.head("what", "bytes per caller");
            findings.row("idle but known: the month's counter", (idle - empty) / callers);
            findings.row("a full free window besides: 10 requests", (full - idle) / callers);
            findings.row(
                    "the shared copy of its API key and tier, for 10 minutes after a node looked it up",
                    (shared - full) / callers);
            findings.atMost(300, "Redis bytes per idle-but-known caller", only((idle - empty) / callers));
            findings.atMost(1_500, "Redis bytes per caller with a full free window", only((full - empty) / callers));
        }
    }

    private static ApiKey key(Caller caller) {
        return new ApiKey(
                UUID.randomUUID().toString(),
                caller.id(),
                "",
                "tg_test0",
                true,
                Instant.EPOCH,
                null,
                OptionalLong.empty());
    }

    private static Spread only(double value) {
        return new Spread(value, value, value);
    }

    private interface Step {
        CompletionStage<?> of(Caller caller);
    }

    private static void each(List<Caller> callers, Step step) {
        for (int from = 0; from < callers.size(); from += 5_000) {
            CompletableFuture.allOf(callers.subList(from, Math.min(callers.size(), from + 5_000)).stream()
                            .map(caller -> step.of(caller).toCompletableFuture())
                            .toArray(CompletableFuture[]::new))
                    .join();
        }
    }
}
