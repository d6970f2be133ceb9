package dev.tollgate.redis.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.PendingUsage.KeyLedger;
import dev.tollgate.core.usage.UsageCounts;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.fixture.redis.RedisWire;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisson.client.codec.StringCodec;

/** Tests that a recording counts the same by each way that the script has for it, and leaves nothing half done. */
class RecordingShortcutsTest extends PendingUsageCase {

    /** Records a request at a time, and compares each kind of sum with what merging in memory gives. */
    @Test
    void requestsOfAnyMixtureAreCountedAsTheyAreInMemory() {
        Random random = new Random(17);
        KeyUsage all = KeyUsage.NONE;
        for (int i = 0; i < 400; i++) {
            boolean failed = random.nextInt(4) == 0;
            boolean file = !failed && random.nextInt(3) == 0;
            KeyUsage one = KeyUsage.of(new UsageEvent(
                    key,
                    // Alternates between one provider and day, which is the common case, and several.
                    i % 100 < 60 ? "s3" : "p" + random.nextInt(3),
                    i % 100 < 80 ? DAY : DAY.plusDays(random.nextInt(2)),
                    !failed,
                    file ? 1 : 0,
                    file ? 1 + random.nextInt(1_000_000) : 0,
                    file ? "image/" + random.nextInt(4) : null,
                    1_700_000_000_000L + random.nextInt(1_000_000)));
            record(one);
            all = all.plus(one);
            if (i % 100 == 99) {
                assertThat(read().pending()).isEqualTo(all);
                assertThat(pending.claim(List.of(key), i).claims().get(0).usage())
                        .isEqualTo(all);
                pending.acknowledge(pending.claim(List.of(key), i).claims());
                all = KeyUsage.NONE;
            }
        }
        assertThat(pending.ledgers(List.of(key)).get(key).mark().recorded()).isEqualTo(400);
    }

    @Test
    void aRequestAfterTheFirstTakesEightCommands() {
        UsageEvent request = new UsageEvent(key, "s3", DAY, true, 0, 0, null, 5);
        record(KeyUsage.of(request));
        try (RedisWire wire = new RedisWire(redis.port())) {
            wire.send("CONFIG", "RESETSTAT");
            record(KeyUsage.of(request));
            assertThat(wire.commandStatistics().lines().filter(line -> line.startsWith("cmdstat_h")))
                    .anyMatch(line -> line.startsWith("cmdstat_hmget:calls=2,"))
                    .anyMatch(line -> line.startsWith("cmdstat_hget:calls=1,"))
                    .anyMatch(line -> line.startsWith("cmdstat_hset:calls=5,"))
                    .hasSize(3);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "metrics:apikey:{%s}",
                "metrics:provider:{%s}:s3",
                "daily:2026-11-22:apikey:{%s}",
                "daily:2026-11-22:provider:{%s}:s3"
            })
    void aValueThatIsNoHashLeavesTheOthersAsTheyWere(String name) {
        KeyUsage usage = KeyUsage.of(upload(key, "s3", DAY, "image/png", 1));
        record(usage);
        String damaged = "t:" + name.formatted(key);
        client.getBucket(damaged, StringCodec.INSTANCE).delete();
        client.getBucket(damaged, StringCodec.INSTANCE).set("not a hash");
        Map<String, Map<String, String>> before = hashesBut(damaged);
        assertThat(before).hasSize(4);
        Map<String, Throwable> unconfirmed =
                pending.record(List.of(recording(usage))).toCompletableFuture().join();
        assertThat(unconfirmed).containsOnlyKeys(key);
        assertThat(unconfirmed.get(key)).hasMessageContaining("WRONGTYPE");
        assertThat(hashesBut(damaged)).isEqualTo(before);
    }

    private Map<String, Map<String, String>> hashesBut(String left) {
        Map<String, Map<String, String>> hashes = new HashMap<>();
        for (String name : List.of(
                "t:metrics:apikey:{" + key + "}",
                "t:metrics:provider:{" + key + "}:s3",
                "t:daily:2026-11-22:apikey:{" + key + "}",
                "t:daily:2026-11-22:provider:{" + key + "}:s3",
                "t:ledger:{" + key + "}")) {
            if (!name.equals(left)) {
                hashes.put(name, hash(name));
            }
        }
        return hashes;
    }

    @Test
    void aLedgerLostWhileAClaimIsOutStartsWithTheRequestsThereAre() {
        KeyUsage usage = KeyUsage.of(upload(key, "s3", DAY, "image/png", 1));
        record(usage);
        pending.claim(List.of(key), 1);
        client.getMap("t:ledger:{" + key + "}", StringCodec.INSTANCE).delete();
        record(usage);
        KeyLedger ledger = pending.ledgers(List.of(key)).get(key);
        assertThat(ledger.mark().recorded()).isEqualTo(2);
        assertThat(ledger.mark().pending()).isEqualTo(1);
    }

    @Test
    void aHashLeftWithoutASetOfNamesIsAddedTo() {
        client.<String, String>getMap("t:metrics:provider:{" + key + "}:s3", StringCodec.INSTANCE)
                .put("total_requests", "4");
        record(KeyUsage.of(upload(key, "s3", DAY, "image/png", 1)));
        assertThat(hash("t:metrics:provider:{" + key + "}:s3")).containsEntry("total_requests", "5");
        assertThat(hash("t:metrics:apikey:{" + key + "}")).containsEntry("total_requests", "1");
    }

    @Test
    void aLostSetOfNamesIsWrittenAgain() {
        KeyUsage usage = KeyUsage.of(upload(key, "s3", DAY, "image/png", 1));
        record(usage);
        client.getSet("t:pending:{" + key + "}", StringCodec.INSTANCE).delete();
        record(usage);
        assertThat(read().pending()).isEqualTo(usage.plus(usage));
    }

    @Test
    void aLostSetOfNamesIsCompleteOnceEachRowWasRecordedAgain() {
        KeyUsage some = KeyUsage.of(upload(key, "s3", DAY, "image/png", 1));
        KeyUsage others = KeyUsage.of(upload(key, "local", DAY, "image/png", 1));
        record(some);
        record(others);
        client.getSet("t:pending:{" + key + "}", StringCodec.INSTANCE).delete();
        record(some);
        record(others);
        assertThat(read().pending()).isEqualTo(some.plus(some).plus(others).plus(others));
    }

    @Test
    void requestsBeyondWhatCanBeCountedAreRefused() {
        KeyUsage usage = KeyUsage.of(upload(key, "s3", DAY, "image/png", 1));
        record(usage);
        for (String name : List.of("metrics:apikey:{%s}", "daily:2026-11-22:provider:{%s}:s3")) {
            client.<String, String>getMap("t:" + name.formatted(key), StringCodec.INSTANCE)
                    .put("total_requests", Long.toString(UsageCounts.MAX_PENDING));
        }
        assertThat(pending.record(List.of(recording(usage)))
                        .toCompletableFuture()
                        .join())
                .containsOnlyKeys(key);
        assertThat(hash("t:metrics:apikey:{" + key + "}"))
                .containsEntry("total_requests", Long.toString(UsageCounts.MAX_PENDING));
    }
}
