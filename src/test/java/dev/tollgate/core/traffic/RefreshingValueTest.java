package dev.tollgate.core.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RefreshingValueTest {

    private static final long FOR_MILLIS = 5_000;

    private final AtomicLong clock = new AtomicLong(1_000_000);
    private final AtomicInteger asked = new AtomicInteger();
    private final Queue<Runnable> later = new ConcurrentLinkedQueue<>();

    @Test
    void aReaderAfterARestGetsANewAnswer() {
        RefreshingValue<Integer> value =
                new RefreshingValue<>(asked::incrementAndGet, FOR_MILLIS, clock::get, Runnable::run);
        assertThat(value.get()).contains(1);
        clock.addAndGet(60_000);
        assertThat(value.get()).contains(2);
    }

    @Test
    void readersInAnIntervalShareAnAnswer() {
        RefreshingValue<Integer> value =
                new RefreshingValue<>(asked::incrementAndGet, FOR_MILLIS, clock::get, Runnable::run);
        for (int i = 0; i < 5; i++) {
            assertThat(value.get()).contains(1);
            clock.addAndGet(FOR_MILLIS / 5 - 1);
        }
    }

    @Test
    void aReaderOfEverySecondWaitsForNothing() {
        RefreshingValue<Integer> value =
                new RefreshingValue<>(asked::incrementAndGet, FOR_MILLIS, clock::get, later::add);
        clock.addAndGet(-FOR_MILLIS);
        new Thread(() -> {
                    while (later.isEmpty()) {
                        Thread.onSpinWait();
                    }
                    later.remove().run();
                })
                .start();
        assertThat(value.get()).as("the first waits").contains(1);
        clock.addAndGet(FOR_MILLIS);
        assertThat(value.get())
                .as("the old answer, while the new one is on its way")
                .contains(1);
        assertThat(value.get()).contains(1);
        assertThat(later).as("asked once").hasSize(1);
        later.remove().run();
        assertThat(value.get()).contains(2);
    }

    @Test
    void anAnswerThatTakesTooLongIsUnknownRatherThanOld() {
        RefreshingValue<Integer> value =
                new RefreshingValue<>(asked::incrementAndGet, FOR_MILLIS, clock::get, later::add);
        Thread slow = new Thread(() -> assertThat(value.get()).isEmpty());
        slow.start();
        assertThat(value.get()).isEmpty();
        later.remove().run();
        assertThat(value.get()).contains(1);
    }

    @Test
    void aFailureIsNotAskedAgainBeforeTheInterval() {
        RefreshingValue<Integer> value = new RefreshingValue<>(
                () -> {
                    asked.incrementAndGet();
                    throw new IllegalStateException("no database");
                },
                FOR_MILLIS,
                clock::get,
                Runnable::run);
        assertThat(value.get()).isEmpty();
        assertThat(value.get()).isEmpty();
        assertThat(asked).hasValue(1);
        clock.addAndGet(FOR_MILLIS);
        assertThat(value.get()).isEmpty();
        assertThat(asked).hasValue(2);
    }

    @Test
    void aClockThatIsSetBackDoesNotKeepAnOldAnswer() {
        RefreshingValue<Integer> value =
                new RefreshingValue<>(asked::incrementAndGet, FOR_MILLIS, clock::get, Runnable::run);
        value.get();
        clock.addAndGet(-3_600_000);
        assertThat(value.get()).contains(2);
    }
}
