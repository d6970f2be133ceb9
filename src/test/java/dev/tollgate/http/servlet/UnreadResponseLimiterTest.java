package dev.tollgate.http.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How many answers of a connection may wait to be read. */
class UnreadResponseLimiterTest {

    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final AtomicLong now = new AtomicLong();
    private final UnreadResponseLimiter answers = new UnreadResponseLimiter(4, LONGEST, now::get);

    private List<UnreadResponseLimiter.Permit> takeAll(String connection) {
        List<UnreadResponseLimiter.Permit> places = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            places.add(answers.tryAcquire(connection));
        }
        assertThat(places).doesNotContainNull();
        return places;
    }

    @Test
    void aConnectionHasFourPlacesAndAnotherHasItsOwn() {
        takeAll("a");
        assertThat(answers.tryAcquire("a")).isNull();
        assertThat(answers.tryAcquire("b")).isNotNull();
    }

    @Test
    void aPlaceThatIsGivenBackTwiceIsOnePlace() {
        UnreadResponseLimiter.Permit permit = takeAll("a").get(0);
        permit.release();
        permit.release();
        assertThat(answers.tryAcquire("a")).isNotNull();
        assertThat(answers.tryAcquire("a")).isNull();
    }

    @Test
    void aPlaceWhoseEndIsNeverReportedIsFreeAfterTheLongestTimeAlsoWhileItIsAskedFor() {
        takeAll("a");
        for (int second = 0; second < 29; second++) {
            now.addAndGet(Duration.ofSeconds(1).toNanos());
            assertThat(answers.tryAcquire("a")).isNull();
        }
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        takeAll("a");
    }

    @Test
    void connectionsThatAreGoneAreForgotten() {
        for (int i = 0; i < 10_000; i++) {
            answers.tryAcquire("127.0.0.1 " + i);
        }
        now.addAndGet(LONGEST.toNanos() + 1);
        // Caffeine drops some hundreds each time.
        for (int i = 0; i < 1_000 && answers.connections() > 0; i++) {
            now.incrementAndGet();
        }
        assertThat(answers.connections()).isZero();
    }

    @Test
    void aCrowdOnOneConnectionNeverHoldsMoreThanFour() {
        AtomicInteger held = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<CompletableFuture<Void>> crowd = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            crowd.add(CompletableFuture.runAsync(
                    () -> {
                        for (int k = 0; k < 5_000; k++) {
                            UnreadResponseLimiter.Permit permit = answers.tryAcquire("a");
                            if (permit != null) {
                                most.accumulateAndGet(held.incrementAndGet(), Math::max);
                                held.decrementAndGet();
                                permit.release();
                            }
                        }
                    },
                    task -> new Thread(task).start()));
        }
        crowd.forEach(CompletableFuture::join);
        assertThat(most.get()).isBetween(1, 4);
        takeAll("a");
    }
}
