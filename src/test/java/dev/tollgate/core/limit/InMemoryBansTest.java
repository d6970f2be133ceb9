package dev.tollgate.core.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.Decision.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import net.jqwik.api.Example;

/** Violations and bans without Redis: how violations climb the ladder, and what a ban refuses. */
class InMemoryBansTest extends InMemoryGateStoreCase {

    /** A window that another request filled, for a day, and which the account's other requests do not use. */
    private static final WindowPolicy FULL = new WindowPolicy("full", "route:full", 1, 86_400_000);

    /** Makes a request that is one over its window. */
    private Decision over() {
        return decide(over(LADDER));
    }

    private GateRequest over(BanLadder ladder) {
        decide(request(1, FULL).ignoringBans());
        return GateRequest.charge(ACCOUNT, List.of(FULL), OptionalLong.empty(), 1, ladder);
    }

    /** Brings the account its first ban, by two violations. */
    private Ban banByViolations() {
        over();
        return over().ban().orElseThrow();
    }

    @Example
    void violationsClimbTheLadder() {
        Decision first = over();
        assertThat(first.violations()).isEqualTo(OptionalInt.of(1));
        assertThat(first.outcome()).isEqualTo(Outcome.RATE_LIMITED);
        Decision second = over();
        assertThat(second.outcome()).isEqualTo(Outcome.BANNED);
        assertThat(second.banApplied()).isTrue();
        Ban ban = second.ban().orElseThrow();
        assertThat(ban.level().label()).isEqualTo("5_MIN");
        assertThat(ban.reason()).isEqualTo("2 requests over the limit");

        Decision banned = decide(request(1, WindowPolicy.minute(10)));
        assertThat(banned.ban()).contains(ban);
        assertThat(banned.banApplied()).isFalse();
        assertThat(banned.violations()).isEmpty();

        now = ban.expiresAt().orElseThrow();
        assertThat(decide(request(1, WindowPolicy.minute(10))).isAdmitted()).isTrue();
        assertThat(over().ban().orElseThrow().level().label()).isEqualTo("1_DAY");
    }

    @Example
    void violationsAreForgottenAfterTheLaddersMemory() {
        over();
        now += LADDER.memory().toMillis() - 1;
        assertThat(decide(over(LADDER).asPeek()).violations()).isEqualTo(OptionalInt.of(1));
        now += 1;
        assertThat(over().violations()).isEqualTo(OptionalInt.of(1));
    }

    @Example
    void oneViolationAMinuteIsTheFirst() {
        BanLadder patient = new BanLadder(List.of(), Duration.ofDays(7));
        GateRequest refused = over(patient);
        assertThat(decide(refused).firstInWindow()).isTrue();
        now += 30_000;
        assertThat(decide(refused).firstInWindow()).isFalse();
        now += 59_999;
        assertThat(decide(refused).firstInWindow()).isFalse();
        now += 60_000;
        assertThat(decide(refused).firstInWindow()).isTrue();
    }

    @Example
    void aRequestWithoutALadderIsRefusedAndAddsNoViolation() {
        for (int i = 0; i < 4; i++) {
            Decision refused = decide(over(LADDER).withoutViolation());
            assertThat(refused.outcome()).isEqualTo(Outcome.RATE_LIMITED);
            assertThat(refused.violations()).isEqualTo(OptionalInt.of(0));
        }
        assertThat(over().violations()).isEqualTo(OptionalInt.of(1));
        assertThat(decide(over(LADDER).withoutViolation()).violations()).isEqualTo(OptionalInt.of(0));
    }

    @Example
    void aBanDoesNotRefuseWhatIsNotEnforced() {
        banByViolations();
        Decision seen = decide(request(2, WindowPolicy.minute(10)).ignoringBans());
        assertThat(seen.isAdmitted()).isTrue();
        assertThat(seen.ban()).isEmpty();
    }

    @Example
    void aLongerBanReplacesAShorterOneAndNotTheOtherWayRound() {
        BanLevel hour = BanLevel.lasting(Duration.ofHours(1));
        BanLevel minute = BanLevel.lasting(Duration.ofMinutes(1));
        Ban first = store.ban(ACCOUNT, hour, "by hand").toCompletableFuture().join();
        assertThat(first.level()).isEqualTo(hour);
        assertThat(store.ban(ACCOUNT, minute, "again").toCompletableFuture().join())
                .isEqualTo(first);
        assertThat(store.ban(ACCOUNT, BanLevel.PERMANENT, "for good")
                        .toCompletableFuture()
                        .join()
                        .level())
                .isEqualTo(BanLevel.PERMANENT);
    }

    @Example
    void liftingABanClearsTheViolationsAndKeepsTheWindows() {
        decide(request(7, WindowPolicy.minute(10)));
        Ban ban = banByViolations();
        assertThat(store.lift(ACCOUNT).toCompletableFuture().join()).contains(ban);
        assertThat(store.lift(ACCOUNT).toCompletableFuture().join()).isEmpty();
        Decision next = decide(request(3, WindowPolicy.minute(10)));
        assertThat(next.isAdmitted()).isTrue();
        assertThat(remaining(next, "minute")).isZero();
        assertThat(over().violations()).isEqualTo(OptionalInt.of(1));
    }

    @Example
    void liftingTheBanOfAnUnknownCallerFindsNone() {
        assertThat(store.lift(Caller.account("stranger")).toCompletableFuture().join())
                .isEmpty();
    }
}
