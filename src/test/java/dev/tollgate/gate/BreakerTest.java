package dev.tollgate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BreakerTest {

    private final Breaker breaker = new Breaker(3, 0, 100, 400);

    private void fail(int times, long now) {
        for (int i = 0; i < times; i++) {
            breaker.failed(now);
        }
    }

    @Test
    void opensAfterFailuresInARowAndTurnsCallsAway() {
        fail(2, 0);
        assertThat(breaker.permits(0)).isTrue();
        assertThat(breaker.failed(0)).as("this one opens it").isTrue();
        assertThat(breaker.permits(99)).isFalse();
    }

    @Test
    void oneStallThatFailsEveryRequestUnderWayCountsOnce() {
        Breaker spaced = new Breaker(3, 50, 100, 400);
        for (int i = 0; i < 64; i++) {
            spaced.failed(1_000);
        }
        assertThat(spaced.state()).isEqualTo(Breaker.State.CLOSED);
        spaced.failed(1_050);
        assertThat(spaced.failed(1_100)).as("three stalls in a row").isTrue();
    }

    @Test
    void aSuccessInBetweenStartsTheRowAnew() {
        fail(2, 0);
        breaker.succeeded();
        fail(2, 0);
        assertThat(breaker.state()).isEqualTo(Breaker.State.CLOSED);
    }

    @Test
    void letsOneProbeThroughAfterThePause() {
        fail(3, 0);
        assertThat(breaker.permits(100)).isTrue();
        assertThat(breaker.permits(101)).isFalse();
        assertThat(breaker.state()).isEqualTo(Breaker.State.HALF_OPEN);
    }

    @Test
    void closesAtOnceWhenTheProbeSucceeds() {
        fail(3, 0);
        breaker.permits(100);
        assertThat(breaker.succeeded()).as("it was not closed before").isTrue();
        assertThat(breaker.permits(101)).isTrue();
        assertThat(breaker.succeeded()).isFalse();
    }

    @Test
    void doublesThePauseUpToItsBoundWhileProbesFail() {
        fail(3, 0);
        assertThat(breaker.permits(100)).isTrue();
        breaker.failed(100);
        assertThat(breaker.permits(299)).isFalse();
        assertThat(breaker.permits(300)).isTrue();
        breaker.failed(300);
        assertThat(breaker.permits(700)).isTrue();
        breaker.failed(700);
        assertThat(breaker.permits(1_099)).isFalse();
        assertThat(breaker.permits(1_100)).isTrue();
    }

    @Test
    void aProbeThatNeverReportsPassesItsTurnOn() {
        fail(3, 0);
        assertThat(breaker.permits(100)).isTrue();
        assertThat(breaker.permits(150)).isFalse();
        assertThat(breaker.permits(200)).isTrue();
    }
}
