package dev.tollgate.gate.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HotCallersTest {

    private static final long PERIOD = 300_000_000;

    private final HotCallers hot = new HotCallers(8, PERIOD);

    private boolean countTimes(int times, int hash, long nanos) {
        boolean last = false;
        for (int i = 0; i < times; i++) {
            last = hot.count(hash, nanos);
        }
        return last;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 123_456_789_000L, -123_456_789_000L})
    void aCallerIsHotFromTheEighthRequestOfAPeriod(long now) {
        assertThat(countTimes(7, 42, now)).isFalse();
        assertThat(hot.count(42, now)).isTrue();
        assertThat(hot.count(42, now)).isTrue();
    }

    @Test
    void theNextPeriodCountsAnew() {
        countTimes(7, 42, 0);
        assertThat(countTimes(7, 42, PERIOD)).isFalse();
        assertThat(hot.count(42, PERIOD)).isTrue();
        assertThat(countTimes(7, 42, 2 * PERIOD)).isFalse();
    }

    @Test
    void callersWhoAskOnceAreNeverHot() {
        assertThat(IntStream.range(0, 200_000)
                        .map(i -> i * 31 + 7)
                        .filter(hash -> hot.count(hash, 0))
                        .count())
                .isZero();
    }

    @Test
    void twoCallersOfOneCounterOnlyDelayEachOther() {
        int one = 0;
        int other = IntStream.iterate(1, i -> i + 1)
                .filter(i -> i * 0x9E3779B9 >>> 18 == 0)
                .findFirst()
                .orElseThrow();
        for (int i = 0; i < 20; i++) {
            assertThat(hot.count(one, 0)).isFalse();
            assertThat(hot.count(other, 0)).isFalse();
        }
        assertThat(countTimes(8, one, 0)).isTrue();
    }
}
