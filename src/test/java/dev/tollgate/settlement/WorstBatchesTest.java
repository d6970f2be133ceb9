package dev.tollgate.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.usage.PostedEvent;
import dev.tollgate.core.usage.PostedUsage.Receipt;
import dev.tollgate.core.usage.PostedUsage.Taken;
import dev.tollgate.core.usage.PostedUsage.TooManyCells;
import dev.tollgate.core.usage.UsageCells;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.usage.RedisPostedUsage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the cost and the bound of the most expensive usage that a caller can post. */
class WorstBatchesTest {

    private static final int PROVIDERS = 101;
    private static final int DAYS = 7;
    private static final int TYPES = 120;
    private static final int CELLS = 10_000;

    /** Rows of the key, of its providers and "other", of its days, and of its providers' days. */
    private static final int ROWS_PER_KEY = 1 + PROVIDERS + DAYS + PROVIDERS * DAYS;

    private static SettlementFixture rig;
    private static RedisPostedUsage posted;

    @BeforeAll
    static void start() {
        rig = new SettlementFixture(RealRedis.start(), Duration.ofSeconds(5));
        posted = new RedisPostedUsage(
                rig.batcher,
                new RedisKeys(""),
                false,
                new RedisPostedUsage.Bounds(100_000, CELLS, Set.of("unlimited")),
                Duration.ofSeconds(10));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @BeforeEach
    void empty() {
        rig.client.getKeys().flushall();
    }

    private static List<PostedEvent> worst(String key) {
        List<PostedEvent> events = new ArrayList<>();
        for (int i = 0; i < PostedEvent.MAX_EVENTS; i++) {
            UsageEvent usage = new UsageEvent(
                    key,
                    "p" + i % PROVIDERS,
                    SettlementFixture.TODAY.minusDays(i / PROVIDERS % DAYS),
                    true,
                    1,
                    10,
                    "type/t" + i * 7 % TYPES,
                    1);
            events.add(
                    new PostedEvent(PostedEvent.identity("", UUID.randomUUID().toString()), usage));
        }
        return events;
    }

    private static Receipt post(String account, String key, List<PostedEvent> batch) {
        return posted.take(account, key, batch).toCompletableFuture().join();
    }

    private static double scriptMillis(RedisWire wire) {
        return String.valueOf(wire.send("INFO", "commandstats"))
                .lines()
                .filter(line -> line.startsWith("cmdstat_eval"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll(".*usec=(\\d+).*", "$1")) / 1_000)
                .sum();
    }

    private static long longestMillis(RedisWire wire) {
        return ((List<?>) wire.send("SLOWLOG", "GET", "1000"))
                .stream()
                        .map(entry -> (List<?>) entry)
                        .filter(entry ->
                                String.valueOf(((List<?>) entry.get(3)).get(0)).startsWith("EVAL"))
                        .mapToLong(entry -> ((Long) entry.get(2)) / 1_000)
                        .max()
                        .orElse(0);
    }

    @Test
    void aMinutesWorthOfTheWorstBatchesCostsRedisLittleAndTheRestIsRefused() {
        List<String> keys = rig.keys.create(30);
        try (RedisWire wire = new RedisWire(rig.redis.port())) {
            wire.send("CONFIG", "SET", "slowlog-log-slower-than", "1000");
            wire.send("SLOWLOG", "RESET");
            double before = scriptMillis(wire);
            int taken = 0;
            int refused = 0;
            for (String key : keys) {
                Receipt receipt = post("flooding", key, worst(key));
                if (receipt instanceof Taken) {
                    taken++;
                } else {
                    refused++;
                    assertThat(receipt).isInstanceOfSatisfying(TooManyCells.class, much -> {
                        assertThat(much.cells()).isEqualTo(UsageCells.MAX_PER_BATCH);
                        assertThat(much.most()).isEqualTo(CELLS);
                        assertThat(much.retryAfterMillis()).isBetween(1L, 60_000L);
                    });
                }
            }
            double all = scriptMillis(wire) - before;
            long longest = longestMillis(wire);
            System.out.println("[worst] " + taken + " batches taken, " + refused + " refused: " + all
                    + " ms of Redis, the longest run " + longest + " ms");
            assertThat(taken).isEqualTo(CELLS / UsageCells.MAX_PER_BATCH);
            // Measured: 350 ms. The bound, a twentieth of the minute, leaves room for a slow or busy machine.
            assertThat(all).isLessThan(3_000);
        }
    }

    @Test
    void theRowsOfASettlementAreBoundedPerKeyWhateverIsPosted() {
        String key = rig.keys.create(1).get(0);
        for (int i = 0; i < 5; i++) {
            assertThat(post("unlimited", key, worst(key))).isInstanceOf(Taken.class);
        }
        long begun = System.nanoTime();
        Settlement.SettlementResult pass = rig.node().settle();
        System.out.println(
                "[worst] 5 batches of one key settled in " + (System.nanoTime() - begun) / 1_000_000 + " ms");
        assertThat(pass.requests()).isEqualTo(5_000);
        long rows = 0;
        for (String table : List.of("provider_usage", "api_key_usage_daily", "provider_usage_daily")) {
            rows += (Long) rig.keys
                    .row("SELECT count(*) AS n FROM " + table + " WHERE api_key_id = ?::uuid", key)
                    .get("n");
        }
        assertThat(rows + 1).isEqualTo(ROWS_PER_KEY);
        Map<String, Object> types = rig.keys.row(
                "SELECT (SELECT count(*) FROM jsonb_object_keys(file_type_counts)) AS n FROM api_keys WHERE id = ?::uuid",
                key);
        assertThat(types).containsEntry("n", 101L);
    }

    @Test
    void anotherCallerAnAccountThatIsNeverLimitedAndASmallerBatchAreTakenMeanwhile() {
        String key = rig.keys.create(1).get(0);
        while (post("flooding", key, worst(key)) instanceof Taken) {
            // Uses up the cells of the minute.
        }
        assertThat(post("flooding", key, worst(key).subList(0, 5))).isInstanceOf(Taken.class);
        String other = rig.keys.create(1).get(0);
        assertThat(post("other", other, worst(other))).isInstanceOf(Taken.class);
        for (int i = 0; i < 12; i++) {
            assertThat(post("unlimited", other, worst(other))).isInstanceOf(Taken.class);
        }
    }

    @Test
    void theMinuteEndsAndNoForeignValueExtendsIt() {
        String key = rig.keys.create(1).get(0);
        while (post("flooding", key, worst(key)) instanceof Taken) {
            // Uses up the cells of the minute.
        }
        try (RedisWire wire = new RedisWire(rig.redis.port())) {
            assertThat((Long) wire.send("PTTL", "posted:{flooding}")).isBetween(1L, 60_000L);
            wire.send("PEXPIRE", "posted:{flooding}", "1");
            assertThat(post("flooding", key, worst(key))).isInstanceOf(Taken.class);
            for (String value :
                    List.of("rubbish", "nan nan", "-5 5", "10000", "10000 99999999999999999999", "9 9 9", "")) {
                wire.send("SET", "posted:{flooding}", value);
                assertThat(post("flooding", key, worst(key))).as(value).isInstanceOf(Taken.class);
                assertThat((Long) wire.send("PTTL", "posted:{flooding}")).isBetween(1L, 60_000L);
            }
            wire.send("DEL", "posted:{flooding}");
            wire.send("RPUSH", "posted:{flooding}", "1");
            assertThat(post("flooding", key, worst(key))).as("a list").isInstanceOf(Taken.class);
        }
    }
}
