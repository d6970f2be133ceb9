package dev.tollgate.core.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.fixture.Ports;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SingleFlightTest {

    private final SingleFlight<String, Integer> flights = new SingleFlight<>(10_000, IllegalStateException::new);
    private final AtomicInteger loads = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private int loadOnceReleased(CountDownLatch begun, CountDownLatch release) {
        int load = loads.incrementAndGet();
        begun.countDown();
        try {
            assertThat(release.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return load;
    }

    @Test
    void whoeverComesDuringALoadSharesIt() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        List<Future<Optional<Integer>>> answers = new ArrayList<>();
        answers.add(threads.submit(() -> flights.join("a", flights.arrive(), () -> loadOnceReleased(begun, release))));
        begun.await();
        long arrival = flights.arrive();
        for (int i = 0; i < 50; i++) {
            answers.add(threads.submit(() -> flights.join("a", arrival, loads::incrementAndGet)));
        }
        release.countDown();
        for (Future<Optional<Integer>> answer : answers) {
            // Whoever joined too late to share it, but had looked before it landed, is told to look again.
            assertThat(answer.get(10, TimeUnit.SECONDS).orElse(1)).isEqualTo(1);
        }
        assertThat(loads).hasValue(1);
    }

    @Test
    void whoLookedBeforeALandingIsToldToLookAgain() {
        long arrival = flights.arrive();
        assertThat(flights.join("a", flights.arrive(), loads::incrementAndGet)).contains(1);
        assertThat(flights.join("a", arrival, loads::incrementAndGet)).isEmpty();
        assertThat(flights.join("a", flights.arrive(), loads::incrementAndGet)).contains(2);
    }

    @Test
    void otherNamesDoNotWait() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Future<?> slow =
                threads.submit(() -> flights.join("a", flights.arrive(), () -> loadOnceReleased(begun, release)));
        begun.await();
        assertThat(flights.join("b", flights.arrive(), () -> 42)).contains(42);
        release.countDown();
        slow.get(10, TimeUnit.SECONDS);
    }

    @Test
    void aLoadThatBeganBeforeOneArrivedIsWaitedForButNotUsedByWhoNeedsALaterOne() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Future<Optional<Integer>> early =
                threads.submit(() -> flights.join("a", flights.arrive(), () -> loadOnceReleased(begun, release)));
        begun.await();
        long arrival = flights.arrive();
        Future<Integer> late = threads.submit(() -> flights.joinLater("a", arrival, loads::incrementAndGet));
        release.countDown();
        assertThat(early.get(10, TimeUnit.SECONDS)).contains(1);
        assertThat(late.get(10, TimeUnit.SECONDS)).isEqualTo(2);
    }

    @Test
    void aFailureIsSharedByThoseWhoWaitedAndForgottenAfterwards() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<Thread> waiting = new CompletableFuture<>();
        Future<?> first = threads.submit(() -> flights.join("a", flights.arrive(), () -> {
            loadOnceReleased(begun, release);
            throw new ArithmeticException("on purpose");
        }));
        begun.await();
        Future<?> second = threads.submit(() -> {
            waiting.complete(Thread.currentThread());
            return flights.join("a", flights.arrive(), loads::incrementAndGet);
        });
        Thread waiter = waiting.get();
        Ports.await("waiting", Duration.ofSeconds(10), () -> waiter.getState() == Thread.State.TIMED_WAITING);
        release.countDown();
        for (Future<?> answer : List.of(first, second)) {
            assertThatThrownBy(() -> answer.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(ArithmeticException.class);
        }
        assertThat(flights.join("a", flights.arrive(), () -> 7)).contains(7);
    }
}
