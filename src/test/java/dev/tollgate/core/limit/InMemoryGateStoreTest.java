package dev.tollgate.core.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.core.limit.Decision.Outcome;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The cost of requests without Redis: what it is charged to, and what refuses it. */
class InMemoryGateStoreTest extends InMemoryGateStoreCase {

    @Example
    void aCostIsChargedToEveryWindowAndToTheMonth() {
        Decision decision = decide(quota(1_000, 7, WindowPolicy.minute(10), ROUTE));
        assertThat(decision.isAdmitted()).isTrue();
        assertThat(remaining(decision, "minute")).isEqualTo(3);
        assertThat(remaining(decision, "reports")).isEqualTo(93);
        assertThat(remaining(decision, "month")).isEqualTo(993);
    }

    @Example
    void aCostThatFillsTheWindowPassesAndOneUnitMoreDoesNot() {
        assertThat(decide(request(10, WindowPolicy.minute(10))).isAdmitted()).isTrue();
        Decision refused = decide(request(1, WindowPolicy.minute(10)));
        assertThat(refused.outcome()).isEqualTo(Outcome.RATE_LIMITED);
        assertThat(refused.violated()).containsExactly("minute");
    }

    @Example
    void aRefusedCostIsChargedNowhere() {
        decide(request(95, ROUTE));
        Decision refused = decide(quota(1_000, 6, WindowPolicy.minute(10), ROUTE));
        assertThat(refused.violated()).containsExactly("reports");
        assertThat(remaining(refused, "minute")).isEqualTo(10);
        assertThat(remaining(refused, "reports")).isEqualTo(5);
        assertThat(remaining(refused, "month")).isEqualTo(905);
    }

    @Example
    void aCostIsAtLeastOneUnitAndAtMostAMillion() {
        assertThat(decide(request(GateRequest.MAX_COST)).isAdmitted()).isTrue();
        assertThatThrownBy(() -> request(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> request(GateRequest.MAX_COST + 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> request(1).chargedLater(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Example
    void aSmallerCostPassesWhereALargerOneIsRefused() {
        decide(request(6, WindowPolicy.minute(10)));
        assertThat(decide(request(5, WindowPolicy.minute(10))).isAdmitted()).isFalse();
        assertThat(decide(request(4, WindowPolicy.minute(10))).isAdmitted()).isTrue();
    }

    @Example
    void aCostOverTheLimitNeverPassesHoweverLongItWaits() {
        GateRequest tooMuch = request(11, WindowPolicy.minute(10));
        assertThat(decide(tooMuch).policies().get(0).resetMillis()).isZero();
        decide(request(4, WindowPolicy.minute(10)));
        now += 20_000;
        assertThat(decide(tooMuch).policies().get(0).resetMillis()).isEqualTo(40_000);
        now += 60_000;
        assertThat(decide(tooMuch).isAdmitted()).isFalse();
    }

    @Example
    void aRefusedCostPassesAfterTheWaitItIsGivenAndNotBefore() {
        GateRequest five = request(5, WindowPolicy.minute(10));
        decide(request(2, WindowPolicy.minute(10)));
        now += 10_000;
        decide(request(6, WindowPolicy.minute(10)));
        now += 5_000;
        assertThat(decide(five).policies().get(0).resetMillis()).isEqualTo(55_000);
        now += 54_999;
        assertThat(decide(five.asPeek()).isAdmitted()).isFalse();
        now += 1;
        assertThat(decide(five).isAdmitted()).isTrue();
    }

    @Property
    void noWindowEverHoldsMoreThanItsLimit(
            @ForAll @Size(max = 60) List<@IntRange(min = 1, max = 12) Integer> costs,
            @ForAll @IntRange(min = 1, max = 20_000) int gap) {
        InMemoryGateStore fresh = new InMemoryGateStore(() -> now, 10);
        GateRequest one = request(1, WindowPolicy.minute(20)).withoutViolation();
        List<long[]> admitted = new ArrayList<>();
        long at = NOW;
        for (int cost : costs) {
            at += gap;
            GateRequest request =
                    GateRequest.charge(one.caller(), one.windows(), OptionalLong.empty(), cost, one.ladder());
            long from = at - 60_000;
            long held = admitted.stream()
                    .filter(entry -> entry[0] > from)
                    .mapToLong(entry -> entry[1])
                    .sum();
            boolean passes = fresh.decide(request, at).isAdmitted();
            assertThat(passes).isEqualTo(held + cost <= 20);
            if (passes) {
                admitted.add(new long[] {at, cost});
            }
        }
    }

    @Example
    void aCostOverTheQuotaIsRefusedAndIsNoViolation() {
        assertThat(decide(quota(10, 8)).isAdmitted()).isTrue();
        Decision refused = decide(quota(10, 3));
        assertThat(refused.outcome()).isEqualTo(Outcome.QUOTA_EXCEEDED);
        assertThat(refused.violated()).containsExactly("month");
        assertThat(refused.violations()).isEmpty();
        assertThat(remaining(refused, "month")).isEqualTo(2);
        assertThat(decide(quota(10, 2)).isAdmitted()).isTrue();
    }

    @Example
    void theQuotaRefusesBeforeTheWindowDoes() {
        decide(quota(5, 3, WindowPolicy.minute(3)));
        Decision refused = decide(quota(5, 3, WindowPolicy.minute(3)));
        assertThat(refused.outcome()).isEqualTo(Outcome.QUOTA_EXCEEDED);
        assertThat(refused.violated()).containsExactly("month");
    }

    @Example
    void aCostAboveAWholeLimitIsRefusedChargesNothingAndIsNoViolation() {
        decide(quota(100, 4, WindowPolicy.minute(10)));
        for (int i = 0; i < 8; i++) {
            Decision refused = decide(quota(100, 11, WindowPolicy.minute(10)));
            assertThat(refused.outcome()).isEqualTo(Outcome.COST_EXCEEDS_LIMIT);
            assertThat(refused.violated()).containsExactly("minute");
            assertThat(refused.violations()).isEmpty();
            assertThat(remaining(refused, "minute")).isEqualTo(6);
            assertThat(remaining(refused, "month")).isEqualTo(96);
        }
        Decision overTheQuota = decide(quota(100, 101));
        assertThat(overTheQuota.outcome()).isEqualTo(Outcome.COST_EXCEEDS_LIMIT);
        assertThat(overTheQuota.violated()).containsExactly("month");
        assertThat(decide(request(ADDRESS, OptionalLong.of(1), 5)).isAdmitted()).isTrue();
        assertThat(decide(quota(100, 6, WindowPolicy.minute(10))).isAdmitted()).isTrue();
    }

    @Example
    void aCostThatNeverFitsIsRefusedSoWhateverIsUsedUp() {
        decide(quota(10, 10, WindowPolicy.minute(10)));
        assertThat(decide(quota(10, 11, WindowPolicy.minute(20))).outcome()).isEqualTo(Outcome.COST_EXCEEDS_LIMIT);
        assertThat(decide(request(1, WindowPolicy.minute(0))).outcome()).isEqualTo(Outcome.COST_EXCEEDS_LIMIT);
        assertThat(decide(quota(11, 11, WindowPolicy.minute(20))).outcome()).isEqualTo(Outcome.QUOTA_EXCEEDED);
    }

    private static GateRequest inShadow(int cost, OptionalLong quota, WindowPolicy... windows) {
        return request(ACCOUNT, quota, cost, windows).ignoringBans();
    }

    @Property
    void whatIsNotEnforcedIsChargedToEachPolicyAsIfThatWereAlone(
            @ForAll @Size(max = 40) List<@IntRange(min = 1, max = 12) Integer> costs,
            @ForAll @IntRange(min = 1, max = 5_000) int gap) {
        WindowPolicy small = new WindowPolicy("small", "route:small", 3, 5_000);
        WindowPolicy[] windows = {WindowPolicy.minute(20), small};
        InMemoryGateStore all = new InMemoryGateStore(() -> now, 10);
        InMemoryGateStore minuteAlone = new InMemoryGateStore(() -> now, 10);
        InMemoryGateStore smallAlone = new InMemoryGateStore(() -> now, 10);
        InMemoryGateStore monthAlone = new InMemoryGateStore(() -> now, 10);
        long at = NOW;
        for (int cost : costs) {
            at += gap;
            Decision decision = all.decide(inShadow(cost, OptionalLong.of(90), windows), at);
            List<LimitStatus> alone = List.of(
                    minuteAlone
                            .decide(inShadow(cost, OptionalLong.empty(), windows[0]), at)
                            .policies()
                            .get(0),
                    smallAlone
                            .decide(inShadow(cost, OptionalLong.empty(), small), at)
                            .policies()
                            .get(0),
                    monthAlone
                            .decide(inShadow(cost, OptionalLong.of(90)), at)
                            .policies()
                            .get(0));
            assertThat(decision.policies()).isEqualTo(alone);
        }
    }

    @Example
    void theMonthCountsWithoutAQuotaToo() {
        decide(request(40));
        assertThat(remaining(decide(quota(100, 1).asPeek()), "month")).isEqualTo(60);
    }

    @Example
    void aNewMonthBeginsWithTheWholeQuota() {
        decide(quota(10, 10));
        now = BillingMonth.of(YearMonth.of(2026, 12)).startMillis();
        assertThat(remaining(decide(quota(10, 1)), "month")).isEqualTo(9);
    }

    @Example
    void anAddressHasNoMonth() {
        GateRequest request = request(ADDRESS, OptionalLong.of(1), 5, WindowPolicy.minute(10));
        Decision decision = decide(request);
        assertThat(decision.isAdmitted()).isTrue();
        assertThat(decision.policies()).extracting(LimitStatus::name).containsExactly("minute");
    }

    @Example
    void peekingChargesNothingAndRecordsNoViolation() {
        GateRequest request = quota(100, 5, WindowPolicy.minute(10));
        for (int i = 0; i < 3; i++) {
            Decision seen = decide(request.asPeek());
            assertThat(seen.isAdmitted()).isTrue();
            assertThat(remaining(seen, "minute")).isEqualTo(10);
            assertThat(remaining(seen, "month")).isEqualTo(100);
        }
        decide(request);
        decide(request);
        Decision refused = decide(request.asPeek());
        assertThat(refused.outcome()).isEqualTo(Outcome.RATE_LIMITED);
        assertThat(refused.violations()).isEqualTo(OptionalInt.of(0));
    }

    @Example
    void aCostChargedAfterwardsIsNoViolation() {
        decide(request(10, WindowPolicy.minute(10)));
        Decision later = decide(request(1, WindowPolicy.minute(10)).chargedLater(9));
        assertThat(later.violations()).isEmpty();
        assertThat(later.ban()).isEmpty();
        decide(request(1, ROUTE).chargedLater(9));
        assertThat(remaining(decide(request(1, ROUTE).asPeek()), "reports")).isEqualTo(91);
    }

    @Example
    void restoringSetsTheMonthAndThePermanentBanWhereThereAreNone() {
        BillingMonth month = BillingMonth.at(NOW);
        Ban permanent = Ban.starting(BanLevel.PERMANENT, "abuse", NOW);
        store.restore(ACCOUNT, month, new AccountStateSource.AccountState(60, Optional.empty()));
        assertThat(remaining(decide(quota(100, 1)), "month")).isEqualTo(39);
        store.restore(ACCOUNT, month, new AccountStateSource.AccountState(5, Optional.of(permanent)));
        assertThat(decide(quota(100, 1)).ban()).contains(permanent);
        assertThat(remaining(decide(quota(100, 1).ignoringBans()), "month")).isEqualTo(38);
        store.restore(ACCOUNT, month, AccountStateSource.AccountState.NONE);
        assertThat(decide(quota(100, 1)).ban()).contains(permanent);
    }

    @Example
    void theCallerLongestNotSeenIsForgottenBeyondTheCapacity() {
        InMemoryGateStore small = new InMemoryGateStore(() -> now, 2);
        WindowPolicy window = WindowPolicy.minute(10);
        small.decide(request(Caller.account("a"), OptionalLong.empty(), 10, window), now);
        small.decide(request(Caller.account("b"), OptionalLong.empty(), 10, window), now);
        small.decide(
                request(Caller.account("a"), OptionalLong.empty(), 1, window).asPeek(), now);
        small.decide(request(Caller.account("c"), OptionalLong.empty(), 10, window), now);
        assertThat(small.decide(request(Caller.account("a"), OptionalLong.empty(), 1, window), now)
                        .isAdmitted())
                .isFalse();
        assertThat(small.decide(request(Caller.account("b"), OptionalLong.empty(), 1, window), now)
                        .isAdmitted())
                .isTrue();
    }
}
