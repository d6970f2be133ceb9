package dev.tollgate.core.lease;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecentUseTest {

    private static final long SPAN = 800;

    private final RecentUse use = new RecentUse(SPAN);

    /** The origin of a monotonic clock is any number. */
    @ParameterizedTest
    @ValueSource(longs = {0, 8_000_000, -8_000_000, -400})
    void unitsCountForTheSpanAndAreForgottenAfterIt(long origin) {
        assertThat(use.sum(origin)).isZero();
        use.add(5, origin);
        use.add(2, origin + 350);
        assertThat(use.sum(origin + 350)).isEqualTo(7);
        assertThat(use.sum(origin + SPAN - 1)).isEqualTo(7);
        assertThat(use.sum(origin + SPAN)).isEqualTo(2);
        assertThat(use.sum(origin + SPAN + 299)).isEqualTo(2);
        assertThat(use.sum(origin + SPAN + 300)).as("to an eighth of the span").isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {SPAN, 10 * SPAN, 1L << 60})
    void aLongPauseForgetsAll(long pause) {
        for (int i = 0; i < 8; i++) {
            use.add(1, i * 100);
        }
        assertThat(use.sum(799)).isEqualTo(8);
        assertThat(use.sum(799 + pause)).isZero();
        use.add(3, 800 + pause);
        assertThat(use.sum(800 + pause)).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 100})
    void asManyUnitsAsAreAddedWithinASpanAreSummed(int perPart) {
        for (int part = 0; part < 100; part++) {
            use.add(perPart, part * 100L);
            assertThat(use.sum(part * 100L)).isEqualTo((long) Math.min(part + 1, 8) * perPart);
        }
    }
}
