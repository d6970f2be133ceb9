package dev.tollgate.core.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.LimitStatus;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.core.traffic.CallerPeaks.Peak;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class CallerPeaksTest {

    private static final long HOUR = 3_600_000;
    private static final Caller CALLER = Caller.account("a");

    private final CallerPeaks peaks = new CallerPeaks();

    private static GateRequest request(int cost) {
        return GateRequest.charge(
                CALLER, List.of(WindowPolicy.minute(10)), OptionalLong.empty(), cost, BanLadder.STANDARD);
    }

    private static Decision decision(Decision.Outcome outcome, long at, long remaining) {
        return new Decision(
                outcome,
                at,
                List.of(new LimitStatus("minute", 10, 60, remaining, 0)),
                List.of(),
                OptionalInt.empty(),
                Optional.empty(),
                false,
                false);
    }

    @Test
    void windowAsRedisSeesItOverAllNodesIsThePeak() {
        peaks.observe(request(1), decision(Decision.Outcome.ADMITTED, HOUR, 3));
        assertThat(peaks.drain(HOUR)).containsExactly(new Peak(HOUR, "a", 7));
        assertThat(peaks.drain(HOUR)).as("only what rose is told").isEmpty();
    }

    @Test
    void windowsOfOtherLengthsHavePeaksOfTheirOwnAndThoseOfRoutesAndKeysNone() {
        GateRequest request = GateRequest.charge(
                CALLER,
                List.of(
                        WindowPolicy.minute(10),
                        WindowPolicy.ofTier("day", 100, 86_400),
                        new WindowPolicy("r", "route:r", 50, 10_000)),
                OptionalLong.empty(),
                1,
                BanLadder.STANDARD);
        Decision decision = Decision.admitted(
                HOUR,
                List.of(
                        new LimitStatus("minute", 10, 60, 8, 0),
                        new LimitStatus("day", 100, 86_400, 30, 0),
                        new LimitStatus("r", 50, 10, 1, 0)));
        peaks.observe(request, decision);
        assertThat(peaks.drain(HOUR))
                .containsExactlyInAnyOrder(new Peak(HOUR, "a", 2), new Peak(HOUR, "a", 86_400, 70));
        assertThat(peaks.drain(HOUR)).isEmpty();
    }

    @Test
    void refusedRequestsCountThoughTheyNeverEnterTheWindow() {
        for (int i = 0; i < 25; i++) {
            peaks.observe(request(1), decision(Decision.Outcome.RATE_LIMITED, HOUR + i, 0));
        }
        assertThat(peaks.drain(HOUR)).containsExactly(new Peak(HOUR, "a", 25));
    }

    @Test
    void oneRefusedRequestIsOneMoreThanFits() {
        peaks.observe(request(4), decision(Decision.Outcome.RATE_LIMITED, HOUR, 2));
        assertThat(peaks.drain(HOUR)).containsExactly(new Peak(HOUR, "a", 12));
    }

    @Test
    void callersWithoutALimitAreCountedByTheMinute() {
        GateRequest free = GateRequest.charge(CALLER, List.of(), OptionalLong.empty(), 1, BanLadder.STANDARD);
        for (int i = 0; i < 40; i++) {
            peaks.observe(free, Decision.admitted(HOUR + i * 3_000, List.of()));
        }
        assertThat(peaks.drain(HOUR)).containsExactly(new Peak(HOUR, "a", 20));
    }

    @Test
    void eachHourHasItsOwnPeak() {
        peaks.observe(request(1), decision(Decision.Outcome.ADMITTED, HOUR, 1));
        peaks.drain(HOUR);
        peaks.observe(request(1), decision(Decision.Outcome.ADMITTED, 2 * HOUR, 8));
        assertThat(peaks.drain(2 * HOUR)).containsExactly(new Peak(2 * HOUR, "a", 2));
    }

    @Test
    void bannedCallersAskForNothing() {
        Ban ban = Ban.starting(BanLevel.PERMANENT, "x", HOUR);
        peaks.observe(request(1), Decision.banned(HOUR, ban));
        assertThat(peaks.drain(HOUR)).isEmpty();
    }
}
