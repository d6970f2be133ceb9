package dev.tollgate.core.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class TrafficTest {

    private TrafficCounts totals = new TrafficCounts(5, 0, 0, 0, 0, 0, 0);
    private final Away store = new Away();
    private final Traffic traffic = new Traffic(() -> totals, store);

    /** Redis while it is away. */
    private static final class Away implements TrafficStore {
        private final List<Long> told = new ArrayList<>();

        @Override
        public CompletionStage<Void> add(long second, TrafficCounts counts) {
            told.add(second);
            return CompletableFuture.failedFuture(new IllegalStateException("away"));
        }

        @Override
        public CompletionStage<List<TrafficCounts>> read(long from, int seconds, int step) {
            return CompletableFuture.failedFuture(new IllegalStateException("away"));
        }
    }

    private void admit(long requests) {
        totals = totals.plus(new TrafficCounts(requests, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void withoutRedisThisNodesOwnSecondsAreTold() {
        admit(3);
        traffic.tick(101_000);
        traffic.tick(102_000);
        admit(4);
        traffic.tick(103_000);
        TrafficHistory history = traffic.last(4, 1, 104_000);
        assertThat(history.scope()).isEqualTo(TrafficHistory.NODE);
        assertThat(history.from()).isEqualTo(99);
        assertThat(history.sums()).extracting(TrafficCounts::admitted).containsExactly(0L, 3L, 0L, 4L);
        assertThat(store.told).as("seconds without traffic cost no call").containsExactly(100L, 102L);
    }

    @Test
    void whatWasThereBeforeTheStartIsNoTraffic() {
        traffic.tick(101_000);
        assertThat(traffic.last(3, 1, 103_000).sums()).containsOnly(TrafficCounts.NONE);
    }

    @Test
    void sumsBeginAtMultiplesOfTheirLengthSoThatTheyDoNotChange() {
        for (long second = 1; second <= 60; second++) {
            admit(1);
            traffic.tick(second * 1_000);
        }
        TrafficHistory early = traffic.last(30, 10, 55_000);
        TrafficHistory late = traffic.last(30, 10, 58_000);
        assertThat(early).isEqualTo(late);
        assertThat(early.from()).isEqualTo(20);
        assertThat(early.sums()).extracting(TrafficCounts::admitted).containsExactly(10L, 10L, 10L);
    }

    @Test
    void secondsOlderThanAnHourAreForgotten() {
        admit(7);
        traffic.tick(1_000);
        admit(1);
        traffic.tick(3_602_000);
        assertThat(traffic.last(3_600, 1, 3_604_000).sums().stream()
                        .mapToLong(TrafficCounts::admitted)
                        .sum())
                .isEqualTo(1);
    }
}
