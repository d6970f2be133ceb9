package dev.tollgate.settlement;

import static dev.tollgate.settlement.SettlementFixture.TODAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.core.usage.KeyUsage.ProviderDay;
import dev.tollgate.core.usage.UsageCounts;
import dev.tollgate.core.usage.UsageDelta;
import dev.tollgate.fixture.redis.RedisWire;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Tests an outage of PostgreSQL of over a week: pending usage grows with keys, days and providers, and nothing expires. */
class WeekWithoutDatabaseTest {

    private static final int KEYS = 20;
    private static final int DAYS = 9;
    private static final List<String> PROVIDERS = List.of("local", "s3", "reports");
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

    private static final Transactions NO_DATABASE = new Transactions() {
        @Override
        public <T> T call(Supplier<T> work) {
            throw new IllegalStateException("no database");
        }
    };

    private final AtomicLong clock = new AtomicLong(TODAY.toEpochDay() * DAY_MILLIS);
    private long sequence;

    private void record(SettlementFixture rig, String key, LocalDate day, int times) {
        Map<ProviderDay, UsageCounts> usage = new HashMap<>();
        for (String provider : PROVIDERS) {
            // Some more than others, so that counts and file types differ.
            UsageCounts counts = new UsageCounts(
                    times, times, 0, times, 1_000L * times, clock.get(), Map.of("image/png", (long) times));
            usage.put(new ProviderDay(provider, day), counts);
        }
        assertThat(rig.pending
                        .record(List.of(new UsageDelta(key, "node", ++sequence, usage)))
                        .toCompletableFuture()
                        .join())
                .isEmpty();
    }

    /** Shortens all expiries by a day. */
    private static void aDayPasses(RedisWire wire) {
        for (Object name : (List<?>) wire.send("KEYS", "*")) {
            long left = (Long) wire.send("PTTL", (String) name);
            assertThat(left).as((String) name).isPositive();
            wire.send("PEXPIRE", (String) name, Long.toString(left - DAY_MILLIS));
        }
    }

    private static long bytes(RedisWire wire, String pattern) {
        long bytes = 0;
        for (Object name : (List<?>) wire.send("KEYS", pattern)) {
            bytes += (Long) wire.send("MEMORY", "USAGE", (String) name, "SAMPLES", "0");
        }
        return bytes;
    }

    @Test
    void pendingUsageGrowsWithKeysAndDaysNotWithRequestsAndNothingExpires() {
        try (SettlementFixture rig = new SettlementFixture();
                RedisWire wire = new RedisWire(rig.redis.port())) {
            List<String> keys = rig.keys.create(KEYS);
            Settlement settlement =
                    new Settlement(rig.pending, null, null, rig.audit::add, clock::get, 100, step -> {});
            long recordings = 0;
            long firstDay = 0;
            for (int d = 0; d < DAYS; d++) {
                LocalDate day = TODAY.plusDays(d);
                for (int i = 0; i < 20; i++) {
                    keys.forEach(key -> record(rig, key, day, 50));
                    recordings += KEYS;
                    assertThatThrownBy(() -> settlement.settle(NO_DATABASE)).hasMessage("no database");
                    clock.addAndGet(DAY_MILLIS / 20);
                }
                if (d == 0) {
                    firstDay = bytes(wire, "*");
                }
                aDayPasses(wire);
            }
            long week = bytes(wire, "*");
            // A hundred times the traffic on the same days: only the numbers have more digits.
            for (int d = 0; d < DAYS; d++) {
                for (String key : keys) {
                    record(rig, key, TODAY.plusDays(d), 100_000);
                }
            }
            long busy = bytes(wire, "*");
            assertThat(busy).isLessThan(week + week / 10);
            assertThat(week).isLessThan(DAYS * firstDay);
            print(wire, week, busy, recordings);

            rig.settleAll();
            for (String key : keys) {
                assertThat(rig.settled(key)).isEqualTo((long) PROVIDERS.size() * DAYS * (20 * 50 + 100_000));
                assertThat(rig.keys.rows(
                                "SELECT 1 FROM provider_usage_daily WHERE api_key_id = ?::uuid AND total_requests = 101000",
                                key))
                        .hasSize(PROVIDERS.size() * DAYS);
            }
            assertThat(rig.audit).isEmpty();
            assertThat(rig.ledger().report().isBalanced()).isTrue();
        }
    }

    private static void print(RedisWire wire, long week, long busy, long recordings) {
        System.out.printf(
                "%d keys, %d days, %d providers: %d bytes after %d recordings, %d after a hundred times the requests%n"
                        + "bytes per key: %d; per key and day: %d; per key and provider: %d; per key, day and provider: %d%n",
                KEYS,
                DAYS,
                PROVIDERS.size(),
                week,
                recordings,
                busy,
                (bytes(wire, "metrics:apikey:*") + bytes(wire, "ledger:*") + bytes(wire, "pending:*")) / KEYS,
                bytes(wire, "daily:*:apikey:*") / KEYS / DAYS,
                bytes(wire, "metrics:provider:*") / KEYS / PROVIDERS.size(),
                bytes(wire, "daily:*:provider:*") / KEYS / DAYS / PROVIDERS.size());
    }
}
