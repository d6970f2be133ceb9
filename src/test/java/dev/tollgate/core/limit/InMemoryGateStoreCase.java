package dev.tollgate.core.limit;

import dev.tollgate.core.limit.BanLadder.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/** A store in memory on a clock that tests set, and the requests they decide. */
abstract class InMemoryGateStoreCase {

    static final long NOW = Instant.parse("2026-11-22T12:00:00Z").toEpochMilli();
    static final Caller ACCOUNT = Caller.account("acme");
    static final Caller ADDRESS = Caller.address("192.0.2.1");
    static final WindowPolicy ROUTE = new WindowPolicy("reports", "route:reports", 100, 10_000);

    static final BanLadder LADDER = new BanLadder(
            List.of(
                    new Step(2, BanLevel.lasting(Duration.ofMinutes(5))),
                    new Step(3, BanLevel.lasting(Duration.ofDays(1)))),
            Duration.ofDays(7));

    long now = NOW;
    final InMemoryGateStore store = new InMemoryGateStore(() -> now, 1_000);

    static GateRequest request(Caller caller, OptionalLong quota, int cost, WindowPolicy... windows) {
        return GateRequest.charge(caller, List.of(windows), quota, cost, LADDER);
    }

    static GateRequest request(int cost, WindowPolicy... windows) {
        return request(ACCOUNT, OptionalLong.empty(), cost, windows);
    }

    static GateRequest quota(long quota, int cost, WindowPolicy... windows) {
        return request(ACCOUNT, OptionalLong.of(quota), cost, windows);
    }

    Decision decide(GateRequest request) {
        return store.decide(request, now);
    }

    long remaining(Decision decision, String policy) {
        return decision.policies().stream()
                .filter(status -> status.name().equals(policy))
                .findFirst()
                .orElseThrow()
                .remaining();
    }
}
