package dev.tollgate.core.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.Decision.Outcome;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** How the bare numbers of a store become a decision: names, remaining units, and the policies that refused. */
class RawDecisionTest {

    private static final BillingMonth NOVEMBER = BillingMonth.of(YearMonth.of(2026, 11));
    private static final long NOW = NOVEMBER.endMillis() - 90_000;
    private static final WindowPolicy ROUTE = new WindowPolicy("reports", "route:reports", 5, 10_000);

    private static GateRequest request(Caller caller) {
        return GateRequest.charge(
                caller, List.of(WindowPolicy.minute(10), ROUTE), OptionalLong.of(1_000), 1, BanLadder.STANDARD);
    }

    private static RawDecision raw(Outcome outcome, long used, long[] totals, long[] resets, boolean... refusing) {
        return new RawDecision(
                outcome, NOW, NOVEMBER, used, totals, resets, refusing, OptionalInt.of(3), true, Optional.empty());
    }

    private static RawDecision admitted() {
        return raw(Outcome.ADMITTED, 400, new long[] {4, 5}, new long[] {59_001, 7_000}, false, false, false);
    }

    @Test
    void policiesComeInTheOrderOfTheWindowsAndThenTheMonth() {
        Decision decision = admitted().decisionOn(request(Caller.account("acme")));
        assertThat(decision.policies())
                .containsExactly(
                        new LimitStatus("minute", 10, 60, 6, 59_001),
                        new LimitStatus("reports", 5, 10, 0, 7_000),
                        new LimitStatus("month", 1_000, 30 * 86_400, 600, 90_000));
        assertThat(decision.isAdmitted()).isTrue();
        assertThat(decision.violated()).isEmpty();
        assertThat(decision.atMillis()).isEqualTo(NOW);
    }

    @Test
    void anAddressHasNoMonth() {
        assertThat(admitted().decisionOn(request(Caller.address("192.0.2.1"))).policies())
                .extracting(LimitStatus::name)
                .containsExactly("minute", "reports");
    }

    @Test
    void nothingRemainsWhereALimitWasLoweredBelowWhatIsUsed() {
        Decision decision = raw(Outcome.RATE_LIMITED, 1_200, new long[] {14, 9}, new long[] {-3, 7}, true, false, true)
                .decisionOn(request(Caller.account("acme")));
        assertThat(decision.policies()).extracting(LimitStatus::remaining).containsExactly(0L, 0L, 0L);
        assertThat(decision.policies().get(0).resetMillis()).isZero();
    }

    @Test
    void everyWindowThatRefusedIsNamed() {
        Decision decision = raw(Outcome.RATE_LIMITED, 1, new long[] {10, 5}, new long[] {1, 1}, true, true, false)
                .decisionOn(request(Caller.account("acme")));
        assertThat(decision.violated()).containsExactly("minute", "reports");
        assertThat(decision.violations()).isEqualTo(OptionalInt.of(3));
        assertThat(decision.firstInWindow()).isTrue();
        assertThat(decision.banApplied()).isFalse();
    }

    @Test
    void aRefusalByTheQuotaNamesTheMonthAlone() {
        Decision decision = raw(Outcome.QUOTA_EXCEEDED, 1_000, new long[] {10, 5}, new long[] {1, 1}, true, false, true)
                .decisionOn(request(Caller.account("acme")));
        assertThat(decision.violated()).containsExactly("month");
    }

    @Test
    void aRefusalByItsCostNamesAllPoliciesWithoutRoom() {
        Decision decision = raw(
                        Outcome.COST_EXCEEDS_LIMIT, 1_000, new long[] {10, 0}, new long[] {1, 0}, true, true, true)
                .decisionOn(request(Caller.account("acme")));
        assertThat(decision.violated()).containsExactly("minute", "reports", "month");
        assertThat(decision.isAdmitted()).isFalse();
    }

    @Test
    void aBanThatTheRequestBroughtIsMarkedAsApplied() {
        Ban ban = Ban.starting(BanLevel.PERMANENT, "12 requests over the limit", NOW);
        Decision decision = new RawDecision(
                        Outcome.BANNED,
                        NOW,
                        NOVEMBER,
                        1,
                        new long[] {10, 5},
                        new long[] {1, 1},
                        new boolean[] {true, false, false},
                        OptionalInt.of(12),
                        false,
                        Optional.of(ban))
                .decisionOn(request(Caller.account("acme")));
        assertThat(decision.ban()).contains(ban);
        assertThat(decision.banApplied()).isTrue();
        assertThat(Decision.banned(NOW, ban).banApplied()).isFalse();
        assertThat(Decision.banned(NOW, ban).isAdmitted()).isFalse();
    }

    @Test
    void aDecisionKeepsItsPoliciesWhenTheListChanges() {
        List<LimitStatus> policies = new ArrayList<>(List.of(new LimitStatus("minute", 10, 60, 6, 1)));
        Decision decision = Decision.admitted(NOW, policies);
        policies.clear();
        assertThat(decision.policies()).hasSize(1);
    }

    @Test
    void secondsUntilUnitsComeBackAreRoundedUp() {
        assertThat(new LimitStatus("minute", 10, 60, 6, 0).resetSeconds()).isZero();
        assertThat(new LimitStatus("minute", 10, 60, 6, 1).resetSeconds()).isEqualTo(1);
        assertThat(new LimitStatus("minute", 10, 60, 6, 1_000).resetSeconds()).isEqualTo(1);
        assertThat(new LimitStatus("minute", 10, 60, 6, 1_001).resetSeconds()).isEqualTo(2);
    }
}
