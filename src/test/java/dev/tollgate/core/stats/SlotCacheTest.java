package dev.tollgate.core.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A cache of slots holds the latest value of each slot, and no more values than slots. */
class SlotCacheTest {

    private static final int SIZE = 16;

    private final SlotCache<Integer> cache = new SlotCache<>(SIZE);

    private long held() {
        return IntStream.range(0, SIZE).filter(slot -> cache.get(slot) != null).count();
    }

    @Test
    void aValueIsFoundByItsHash() {
        assertThat(cache.get(7)).isNull();
        assertThat(cache.put(7, 70)).isEqualTo(70);
        assertThat(cache.get(7)).isEqualTo(70);
        assertThat(held()).isEqualTo(1);
    }

    @Test
    void theLatestValueOfASlotReplacesTheOneBefore() {
        cache.put(7, 70);
        cache.put(7, 71);
        assertThat(cache.get(7)).isEqualTo(71);
        assertThat(held()).isEqualTo(1);
    }

    @Test
    void anyHashHasASlotAndThereAreNoMoreValuesThanSlots() {
        new Random(1).ints(10_000).forEach(hash -> {
            cache.put(hash, hash);
            assertThat(cache.get(hash)).isEqualTo(hash);
        });
        assertThat(cache.put(Integer.MIN_VALUE, 1)).isEqualTo(1);
        assertThat(held()).isEqualTo(SIZE);
    }

    @Test
    void hashesThatDifferInTheirUpperBitsAloneSpreadOverTheSlots() {
        IntStream.range(0, SIZE).forEach(upper -> cache.put(upper << 16, upper));
        assertThat(held()).isEqualTo(SIZE);
    }

    @Test
    void theSizeIsAPowerOfTwo() {
        for (int size : new int[] {0, -1, 3, 100, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> new SlotCache<>(size)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(new SlotCache<>(1).get(5)).isNull();
    }
}
