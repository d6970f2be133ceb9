package dev.tollgate.redis.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.config.Settings;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.RealRedis;
import dev.tollgate.redis.connection.RedisConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

class FlightsTest {

    private static final Script INCREMENT = RedisScripts.of("return tostring(redis.call('INCRBY', KEYS[1], ARGV[1]))");
    private static final Script BROKEN = RedisScripts.of("return redis.error_reply('WRONG on purpose')");
    private static final Script NESTED = RedisScripts.of("return {'a', 7, {'b', KEYS[1]}}");

    private static RealRedis redis;
    private static RedissonClient client;

    @BeforeAll
    static void start() {
        redis = RealRedis.start();
        client = RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", redis.url())));
        client.getKeys().count(); // connects, which takes longer than these flights may
    }

    @AfterAll
    static void stop() {
        client.shutdown();
        redis.close();
    }

    private static Flights flights(int line) {
        return new Flights(client, 4, 64, line, Duration.ofSeconds(2));
    }

    @Test
    void manyCallsShareFewFlightsAndEachGetsItsOwnAnswer() throws Exception {
        Flights flights = flights(10_000);
        List<CompletableFuture<String>> answers = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            answers.add(flights.call(INCREMENT, List.of("own:" + i), Integer.toString(i)));
        }
        for (int i = 0; i < 2_000; i++) {
            assertThat(answers.get(i).get(5, TimeUnit.SECONDS)).isEqualTo(Integer.toString(i));
        }
        assertThat(flights.carried()).isGreaterThanOrEqualTo(2_000);
        assertThat(flights.flown()).isLessThan(1_000);
    }

    @Test
    void aFlushedScriptCacheIsFilledAgainAndNothingRunsTwice() throws Exception {
        Flights flights = flights(10_000);
        flights.call(INCREMENT, List.of("flushed"), "1").get(5, TimeUnit.SECONDS);
        client.getScript(StringCodec.INSTANCE).scriptFlush();
        List<CompletableFuture<String>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            answers.add(flights.call(INCREMENT, List.of("flushed"), "1"));
        }
        for (CompletableFuture<String> answer : answers) {
            answer.get(5, TimeUnit.SECONDS);
        }
        assertThat(flights.call(INCREMENT, List.of("flushed"), "0").get(5, TimeUnit.SECONDS))
                .isEqualTo("101");
    }

    @Test
    void oneFailingCallLeavesItsFellowPassengersAlone() throws Exception {
        Flights flights = flights(10_000);
        List<CompletableFuture<String>> good = new ArrayList<>();
        List<CompletableFuture<String>> bad = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            good.add(flights.call(INCREMENT, List.of("good:" + i), "1"));
            bad.add(flights.call(BROKEN, List.of("bad")));
        }
        for (CompletableFuture<String> answer : good) {
            assertThat(answer.get(5, TimeUnit.SECONDS)).isEqualTo("1");
        }
        for (CompletableFuture<String> answer : bad) {
            assertThatThrownBy(() -> answer.get(5, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("WRONG on purpose");
        }
    }

    @Test
    void listsKeepTheirShape() throws Exception {
        assertThat(flights(10).callForList(NESTED, List.of("k")).get(5, TimeUnit.SECONDS))
                .isEqualTo(List.of("a", 7L, List.of("b", "k")));
    }

    @Test
    void aCallGivenUpWhileInLineNeverRuns() throws Exception {
        Flights flights = flights(10_000);
        flights.call(INCREMENT, List.of("given-up"), "0").get(5, TimeUnit.SECONDS);
        redis.freeze();
        try {
            for (int i = 0; i < 4; i++) {
                flights.call(INCREMENT, List.of("stuck"), "1");
            }
            CompletableFuture<String> givenUp = flights.call(INCREMENT, List.of("given-up"), "1");
            givenUp.cancel(false);
        } finally {
            redis.thaw();
        }
        Ports.await(
                "Redis answering again",
                Duration.ofSeconds(10),
                () -> flights.call(INCREMENT, List.of("alive"), "1")
                        .handle((reply, failure) -> failure == null)
                        .join());
        assertThat(flights.call(INCREMENT, List.of("given-up"), "0").get(5, TimeUnit.SECONDS))
                .isEqualTo("0");
    }

    @Test
    void aCrowdTakesSlotsThatAreNotForFew() throws Exception {
        Duration timeout = Duration.ofSeconds(20);
        Flights flights = new Flights(
                client, new Flights.Slots(1, 3, 5, 64), 10_000, timeout, timeout, () -> true, new Latency());
        List<CompletableFuture<String>> calls = new ArrayList<>();
        // Redis has the script from here on.
        flights.call(INCREMENT, List.of("crowd"), "0").get(5, TimeUnit.SECONDS);
        Ports.await("landed", Duration.ofSeconds(5), () -> flights.inTheAir() == 0);
        long flown = flights.flown();
        redis.freeze();
        try {
            call(flights, 1, calls);
            assertThat(flights.inTheAir()).isEqualTo(1);
            call(flights, 4, calls);
            assertThat(flights.inTheAir()).as("four are no crowd").isEqualTo(1);
            call(flights, 1, calls);
            assertThat(flights.inTheAir()).as("five are").isEqualTo(2);
            assertThat(flights.waiting()).isZero();
            call(flights, 5, calls);
            call(flights, 50, calls);
            assertThat(flights.inTheAir()).as("three at most").isEqualTo(3);
            assertThat(flights.waiting()).isEqualTo(50);
        } finally {
            redis.thaw();
        }
        for (CompletableFuture<String> call : calls) {
            call.get(20, TimeUnit.SECONDS);
        }
        // Thawed, Redis may answer all three at once, and each of those that land takes a part of the line with it:
        // four in all
        // where they land one after the other, six where at the same moment. What matters is that the crowd shared
        // them.
        assertThat(flights.flown() - flown).isBetween(4L, 10L);
        assertThat(flights.call(INCREMENT, List.of("crowd"), "0").get(5, TimeUnit.SECONDS))
                .isEqualTo("61");
    }

    private static void call(Flights flights, int times, List<CompletableFuture<String>> calls) {
        for (int i = 0; i < times; i++) {
            calls.add(flights.call(INCREMENT, List.of("crowd"), "1"));
        }
    }

    @Test
    void aFullLineTurnsCallsAwayAtOnceAndRecovers() throws Exception {
        Flights flights = flights(10);
        redis.freeze();
        List<CompletableFuture<String>> calls = new ArrayList<>();
        try {
            for (int i = 0; i < 50; i++) {
                calls.add(flights.call(INCREMENT, List.of("full"), "1"));
            }
            assertThat(calls.stream().filter(CompletableFuture::isCompletedExceptionally))
                    .hasSizeGreaterThanOrEqualTo(30);
            assertThatThrownBy(() -> calls.get(49).get()).hasCauseInstanceOf(Flights.LineFullException.class);
            // Stuck flights give their slots back by themselves.
            Ports.await(
                    "every call ended",
                    Duration.ofSeconds(10),
                    () -> calls.stream().allMatch(CompletableFuture::isDone));
        } finally {
            redis.thaw();
        }
        Ports.await(
                "Redis answering again",
                Duration.ofSeconds(10),
                () -> flights.call(INCREMENT, List.of("alive"), "1")
                        .handle((reply, failure) -> failure == null)
                        .join());
    }
}
