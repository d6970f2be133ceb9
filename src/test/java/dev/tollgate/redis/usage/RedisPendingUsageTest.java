package dev.tollgate.redis.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.KeyUsage.ProviderDay;
import dev.tollgate.core.usage.PendingSnapshot;
import dev.tollgate.core.usage.Provider;
import dev.tollgate.core.usage.UsageCounts;
import dev.tollgate.core.usage.UsageDelta;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.fixture.redis.RedisWire;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.redisson.client.codec.StringCodec;

/** Tests that what is recorded is read again, once and within bounds. */
class RedisPendingUsageTest extends PendingUsageCase {

    @Test
    void oneUploadGoesToTheContractsFourHashesWithItsFields() {
        record(KeyUsage.of(upload(key, "s3", DAY, "image/png", 42)));
        Map<String, String> expected = Map.of(
                "total_requests", "1",
                "successful_requests", "1",
                "failed_requests", "0",
                "total_files_uploaded", "1",
                "total_file_size", "42",
                "last_used_at", Long.toString(DAY.toEpochDay() * 86_400_000),
                "ft:image/png", "1");
        for (String name : List.of(
                "t:metrics:apikey:{" + key + "}",
                "t:metrics:provider:{" + key + "}:s3",
                "t:daily:2026-11-22:apikey:{" + key + "}",
                "t:daily:2026-11-22:provider:{" + key + "}:s3")) {
            assertThat(hash(name)).as(name).isEqualTo(expected);
            assertThat(client.getMap(name).remainTimeToLive()).as(name).isBetween(WEEK - 60_000, WEEK);
        }
    }

    @Test
    void whatIsReadIsTheSumOfWhatWasRecorded() {
        KeyUsage some = KeyUsage.of(upload(key, "s3", DAY, "image/png", 1L << 40))
                .plus(KeyUsage.of(upload(key, "local", DAY.minusDays(1), "text/plain", 7)));
        KeyUsage more = KeyUsage.of(upload(key, "s3", DAY, "image/jpeg", 3))
                .plus(KeyUsage.of(new UsageEvent(key, "s3", DAY, false, 0, 0, null, 5)));
        record(some);
        record(more);
        assertThat(read()).isEqualTo(new PendingSnapshot(some.plus(more), Optional.empty(), 0));
    }

    @Test
    void aRecordingSentAgainCountsOnceAlsoWhenItComesLate() {
        UsageDelta first = recording(KeyUsage.of(upload(key, "s3", DAY, "image/png", 1)));
        UsageDelta second = recording(KeyUsage.of(upload(key, "s3", DAY, "image/png", 2)));
        record(first);
        record(first);
        record(second);
        record(first);
        record(second);
        assertThat(read().pending().totals().totalRequests()).isEqualTo(2);
        assertThat(read().pending().totals().totalBytes()).isEqualTo(3);
    }

    @Test
    void aRecordingSentAgainAfterItWasSettledCountsOnce() {
        UsageDelta only = recording(KeyUsage.of(upload(key, "s3", DAY, "image/png", 1)));
        record(only);
        pending.acknowledge(pending.claim(List.of(key), 1).claims());
        record(only);
        assertThat(read().pending().isEmpty()).isTrue();
    }

    @Test
    void theLedgerRemembersABoundedNumberOfSourcesTheLatestOnes() {
        KeyUsage usage = KeyUsage.of(upload(key, "s3", DAY, "image/png", 1));
        for (int i = 0; i < 200; i++) {
            record(new UsageDelta(key, "node-" + i, 1_000 + i, usage.providerDays()));
        }
        record(new UsageDelta(key, "node-199", 1_199, usage.providerDays()));
        assertThat(read().pending().totals().totalRequests()).isEqualTo(200);
        assertThat(hash("t:ledger:{" + key + "}")).hasSizeLessThan(70);
    }

    @Test
    void oneRecordingWithThousandsOfFileTypesIsTakenWhole() {
        KeyUsage usage = KeyUsage.NONE;
        for (int provider = 0; provider < 90; provider++) {
            KeyUsage ofProvider = KeyUsage.NONE;
            for (int type = 0; type < 100; type++) {
                ofProvider =
                        ofProvider.plus(KeyUsage.of(upload(key, "p" + provider, DAY, "a/" + provider + "-" + type, 1)));
            }
            usage = usage.plus(ofProvider);
        }
        record(usage);
        assertThat(read().pending().totals().totalRequests()).isEqualTo(9_000);
        assertThat(read().pending().totals().fileTypes()).hasSize(101);
    }

    @Test
    void fileTypesPastTheBoundCountAsOther() {
        for (int i = 0; i < 60; i++) {
            record(KeyUsage.of(upload(key, "s3", DAY, "a/" + i, 1))
                    .plus(KeyUsage.of(upload(key, "s3", DAY, "b/" + i, 1))));
        }
        UsageCounts totals = read().pending().totals();
        assertThat(totals.fileTypes()).hasSize(101).containsEntry("other", 20L);
        assertThat(totals.fileTypes().values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .isEqualTo(120);
    }

    @Test
    void providersPastTheBoundCountAsOther() {
        for (int i = 0; i < 30; i++) {
            KeyUsage usage = KeyUsage.NONE;
            for (int p = 0; p < 5; p++) {
                usage = usage.plus(KeyUsage.of(upload(key, "p" + (5 * i + p), DAY, "a/b", 1)));
            }
            record(usage);
        }
        KeyUsage usage = read().pending();
        assertThat(usage.providers()).hasSize(Provider.MAX_PER_KEY + 1);
        assertThat(usage.providers().get(Provider.OTHER).totalRequests()).isEqualTo(50);
        assertThat(usage.providerDays()
                        .get(new ProviderDay(Provider.OTHER, DAY))
                        .fileTypes())
                .isEqualTo(Map.of("a/b", 50L));
        assertThat(usage).isEqualTo(KeyUsage.of(usage.providerDays()));
    }

    @Test
    void everyKeyExpires() {
        record(KeyUsage.of(upload(key, "s3", DAY, "image/png", 1)));
        pending.acknowledge(pending.claim(List.of(key), 1).claims());
        record(KeyUsage.of(upload(key, "s3", DAY, "image/png", 1)));
        pending.claim(List.of(key), 2);
        record(KeyUsage.of(upload(key, "s3", DAY, "image/png", 1)));
        pending.renew(List.of(key));
        Map<String, Long> left = new HashMap<>();
        StreamSupport.stream(client.getKeys().getKeys().spliterator(), false)
                .forEach(name -> left.put(name, client.getKeys().remainTimeToLive(name)));
        assertThat(left)
                .hasSizeGreaterThan(10)
                .allSatisfy((name, millis) -> assertThat(millis).as(name).isGreaterThan(WEEK - 60_000));
    }

    @Test
    void anErrorOfRedisAddsNothingAndDoesNotAffectOthers() {
        String other = UUID.randomUUID().toString();
        client.getBucket("t:daily:2026-11-22:apikey:{" + key + "}", StringCodec.INSTANCE)
                .set("not a hash");
        KeyUsage usage = KeyUsage.of(upload(key, "s3", DAY, "image/png", 1));
        Map<String, Throwable> unconfirmed = pending.record(
                        List.of(recording(usage), new UsageDelta(other, "node", 1, usage.providerDays())))
                .toCompletableFuture()
                .join();
        assertThat(unconfirmed).containsOnlyKeys(key);
        assertThat(hash("t:metrics:apikey:{" + key + "}")).isEmpty();
        assertThat(hash("t:ledger:{" + key + "}")).isEmpty();
        assertThat(pending.read(other).toCompletableFuture().join().pending()).isEqualTo(usage);
    }

    @Test
    void aFullRedisTakesAllOfARecordingOrNothing() {
        KeyUsage usage = KeyUsage.of(upload(key, "s3", DAY, "image/png", 1));
        record(usage);
        config("maxmemory", "1");
        try {
            assertThat(pending.record(List.of(recording(usage)))
                            .toCompletableFuture()
                            .join())
                    .containsOnlyKeys(key);
            assertThat(read().pending()).isEqualTo(usage);
        } finally {
            config("maxmemory", "0");
        }
        record(new UsageDelta(key, "node", sequence, usage.providerDays()));
        assertThat(read().pending()).isEqualTo(usage.plus(usage));
    }

    private static void config(String name, String value) {
        try (RedisWire wire = new RedisWire(redis.port())) {
            wire.send("CONFIG", "SET", name, value);
        }
    }
}
