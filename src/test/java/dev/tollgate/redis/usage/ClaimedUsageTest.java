package dev.tollgate.redis.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.usage.ClaimedUsage;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.PendingSnapshot;
import dev.tollgate.core.usage.PendingUsage.Claims;
import dev.tollgate.core.usage.PendingUsage.KeyLedger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.redisson.client.codec.StringCodec;

/** Tests what a settlement claims of pending usage, acknowledges and renews. */
class ClaimedUsageTest extends PendingUsageCase {

    @Test
    void aClaimTakesEverythingAndLeavesRoomForMore() {
        KeyUsage first = KeyUsage.of(upload(key, "s3", DAY, "image/png", 1));
        KeyUsage later = KeyUsage.of(upload(key, "local", DAY.plusDays(1), "text/plain", 2));
        record(first);
        Claims claims = pending.claim(List.of(key, "unknown"), 7);
        record(later);
        assertThat(claims.claims()).singleElement().satisfies(claim -> {
            assertThat(claim.batchId()).isEqualTo(7);
            assertThat(claim.usage()).isEqualTo(first);
            assertThat(claim.mark().claimed()).isEqualTo(1);
        });
        PendingSnapshot seen = read();
        assertThat(seen.beyond(6)).isEqualTo(first.plus(later));
        assertThat(seen.beyond(7)).isEqualTo(later);
        assertThat(pending.changedKeys(0, 10)).containsExactly(key);
    }

    @Test
    void aClaimThatWasNotAcknowledgedIsReturnedUnderItsOwnBatch() {
        record(KeyUsage.of(upload(key, "s3", DAY, "image/png", 1)));
        List<ClaimedUsage> first = pending.claim(List.of(key), 7).claims();
        record(KeyUsage.of(upload(key, "s3", DAY, "image/png", 1)));
        ClaimedUsage again = pending.claim(List.of(key), 8).claims().get(0);
        assertThat(again.batchId()).isEqualTo(7);
        assertThat(again.usage()).isEqualTo(first.get(0).usage());
        assertThat(again.mark().claimed()).isEqualTo(1);
        assertThat(pending.acknowledge(List.of(again))).isEqualTo(1);
        assertThat(pending.claim(List.of(key), 8).claims().get(0).batchId()).isEqualTo(8);
    }

    @Test
    void aLateSettlersBatchIsRefusedAndItsAcknowledgementDoesNothing() {
        record(KeyUsage.of(upload(key, "s3", DAY, "image/png", 1)));
        ClaimedUsage claim = pending.claim(List.of(key), 7).claims().get(0);
        pending.acknowledge(List.of(claim));
        record(KeyUsage.of(upload(key, "s3", DAY, "image/png", 1)));
        assertThat(pending.claim(List.of(key), 6)).isEqualTo(new Claims(List.of(), 0, 7));
        assertThat(pending.claim(List.of(key), 7).refusedBy()).isEqualTo(7);
        ClaimedUsage next = pending.claim(List.of(key), 8).claims().get(0);
        pending.acknowledge(List.of(claim));
        assertThat(read().claimed().map(ClaimedUsage::batchId)).contains(8L);
        pending.acknowledge(List.of(next));
        pending.acknowledge(List.of(next));
        assertThat(read()).isEqualTo(new PendingSnapshot(KeyUsage.NONE, Optional.empty(), 8));
        assertThat(pending.changedKeys(0, 10)).isEmpty();
    }

    @Test
    void anAcknowledgementDropsTheKeysCachedReports() {
        record(KeyUsage.of(upload(key, "s3", DAY, "image/png", 1)));
        String report = "t:analytics:upload:{" + key + "}:all";
        client.getBucket(report, StringCodec.INSTANCE).set("cached");
        client.getSet("t:analytics:keys:{" + key + "}", StringCodec.INSTANCE).add(report);
        pending.acknowledge(pending.claim(List.of(key), 1).claims());
        assertThat(client.getBucket(report).isExists()).isFalse();
    }

    @Test
    void renewalExtendsTheExpiryOfPendingAndClaimed() {
        record(KeyUsage.of(upload(key, "s3", DAY, "image/png", 1)));
        pending.claim(List.of(key), 1);
        record(KeyUsage.of(upload(key, "s3", DAY, "image/png", 1)));
        client.getKeys().getKeys().forEach(name -> client.getBucket(name).expire(Duration.ofSeconds(5)));
        pending.renew(List.of(key));
        client.getKeys()
                .getKeys()
                .forEach(name -> assertThat(client.getKeys().remainTimeToLive(name))
                        .as(name)
                        .isGreaterThan(WEEK - 60_000));
    }

    @Test
    void theLedgerCountsApartFromThePendingCounts() {
        record(KeyUsage.of(upload(key, "s3", DAY, "image/png", 1)));
        pending.acknowledge(pending.claim(List.of(key), 1).claims());
        record(KeyUsage.of(upload(key, "s3", DAY, "image/png", 1)));
        pending.claim(List.of(key), 2);
        record(KeyUsage.of(upload(key, "s3", DAY, "image/png", 1)));
        KeyLedger ledger = pending.ledgers(List.of(key)).get(key);
        assertThat(ledger.mark().recorded()).isEqualTo(3);
        assertThat(ledger.mark().taken()).isEqualTo(1);
        assertThat(ledger.mark().pending()).isEqualTo(1);
        assertThat(ledger.claimed()).isEqualTo(1);
        assertThat(ledger.claimedBatch()).isEqualTo(2);
        client.<String, String>getMap("t:metrics:apikey:{" + key + "}", StringCodec.INSTANCE)
                .put("total_requests", "5");
        KeyLedger tampered = pending.ledgers(List.of(key)).get(key);
        assertThat(tampered.mark().claimed()).isNotEqualTo(tampered.claimed());
    }

    @Test
    void onAClusterMarksAreMadeFirstAndStayForAMinute() {
        RedisPendingUsage clustered = pending(true);
        clustered
                .record(List.of(recording(KeyUsage.of(upload(key, "s3", DAY, "image/png", 1)))))
                .toCompletableFuture()
                .join();
        clustered.acknowledge(clustered.claim(List.of(key), 1).claims());
        assertThat(clustered.claim(List.of(key), 2).claims()).isEmpty();
        assertThat(clustered.changedKeys(0, 10)).containsExactly(key);
        client.<String>getScoredSortedSet("t:changed", StringCodec.INSTANCE).add(1, key);
        clustered.claim(List.of(key), 3);
        dev.tollgate.fixture.Ports.await(
                "the old mark gone",
                Duration.ofSeconds(5),
                () -> clustered.changedKeys(0, 10).isEmpty());
    }
}
