package dev.tollgate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MemoryGuardTest {

    private static final Caller CALLER = Caller.account("a");

    private final AtomicLong clock = new AtomicLong(1_000_000);
    private final MemoryGuard guard = new MemoryGuard(100, clock::get);

    private static Decision banned(long redisNow) {
        return Decision.banned(redisNow, Ban.starting(BanLevel.lasting(Duration.ofSeconds(10)), "test", redisNow));
    }

    @Test
    void aBanIsHeldUntilItEndsOnRedisClockWhateverThisNodesClockSays() {
        long redisAhead = 5_000_000;
        assertThat(guard.learn(CALLER, banned(clock.get() + redisAhead), guard.forgotten()))
                .isTrue();
        clock.addAndGet(9_999);
        assertThat(guard.refuses(CALLER)).isPresent();
        clock.addAndGet(1);
        assertThat(guard.refuses(CALLER)).isEmpty();
    }

    @Test
    void aBanAskedAboutBeforeItWasLiftedIsNotLearntAfterwards() {
        long asked = guard.forgotten();
        guard.forget(CALLER);
        assertThat(guard.learn(CALLER, banned(clock.get()), asked)).isFalse();
        assertThat(guard.refuses(CALLER)).isEmpty();
    }

    @Test
    void aBanIsNewOnce() {
        assertThat(guard.learn(CALLER, banned(clock.get()), guard.forgotten())).isTrue();
        assertThat(guard.learn(CALLER, banned(clock.get()), guard.forgotten())).isFalse();
    }
}
