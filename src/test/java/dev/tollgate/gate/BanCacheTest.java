package dev.tollgate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BanCacheTest {

    private static final Caller CALLER = Caller.account("a");

    private final AtomicLong clock = new AtomicLong(1_000_000);
    private final BanCache banCache = new BanCache(100, clock::get);

    private static Decision banned(long redisNow) {
        return Decision.banned(redisNow, Ban.starting(BanLevel.lasting(Duration.ofSeconds(10)), "test", redisNow));
    }

    @Test
    void aBanIsHeldUntilItEndsOnRedisClockWhateverThisNodesClockSays() {
        long redisAhead = 5_000_000;
        assertThat(banCache.learn(CALLER, banned(clock.get() + redisAhead), banCache.forgotten()))
                .isTrue();
        clock.addAndGet(9_999);
        assertThat(banCache.find(CALLER)).isPresent();
        clock.addAndGet(1);
        assertThat(banCache.find(CALLER)).isEmpty();
    }

    @Test
    void aBanAskedAboutBeforeItWasLiftedIsNotLearntAfterwards() {
        long asked = banCache.forgotten();
        banCache.forget(CALLER);
        assertThat(banCache.learn(CALLER, banned(clock.get()), asked)).isFalse();
        assertThat(banCache.find(CALLER)).isEmpty();
    }

    @Test
    void aBanIsNewOnce() {
        assertThat(banCache.learn(CALLER, banned(clock.get()), banCache.forgotten()))
                .isTrue();
        assertThat(banCache.learn(CALLER, banned(clock.get()), banCache.forgotten()))
                .isFalse();
    }
}
