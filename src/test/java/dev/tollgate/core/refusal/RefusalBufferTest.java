package dev.tollgate.core.refusal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.core.limit.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RefusalBufferTest {

    private static final RefusalReason REASON =
            new RefusalReason("uploads", "minute", 429, "RATE_LIMIT_EXCEEDED", false);

    private final RefusalBuffer buffer = new RefusalBuffer(10);
    private final List<RefusalRow> written = new ArrayList<>();

    private static RefusalRow row(int id, long count) {
        Caller caller = Caller.address("192.0.2.7");
        return new RefusalRow("row-" + id, 1, 1, caller, null, "192.0.2.7", "request", REASON, count);
    }

    private static List<RefusalRow> rows(int from, int to) {
        return IntStream.range(from, to).mapToObj(id -> row(id, 1)).toList();
    }

    @Test
    void rowsGoOnInPortionsOldestFirst() {
        buffer.put(rows(0, 7));
        List<Integer> portions = new ArrayList<>();
        buffer.flush(3, portion -> {
            portions.add(portion.size());
            written.addAll(portion);
        });
        assertThat(portions).containsExactly(3, 3, 1);
        assertThat(written).isEqualTo(rows(0, 7));
        assertThat(buffer.waiting()).isZero();
    }

    @Test
    void beyondTheBoundNewRowsAreDroppedAndCounted() {
        buffer.put(rows(0, 13));
        buffer.put(List.of(row(3, 8), row(4, 9)));
        assertThat(buffer.waiting()).isEqualTo(10);
        assertThat(buffer.dropped()).isEqualTo(3);
        buffer.drop(2);
        assertThat(buffer.dropped()).isEqualTo(5);
    }

    @Test
    void ofARowThatWaitsTheLargerCountStays() {
        buffer.put(List.of(row(1, 5), row(1, 3), row(1, 9), row(1, 2)));
        buffer.flush(10, written::addAll);
        assertThat(written).containsExactly(row(1, 9));
    }

    @Test
    void whatCouldNotBeWrittenWaitsForTheNextTimeWithTheCountOfNow() {
        buffer.put(rows(0, 4));
        assertThatThrownBy(() -> buffer.flush(2, portion -> {
                    buffer.put(List.of(row(0, 6)));
                    throw new IllegalStateException("away");
                }))
                .hasMessage("away");
        assertThat(buffer.waiting()).isEqualTo(4);
        buffer.flush(10, written::addAll);
        assertThat(written).containsExactlyInAnyOrder(row(0, 6), row(1, 1), row(2, 1), row(3, 1));
        assertThat(buffer.dropped()).isZero();
    }
}
