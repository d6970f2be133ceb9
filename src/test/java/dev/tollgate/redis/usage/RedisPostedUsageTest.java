package dev.tollgate.redis.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.config.Settings;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.PendingUsage.KeyLedger;
import dev.tollgate.core.usage.PostedEvent;
import dev.tollgate.core.usage.PostedUsage.Full;
import dev.tollgate.core.usage.PostedUsage.Overflowing;
import dev.tollgate.core.usage.PostedUsage.Receipt;
import dev.tollgate.core.usage.PostedUsage.Taken;
import dev.tollgate.core.usage.Provider;
import dev.tollgate.core.usage.UsageDelta;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

class RedisPostedUsageTest {

    private static final LocalDate DAY = LocalDate.of(2026, 11, 22);
    private static final String ACCOUNT = "account";
    private static final long HOUR = 3_600_000;

    private static RealRedis redis;
    private static RedissonClient client;
    private static ScriptBatcher batcher;

    private final String key = UUID.randomUUID().toString();
    private final RedisPendingUsage pending = new RedisPendingUsage(batcher, new RedisKeys("t:"), false);
    private final RedisPostedUsage posted = posted(2_000, false);

    @BeforeAll
    static void start() {
        redis = RealRedis.start();
        client = RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", redis.url())));
        batcher = new ScriptBatcher(client, 4, 500, 10_000, Duration.ofSeconds(5));
    }

    @AfterAll
    static void stop() {
        client.shutdown();
        redis.close();
    }

    @BeforeEach
    void empty() {
        client.getKeys().flushall();
    }

    private static RedisPostedUsage posted(int idsPerQuarter, boolean cluster) {
        return new RedisPostedUsage(
                batcher,
                new RedisKeys("t:"),
                cluster,
                new RedisPostedUsage.Bounds(idsPerQuarter, 1_000_000, Set.of()),
                Duration.ofSeconds(5));
    }

    private PostedEvent event(String id, String provider, long bytes) {
        UsageEvent usage =
                new UsageEvent(key, provider, DAY, true, 1, bytes, "image/png", DAY.toEpochDay() * 86_400_000);
        return new PostedEvent(PostedEvent.identity("", id), usage);
    }

    private List<PostedEvent> events(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> event("id-" + i, "s3", 10))
                .toList();
    }

    private Receipt take(List<PostedEvent> events) {
        return posted.take(ACCOUNT, key, events).toCompletableFuture().join();
    }

    private List<Boolean> counted(List<PostedEvent> events) {
        return ((Taken) take(events)).counted();
    }

    private KeyUsage pending() {
        return pending.read(key).toCompletableFuture().join().pending();
    }

    private long requests() {
        return pending().totals().totalRequests();
    }

    @Test
    void eachIdCountsOnceWithinABatchAndBetweenBatches() {
        assertThat(counted(List.of(event("a", "s3", 1), event("b", "local", 2), event("a", "s3", 4))))
                .containsExactly(true, true, false);
        assertThat(counted(List.of(event("b", "s3", 8), event("c", "s3", 16)))).containsExactly(false, true);
        assertThat(pending())
                .isEqualTo(KeyUsage.of(event("a", "s3", 1).usage())
                        .plus(KeyUsage.of(event("b", "local", 2).usage()))
                        .plus(KeyUsage.of(event("c", "s3", 16).usage())));
    }

    @Test
    void theSameIdOfAnotherKeyIsAnotherEvent() {
        counted(List.of(event("a", "s3", 1)));
        String other = UUID.randomUUID().toString();
        UsageEvent usage = new UsageEvent(other, "s3", DAY, true, 0, 0, null, 1);
        Receipt receipt = posted.take(ACCOUNT, other, List.of(new PostedEvent(PostedEvent.identity("", "a"), usage)))
                .toCompletableFuture()
                .join();
        assertThat(receipt).isEqualTo(new Taken(List.of(true)));
    }

    @Test
    void theSameBatchSentManyTimesAtOnceCountsOnce() {
        List<PostedEvent> batch = events(0, 1_000);
        List<CompletableFuture<Receipt>> sent = IntStream.range(0, 16)
                .parallel()
                .mapToObj(i -> posted.take(ACCOUNT, key, batch).toCompletableFuture())
                .toList();
        long counted = sent.stream()
                .flatMap(receipt -> ((Taken) receipt.join()).counted().stream())
                .filter(c -> c)
                .count();
        assertThat(counted).isEqualTo(1_000);
        assertThat(requests()).isEqualTo(1_000);
        assertThat(pending().totals().totalBytes()).isEqualTo(10_000);
    }

    @Test
    void aRepetitionAfterSettlementCountsOnce() {
        counted(events(0, 3));
        pending.acknowledge(pending.claim(List.of(key), 1).claims());
        assertThat(counted(events(0, 3))).containsOnly(false);
        assertThat(pending().isEmpty()).isTrue();
        assertThat(pending.changedKeys(0, 10)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void anIdIsKnownForADay(int quarters) {
        counted(events(0, 1));
        age(quarters);
        assertThat(counted(events(0, 2))).containsExactly(false, true);
    }

    @Test
    void anIdIsForgottenAfterADayAndAQuarter() {
        counted(events(0, 1));
        age(5);
        assertThat(counted(events(0, 1))).containsExactly(true);
    }

    /** Moves the IDs of this quarter of the day into an earlier quarter. */
    private void age(int quarters) {
        for (String name : seen()) {
            long quarter = Long.parseLong(name.substring(name.lastIndexOf(':') + 1));
            client.getKeys().rename(name, name.substring(0, name.lastIndexOf(':') + 1) + (quarter - quarters));
        }
    }

    private List<String> seen() {
        return StreamSupport.stream(client.getKeys().getKeys().spliterator(), false)
                .filter(name -> name.startsWith("t:seen:{" + key + "}:"))
                .toList();
    }

    @Test
    void idsAreBoundedPerQuarterAndExpire() {
        counted(events(0, 1_000));
        counted(events(1_000, 1_999));
        Receipt refusal = take(events(1_998, 2_001));
        if (seen().size() == 1) { // unless a quarter ended right here
            assertThat(refusal)
                    .isInstanceOfSatisfying(
                            Full.class,
                            full -> assertThat(full.retryAfterMillis()).isBetween(1L, 6 * HOUR));
            assertThat(requests()).isEqualTo(1_999);
            assertThat(counted(events(1_998, 2_000))).containsExactly(false, true);
            assertThat(counted(events(0, 1_000))).containsOnly(false);
        }
        assertThat(seen())
                .allSatisfy(name ->
                        assertThat(client.getKeys().remainTimeToLive(name)).isBetween(30 * HOUR - 60_000, 30 * HOUR));
    }

    @Test
    void whatIsPendingStaysExact() {
        List<PostedEvent> most = new ArrayList<>();
        for (int i = 0; i < 256; i++) {
            most.add(event("big-" + i, "s3", UsageEvent.MAX_BYTES));
        }
        assertThat(counted(most)).containsOnly(true);
        assertThat(pending().totals().totalBytes()).isEqualTo(1L << 52);
        assertThat(take(events(0, 1))).isEqualTo(new Overflowing());
        assertThat(requests()).isEqualTo(256);
        pending.acknowledge(pending.claim(List.of(key), 1).claims());
        assertThat(counted(events(0, 1))).containsExactly(true);
    }

    @Test
    void providersAndTypesAreBoundedAsRecordedOnesAre() {
        List<PostedEvent> batch = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            UsageEvent usage = new UsageEvent(key, "p" + i, DAY, true, 1, 1, "a/" + i, 1);
            batch.add(new PostedEvent(PostedEvent.identity("", "e" + i), usage));
        }
        assertThat(counted(batch)).containsOnly(true);
        KeyUsage usage = pending();
        assertThat(usage.providers()).hasSize(Provider.MAX_PER_KEY + 1);
        assertThat(usage.providers().get(Provider.OTHER).totalRequests()).isEqualTo(400);
        assertThat(usage.totals().fileTypes()).hasSize(101).containsEntry("other", 400L);
    }

    @Test
    void theLedgerCountsPostedAndRecordedUsageAlike() {
        counted(events(0, 5));
        pending.record(List.of(new UsageDelta(
                        key, "node", 1, KeyUsage.of(events(0, 1).get(0).usage()).providerDays())))
                .toCompletableFuture()
                .join();
        counted(events(3, 7));
        KeyLedger ledger = pending.ledgers(List.of(key)).get(key);
        assertThat(ledger.mark().recorded()).isEqualTo(8);
        assertThat(ledger.mark().pending()).isEqualTo(8);
        assertThat(pending.changedKeys(0, 10)).containsExactly(key);
    }

    @Test
    void anErrorOfRedisMeansThatNothingWasTakenAndTheSameBatchMayBeSentAgain() {
        String wrong = "t:daily:2026-11-22:apikey:{" + key + "}";
        client.getBucket(wrong, StringCodec.INSTANCE).set("not a hash");
        assertThatThrownBy(() -> take(events(0, 3))).isInstanceOf(CompletionException.class);
        assertThat(seen()).isEmpty();
        client.getBucket(wrong).delete();
        assertThat(counted(events(0, 3))).containsOnly(true);
        config("1");
        try {
            assertThatThrownBy(() -> take(events(3, 6))).isInstanceOf(CompletionException.class);
        } finally {
            config("0");
        }
        assertThat(counted(events(3, 6))).containsOnly(true);
        assertThat(requests()).isEqualTo(6);
    }

    private static void config(String memory) {
        try (RedisWire wire = new RedisWire(redis.port())) {
            wire.send("CONFIG", "SET", "maxmemory", memory);
        }
    }

    @Test
    void onAClusterTheMarkIsMadeFirst() {
        Receipt receipt = posted(2_000, true)
                .take(ACCOUNT, key, events(0, 2))
                .toCompletableFuture()
                .join();
        assertThat(receipt).isEqualTo(new Taken(List.of(true, true)));
        assertThat(pending.changedKeys(0, 10)).containsExactly(key);
    }

    @Test
    void withoutRedisTheStageFailsAndNothingIsTaken() {
        RedissonClient lost =
                RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", "redis://127.0.0.1:" + Ports.free())));
        try {
            RedisPostedUsage away = new RedisPostedUsage(
                    new ScriptBatcher(lost, 4, 500, 10_000, Duration.ofSeconds(1)),
                    new RedisKeys("t:"),
                    false,
                    new RedisPostedUsage.Bounds(1_000, 10_000, Set.of()),
                    Duration.ofSeconds(2));
            assertThatThrownBy(() -> away.take(ACCOUNT, key, events(0, 1))
                            .toCompletableFuture()
                            .join())
                    .isInstanceOf(CompletionException.class);
        } finally {
            lost.shutdown();
        }
    }

    /** Returns the longest duration of a script in microseconds, by the slow log of Redis. */
    private static long longestMicros(RedisWire wire) {
        long longest = 0;
        for (Object entry : (List<?>) wire.send("SLOWLOG", "GET", "128")) {
            List<?> fields = (List<?>) entry;
            if (((List<?>) fields.get(3)).get(0).toString().startsWith("EVAL")) {
                longest = Math.max(longest, (Long) fields.get(2));
            }
        }
        return longest;
    }

    @Test
    void aFullBatchHoldsRedisForFewMilliseconds() {
        try (RedisWire wire = new RedisWire(redis.port())) {
            wire.send("CONFIG", "SET", "slowlog-log-slower-than", "0");
            counted(events(0, 1_000));
            for (int round = 0; round < 5; round++) {
                wire.send("SLOWLOG", "RESET");
                int from = round * 1_000;
                take(IntStream.range(from, from + 1_000)
                        .mapToObj(i -> event(key + i, "s3", 10))
                        .toList());
                System.out.println("[events] 1,000 events of one provider: " + longestMicros(wire) + " us");
                client.getKeys().delete("t:seen:{" + key + "}:" + System.currentTimeMillis() / (6 * HOUR));
                wire.send("SLOWLOG", "RESET");
                take(IntStream.range(from, from + 1_000)
                        .mapToObj(i -> event("p" + i, "provider-" + i % 99, 10))
                        .toList());
                System.out.println("[events] 1,000 events of 99 providers: " + longestMicros(wire) + " us");
                client.getKeys().delete("t:seen:{" + key + "}:" + System.currentTimeMillis() / (6 * HOUR));
            }
            wire.send("CONFIG", "SET", "slowlog-log-slower-than", "10000");
        }
        assertThat(requests()).isEqualTo(11_000);
    }
}
