package dev.tollgate.core.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class MeasureTest {

    @Property
    void everyValueIsInTheOneBucketItBelongsTo(@ForAll @Size(max = 50) List<@LongRange(max = 40) Long> values) {
        Histogram histogram = new Histogram(1, 10, 20);
        values.forEach(histogram::record);
        Histogram.Snapshot snapshot = histogram.snapshot();
        long[] counts = new long[4];
        values.forEach(value -> counts[value <= 1 ? 0 : value <= 10 ? 1 : value <= 20 ? 2 : 3]++);
        assertThat(snapshot.buckets().stream().mapToLong(Histogram.Bucket::count))
                .containsExactly(box(counts));
        assertThat(snapshot.count()).isEqualTo(values.size());
        assertThat(snapshot.sum()).isEqualTo(values.stream().mapToLong(v -> v).sum());
    }

    private static Long[] box(long[] counts) {
        return Arrays.stream(counts).boxed().toArray(Long[]::new);
    }

    @Test
    void aBucketRemembersAnExampleASecondAtMost() {
        Histogram histogram = new Histogram(10);
        histogram.record(5, null, 1_000);
        assertThat(histogram.snapshot().buckets().get(0).example()).isNull();
        histogram.record(6, "a", 1_000);
        histogram.record(7, "b", 1_999);
        assertThat(histogram.snapshot().buckets().get(0).example()).isEqualTo(new Histogram.Exemplar(6, "a", 1_000));
        histogram.record(8, "c", 2_000);
        assertThat(histogram.snapshot().buckets().get(0).example().traceId()).isEqualTo("c");
        assertThat(histogram.snapshot().buckets().get(1).example()).isNull();
    }

    @Test
    void boundsThatDoNotAscendAreRefused() {
        assertThatThrownBy(() -> new Histogram(1, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void namesBeyondTheBoundAreCountedTogether() {
        BoundedCounters tallies = new BoundedCounters(2);
        for (int i = 0; i < 1_000; i++) {
            tallies.count("name-" + i);
        }
        tallies.count("name-0");
        assertThat(tallies.counts())
                .containsEntry("name-0", 2L)
                .containsEntry("other", 998L)
                .hasSize(3);
    }
}
