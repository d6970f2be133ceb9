package dev.tollgate.core.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.analytics.query.FileTypesQuery;
import dev.tollgate.core.analytics.query.ReportQuery;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RetryingReportsTest {

    private static final ReportQuery QUERY = new FileTypesQuery();

    private final AtomicInteger asked = new AtomicInteger();

    private UsageReports away(int times) {
        return (keyId, query) -> {
            if (asked.incrementAndGet() <= times) {
                throw new DatabaseUnavailableException(new IllegalStateException("refused"));
            }
            return Optional.empty();
        };
    }

    @Test
    void aDatabaseThatIsBackInAMomentIsWaitedFor() {
        assertThat(new RetryingReports(away(3), Duration.ofMinutes(1), 1, System::nanoTime).settled("key", QUERY))
                .isEmpty();
        assertThat(asked).hasValue(4);
    }

    @Test
    void anOutageThatIsOlderHoldsUpNobody() {
        RetryingReports reports =
                new RetryingReports(away(Integer.MAX_VALUE), Duration.ofMillis(250), 1, System::nanoTime);
        assertThatThrownBy(() -> reports.settled("key", QUERY)).isInstanceOf(DatabaseUnavailableException.class);
        int before = asked.get();
        assertThat(before).isGreaterThan(1);
        assertThatThrownBy(() -> reports.settled("key", QUERY)).isInstanceOf(DatabaseUnavailableException.class);
        assertThat(asked).as("asked once, and not again").hasValue(before + 1);
    }

    @Test
    void theNextOutageIsWaitedForAgain() {
        AtomicInteger times = new AtomicInteger(Integer.MAX_VALUE);
        RetryingReports reports = new RetryingReports(
                (keyId, query) -> {
                    if (times.getAndDecrement() > 0) {
                        throw new DatabaseUnavailableException(new IllegalStateException("refused"));
                    }
                    return Optional.empty();
                },
                Duration.ofMillis(250),
                1,
                System::nanoTime);
        assertThatThrownBy(() -> reports.settled("key", QUERY)).isInstanceOf(DatabaseUnavailableException.class);
        times.set(0);
        assertThat(reports.settled("key", QUERY)).isEmpty();
        times.set(1);
        assertThat(reports.settled("key", QUERY)).isEmpty();
    }

    @Test
    void whoFindsNoSeatIsToldAtOnce() {
        CountDownLatch second = new CountDownLatch(2);
        CountDownLatch back = new CountDownLatch(1);
        RetryingReports reports = new RetryingReports(
                (keyId, query) -> {
                    second.countDown();
                    if (back.getCount() > 0) {
                        throw new DatabaseUnavailableException(new IllegalStateException("refused"));
                    }
                    return Optional.empty();
                },
                Duration.ofMinutes(1),
                1,
                System::nanoTime);
        CompletableFuture<Optional<SettledUsage>> waiting =
                CompletableFuture.supplyAsync(() -> reports.settled("key", QUERY));
        await(second);
        assertThatThrownBy(() -> reports.settled("other", QUERY)).isInstanceOf(DatabaseUnavailableException.class);
        assertThat(waiting).isNotDone();
        back.countDown();
        assertThat(waiting.join()).isEmpty();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new CompletionException(e);
        }
    }
}
