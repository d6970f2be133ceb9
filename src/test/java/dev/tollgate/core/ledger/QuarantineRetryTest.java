package dev.tollgate.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.usage.KeyUsage.ProviderDay;
import dev.tollgate.core.usage.UsageCounts;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Counts Redis could not hold exactly are not given back to it: they would come out as others. */
class QuarantineRetryTest {

    private record OneRow(UsageCounts counts) implements Quarantine {

        @Override
        public Optional<Entry> find(long batchId, String keyId) {
            ProviderDay at = new ProviderDay("s3", LocalDate.of(2026, 11, 22));
            return Optional.of(new Entry(Map.of(at, counts), counts.totalRequests(), true));
        }

        @Override
        public boolean remove(long batchId, String keyId) {
            throw new AssertionError("the row has to stay");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 53, Long.MAX_VALUE, -1})
    void countsBeyondTheBoundStayWhereTheyAre(long count) {
        for (UsageCounts counts : new UsageCounts[] {
            new UsageCounts(1, 1, 0, 1, count, 1, Map.of()),
            new UsageCounts(1, 1, 0, count, 1, 1, Map.of()),
            new UsageCounts(1, 1, 0, 1, 1, 1, Map.of("image/png", count)),
            new UsageCounts(count, 1, 0, 1, 1, 1, Map.of())
        }) {
            // There is no Redis: asking it would fail.
            QuarantineRetry retry = new QuarantineRetry(null, new OneRow(counts));
            assertThat(retry.retry(1, "key")).isEqualTo(QuarantineRetry.Outcome.NOT_COUNTS);
        }
    }
}
