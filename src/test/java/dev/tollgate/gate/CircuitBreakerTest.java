package dev.tollgate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CircuitBreakerTest {

    private final CircuitBreaker breaker = new CircuitBreaker(3, 0, 100, 400);

    private void fail(int times, long now) {
        for (int i = 0; i < times; i++) {
            breaker.onError(now);
        }
    }

    @Test
    void opensAfterFailuresInARowAndTurnsCallsAway() {
        fail(2, 0);
        assertThat(breaker.tryAcquirePermission(0)).isTrue();
        assertThat(breaker.onError(0)).as("this one opens it").isTrue();
        assertThat(breaker.tryAcquirePermission(99)).isFalse();
    }

    @Test
    void oneStallThatFailsEveryRequestUnderWayCountsOnce() {
        CircuitBreaker spaced = new CircuitBreaker(3, 50, 100, 400);
        for (int i = 0; i < 64; i++) {
            spaced.onError(1_000);
        }
        assertThat(spaced.state()).isEqualTo(CircuitBreaker.State.CLOSED);
        spaced.onError(1_050);
        assertThat(spaced.onError(1_100)).as("three stalls in a row").isTrue();
    }

    @Test
    void aSuccessInBetweenStartsTheRowAnew() {
        fail(2, 0);
        breaker.onSuccess();
        fail(2, 0);
        assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void letsOneProbeThroughAfterThePause() {
        fail(3, 0);
        assertThat(breaker.tryAcquirePermission(100)).isTrue();
        assertThat(breaker.tryAcquirePermission(101)).isFalse();
        assertThat(breaker.state()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
    }

    @Test
    void closesAtOnceWhenTheProbeSucceeds() {
        fail(3, 0);
        breaker.tryAcquirePermission(100);
        assertThat(breaker.onSuccess()).as("it was not closed before").isTrue();
        assertThat(breaker.tryAcquirePermission(101)).isTrue();
        assertThat(breaker.onSuccess()).isFalse();
    }

    @Test
    void doublesThePauseUpToItsBoundWhileProbesFail() {
        fail(3, 0);
        assertThat(breaker.tryAcquirePermission(100)).isTrue();
        breaker.onError(100);
        assertThat(breaker.tryAcquirePermission(299)).isFalse();
        assertThat(breaker.tryAcquirePermission(300)).isTrue();
        breaker.onError(300);
        assertThat(breaker.tryAcquirePermission(700)).isTrue();
        breaker.onError(700);
        assertThat(breaker.tryAcquirePermission(1_099)).isFalse();
        assertThat(breaker.tryAcquirePermission(1_100)).isTrue();
    }

    @Test
    void aProbeThatNeverReportsPassesItsTurnOn() {
        fail(3, 0);
        assertThat(breaker.tryAcquirePermission(100)).isTrue();
        assertThat(breaker.tryAcquirePermission(150)).isFalse();
        assertThat(breaker.tryAcquirePermission(200)).isTrue();
    }
}
