package dev.tollgate.core.bodylimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.fixture.Ports;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BodyReadLimiterTest {

    private static final long SECOND = 1_000_000_000;

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - SECOND);
    private final BodyReadLimiter intake =
            new BodyReadLimiter(new BodyReadLimiter.Bounds(2, 3, 100, Duration.ofSeconds(10)), now::get);

    private void pass(long seconds) {
        now.addAndGet(seconds * SECOND);
        intake.sweep();
    }

    @Test
    void anyNumberOfShortBodiesPasses() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(intake.refusal("a")).isEmpty();
            intake.begin("a");
        }
        intake.sweep();
        assertThat(intake.ended()).isZero();
    }

    /** A body that has begun and whose thread waits for bytes. */
    private TrackedBody waiting(String caller) throws IOException {
        TrackedBody reading = intake.begin(caller);
        reading.await();
        return reading;
    }

    private List<TrackedBody> waiting(String caller, int count) throws IOException {
        List<TrackedBody> readings = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            readings.add(waiting(caller));
            now.incrementAndGet();
        }
        return readings;
    }

    private static List<BodyReadLimiter.Refusal> endings(List<TrackedBody> readings) {
        return readings.stream().flatMap(reading -> reading.endedBy().stream()).toList();
    }

    @Test
    void bodiesThatComeAsQuicklyAsTheyAreReadDoNotCountHoweverLongTheyTake() throws IOException {
        InputStream prompt = InputStream.nullInputStream();
        List<InputStream> bodies = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            bodies.add(intake.begin("a").watched(prompt));
        }
        for (int i = 0; i < 60; i++) {
            pass(1);
            for (InputStream body : bodies) {
                assertThat(body.read()).isEqualTo(-1);
            }
        }
        assertThat(intake.ended()).isZero();
        assertThat(intake.refusal("a")).isEmpty();
    }

    @Test
    void bodiesCountFromATenthOfASecondOnAndNotOnlyAfterAWholeOne() throws IOException {
        List<TrackedBody> readings = waiting("a", 32);
        now.addAndGet(SECOND / 10);
        intake.sweep();
        assertThat(endings(readings)).hasSize(30).containsOnly(BodyReadLimiter.Refusal.TOO_MANY_OF_CALLER);
        assertThat(intake.waitedFor()).isEqualTo(2);
    }

    @Test
    void waitsAreAddedUpSoThatAByteNowAndThenIsNoNewBeginning() throws IOException {
        InputStream trickle = new InputStream() {
            @Override
            public int read() {
                now.addAndGet(SECOND / 100);
                return 'x';
            }
        };
        List<InputStream> bodies = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            bodies.add(intake.begin("a").watched(trickle));
        }
        for (int i = 0; i < 11; i++) {
            for (InputStream body : bodies) {
                assertThat(body.read()).isEqualTo('x');
            }
        }
        intake.sweep();
        assertThat(intake.ended()).isEqualTo(2);
    }

    @Test
    void whatComesOverAGoodLineDoesNotCountHoweverMuchItIs() throws IOException {
        InputStream line = new InputStream() {
            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                now.addAndGet(SECOND / 100);
                return length;
            }
        };
        for (int i = 0; i < 20; i++) {
            InputStream body = intake.begin("a").watched(line);
            for (int k = 0; k < 100; k++) {
                assertThat(body.read(new byte[8 * 1024])).isEqualTo(8 * 1024);
            }
        }
        intake.sweep();
        assertThat(intake.ended()).isZero();
    }

    @Test
    void aCallerWithItsShareUnderWayIsRefusedAndOthersAreNot() throws IOException {
        TrackedBody first = waiting("a");
        waiting("a");
        pass(1);
        assertThat(intake.refusal("a")).contains(BodyReadLimiter.Refusal.TOO_MANY_OF_CALLER);
        assertThat(intake.refusal("b")).isEmpty();
        first.close();
        pass(0);
        assertThat(intake.refusal("a")).isEmpty();
    }

    @Test
    void ofTooManyBegunAtOnceTheYoungestAreEnded() throws IOException {
        List<TrackedBody> readings = waiting("a", 5);
        pass(1);
        assertThat(endings(readings.subList(0, 2))).isEmpty();
        assertThat(endings(readings.subList(2, 5))).hasSize(3).containsOnly(BodyReadLimiter.Refusal.TOO_MANY_OF_CALLER);
        assertThat(intake.ended()).isEqualTo(3);
    }

    @Test
    void aNodeFullOfCallersWithOneEachRefusesEverybody() throws IOException {
        for (String caller : List.of("a", "b", "c")) {
            waiting(caller);
        }
        pass(1);
        assertThat(intake.refusal("d")).contains(BodyReadLimiter.Refusal.TOO_MANY);
        assertThat(intake.ended()).isZero();
    }

    @Test
    void onAFullNodeACallerWithNoneGetsAPlaceOfTheOneThatHasMostAndOnlyOnce() throws IOException {
        List<TrackedBody> greedy = waiting("a", 2);
        TrackedBody other = waiting("b");
        pass(1);
        assertThat(intake.refusal("c")).isEmpty();
        assertThat(endings(greedy)).containsExactly(BodyReadLimiter.Refusal.TOO_MANY);
        waiting("c");
        pass(1);
        assertThat(intake.refusal("d")).contains(BodyReadLimiter.Refusal.TOO_MANY);
        assertThat(other.endedBy()).isEmpty();
    }

    @Test
    void ofTooManyOfAllCallersThoseThatHaveMostLoseTheirs() throws IOException {
        List<TrackedBody> greedy = waiting("a", 2);
        List<TrackedBody> modest = new ArrayList<>(List.of(waiting("b"), waiting("c")));
        pass(1);
        assertThat(endings(greedy)).containsExactly(BodyReadLimiter.Refusal.TOO_MANY);
        assertThat(endings(modest)).isEmpty();
    }

    @Test
    void whoeverWaitsForBytesThatDoNotComeIsFreedAndNotInterruptedAfterwards() throws Exception {
        try (PipedInputStream silence = new PipedInputStream(new PipedOutputStream())) {
            CompletableFuture<Boolean> freed = CompletableFuture.supplyAsync(() -> {
                try (TrackedBody reading = intake.begin("a")) {
                    InputStream body = reading.watched(silence);
                    assertThatThrownBy(() -> body.read(new byte[10])).isInstanceOf(IOException.class);
                    assertThat(reading.endedBy()).contains(BodyReadLimiter.Refusal.TOO_SLOW);
                    assertThatThrownBy(body::read).isInstanceOf(InterruptedIOException.class);
                    return Thread.currentThread().isInterrupted();
                }
            });
            Ports.await("the body ended", Duration.ofSeconds(20), () -> {
                pass(10);
                return freed.isDone();
            });
            assertThat(freed.join()).isFalse();
            assertThat(intake.underWay()).isZero();
        }
    }

    @Test
    void trickledBytesAreTooSlowAndEnoughOfThemAreNot() throws Exception {
        try (PipedOutputStream out = new PipedOutputStream();
                PipedInputStream in = new PipedInputStream(out, 100_000)) {
            TrackedBody reading = intake.begin("a");
            InputStream body = reading.watched(in);
            out.write(new byte[1_000]);
            body.readNBytes(1_000);
            pass(10);
            assertThat(reading.endedBy()).isEmpty();
            CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> {
                try (TrackedBody slow = intake.begin("b")) {
                    slow.watched(in).readNBytes(1_000);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            Ports.await("the trickle ended", Duration.ofSeconds(20), () -> {
                try {
                    out.write(new byte[10]);
                    out.flush();
                } catch (IOException e) {
                    // Nobody reads any more: it has been ended.
                }
                pass(10);
                return waiting.isDone();
            });
            assertThat(waiting).isCompletedExceptionally();
        }
    }
}
