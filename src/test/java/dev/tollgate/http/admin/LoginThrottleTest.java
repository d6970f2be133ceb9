package dev.tollgate.http.admin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LoginThrottleTest {

    private long now = 1_000_000;
    private final LoginThrottle bound = new LoginThrottle(() -> now * 1_000_000);

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            bound.failed("192.0.2.1", now);
        }
    }

    private long wait(String address) {
        return bound.waitSeconds(address, now);
    }

    @Test
    void fourFailuresCostNothingAndFurtherOnesTwiceAsMuchEach() {
        fail(4);
        assertThat(wait("192.0.2.1")).isZero();
        fail(1);
        assertThat(wait("192.0.2.1")).isEqualTo(1);
        fail(1);
        assertThat(wait("192.0.2.1")).isEqualTo(2);
        fail(3);
        assertThat(wait("192.0.2.1")).isEqualTo(16);
    }

    @Test
    void waitHasABoundAndEnds() {
        fail(1_000);
        assertThat(wait("192.0.2.1")).isEqualTo(LoginThrottle.LONGEST_SECONDS);
        now += LoginThrottle.LONGEST_SECONDS * 1_000L;
        assertThat(wait("192.0.2.1")).isZero();
    }

    @Test
    void othersAreNotHeldUpAndSuccessForgives() {
        fail(8);
        assertThat(wait("192.0.2.2")).isZero();
        bound.succeeded("192.0.2.1");
        assertThat(wait("192.0.2.1")).isZero();
        fail(1);
        assertThat(wait("192.0.2.1")).isZero();
    }

    @Test
    void failuresAreForgottenInAQuarterOfAnHour() {
        fail(8);
        now += 15 * 60_000 + 1;
        fail(1);
        assertThat(wait("192.0.2.1")).isZero();
    }

    @Test
    void attemptsUnderWayCountAsFailuresUntilTheyEnd() {
        for (int i = 0; i < LoginThrottle.FREE; i++) {
            assertThat(bound.isBusy("192.0.2.1")).isFalse();
            bound.begin("192.0.2.1");
        }
        assertThat(bound.isBusy("192.0.2.1")).isTrue();
        assertThat(bound.isBusy("192.0.2.2")).isFalse();
        bound.end("192.0.2.1");
        assertThat(bound.isBusy("192.0.2.1")).isFalse();
    }

    @Test
    void afterItsFailuresAnAddressTriesOneAtATime() {
        fail(LoginThrottle.FREE);
        now += 1_000;
        assertThat(bound.isBusy("192.0.2.1")).isFalse();
        bound.begin("192.0.2.1");
        assertThat(bound.isBusy("192.0.2.1")).isTrue();
    }
}
