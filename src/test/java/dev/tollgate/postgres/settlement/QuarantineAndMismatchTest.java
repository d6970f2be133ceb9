package dev.tollgate.postgres.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.ledger.RecentQuarantine;
import dev.tollgate.core.ledger.SettlementStore.Applied;
import dev.tollgate.core.ledger.SettlementStore.Books;
import dev.tollgate.core.ledger.SettlementStore.KeyBook;
import dev.tollgate.core.usage.ClaimedUsage;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.KeyUsage.ProviderDay;
import dev.tollgate.core.usage.LedgerSnapshot;
import dev.tollgate.core.usage.UsageCounts;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Tests usage that cannot be settled, and claims that do not match the ledger. */
class QuarantineAndMismatchTest extends SettlementStoreCase {

    @Test
    void aDeletedKeysUsageIsSetAsideOnceWithItsCounts() {
        List<String> both = keys.create(2);
        keys.delete(both.get(0));
        ClaimedUsage gone =
                claim(both.get(0), upload("s3", DAY, "image/png", 10).plus(failure("s3", DAY)));
        ClaimedUsage odd = claim("not-a-uuid", failure("s3", DAY));
        ClaimedUsage good = claim(both.get(1), failure("s3", DAY));
        Applied applied = apply(gone, odd, good);
        assertThat(applied.keys()).isEqualTo(1);
        assertThat(applied.setAside()).isEqualTo(2);
        assertThat(apply(gone, odd, good).repeated()).isEqualTo(3);
        assertThat(keys.row(
                        "SELECT requests, reason, usage->'parts'->0->>'totalFileSize' AS bytes FROM set_aside_usage"
                                + " WHERE api_key_id = ?",
                        both.get(0)))
                .isEqualTo(Map.of(
                        "requests", BigDecimal.valueOf(2), "reason", QuarantinedUsage.NO_SUCH_KEY, "bytes", "10"));
    }

    @Test
    void whatTheDatabaseRefusesIsFoundAndSetAsideWithoutKeepingTheOthersBack() {
        List<String> all = keys.create(50);
        List<ClaimedUsage> claims = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            claims.add(claim(all.get(i), upload("s3", DAY, "image/png", i)));
        }
        claims.set(3, claim(all.get(3), new KeyUsage(counts(-5), Map.of(), Map.of(), Map.of())));
        claims.set(40, claim(all.get(40), providerTooLong()));
        Applied applied = apply(claims.toArray(ClaimedUsage[]::new));
        assertThat(applied.keys()).isEqualTo(48);
        assertThat(applied.setAside()).isEqualTo(2);
        assertThat(keys.row("SELECT reason FROM set_aside_usage WHERE api_key_id = ?", all.get(40)))
                .containsEntry("reason", "SQLSTATE 23514");
        assertThat(keys.row("SELECT reason FROM set_aside_usage WHERE api_key_id = ?", all.get(3)))
                .containsEntry("reason", QuarantinedUsage.NOT_COUNTS);
        for (int i = 0; i < all.size(); i++) {
            boolean refused = i == 3 || i == 40;
            assertThat(settled(all.get(i))).as("key " + i).containsEntry("total_requests", refused ? 0L : 1L);
        }
        assertThat(apply(claims.toArray(ClaimedUsage[]::new)).repeated()).isEqualTo(50);
    }

    @Test
    void whatWasSetAsideLatelyIsToldByWhetherItsKeyIsThere() {
        long ofDeletedKeys = ledger.books(List.of()).setAsideLately().ofDeletedKeys();
        long ofOthers = ledger.books(List.of()).setAsideLately().ofOthers();
        String key = keys.create(1).get(0);
        apply(claim(key, new KeyUsage(counts(-5), Map.of(), Map.of(), Map.of())));
        apply(claim(UUID.randomUUID().toString(), failure("s3", DAY)));
        assertThat(ledger.books(List.of()).setAsideLately())
                .isEqualTo(new RecentQuarantine(ofDeletedKeys + 1, ofOthers + 1));
        keys.update(
                "UPDATE set_aside_usage SET set_aside_at = now() - interval '61 minutes' WHERE api_key_id = ?", key);
        assertThat(ledger.books(List.of()).setAsideLately())
                .isEqualTo(new RecentQuarantine(ofDeletedKeys + 1, ofOthers));
    }

    private static KeyUsage providerTooLong() {
        UsageCounts counts = counts(1);
        String provider = "p".repeat(51);
        return KeyUsage.of(Map.of(new ProviderDay(provider, DAY), counts));
    }

    @Test
    void textPostgresCannotStoreIsSetAsideOrMendedButNeverInTheWay() {
        List<String> both = keys.create(2);
        UsageCounts counts = new UsageCounts(1, 1, 0, 1, 1, 1, Map.of("a/\0b\ud800\"", 1L));
        Applied applied = apply(
                claim(both.get(0), KeyUsage.of(Map.of(new ProviderDay("s3", DAY), counts))),
                claim(both.get(1), failure("s3", DAY)),
                claim("odd\0key", failure("s3", DAY)));
        assertThat(applied.keys()).isEqualTo(2);
        assertThat(applied.setAside()).isEqualTo(1);
    }

    @Test
    void aRedisThatForgotAClaimIsNoticedAndItsCountsAreSetAside() {
        String key = keys.create(1).get(0);
        long epoch = 1_000_000;
        KeyUsage usage = failure("s3", DAY);
        apply(new ClaimedUsage(key, nextBatch(), usage, new LedgerSnapshot(epoch, 1, 0, 0)));
        apply(new ClaimedUsage(key, nextBatch(), usage, new LedgerSnapshot(epoch, 2, 1, 0)));
        assertThat(settled(key)).containsEntry("total_requests", 2L).containsEntry("ledger_requests", 2L);

        // Redis comes back from before the second claim: what that claim held is pending again, and one more.
        Applied applied =
                apply(new ClaimedUsage(key, nextBatch(), usage.plus(usage), new LedgerSnapshot(epoch, 3, 1, 0)));
        assertThat(applied.mismatches()).hasSize(1);
        assertThat(applied.setAside()).isEqualTo(1);
        assertThat(settled(key)).containsEntry("total_requests", 2L).containsEntry("ledger_requests", 3L);

        Applied next = apply(new ClaimedUsage(key, nextBatch(), usage, new LedgerSnapshot(epoch, 4, 3, 0)));
        assertThat(next.mismatches()).isEmpty();
        assertThat(next.keys()).isEqualTo(1);
    }

    @Test
    void anEmptiedRedisBeginsANewLedgerWithoutAnAlarm() {
        String key = keys.create(1).get(0);
        KeyUsage usage = failure("s3", DAY);
        apply(new ClaimedUsage(key, nextBatch(), usage, new LedgerSnapshot(1_000_000, 1, 0, 0)));
        Applied applied = apply(new ClaimedUsage(key, nextBatch(), usage, new LedgerSnapshot(2_000_000, 1, 0, 0)));
        assertThat(applied.mismatches()).isEmpty();
        assertThat(settled(key)).containsEntry("total_requests", 2L).containsEntry("ledger_epoch", 2_000_000L);
    }

    @Test
    void pendingCountsThatDifferFromWhatWasRecordedAreNoticed() {
        String key = keys.create(1).get(0);
        Applied applied =
                apply(new ClaimedUsage(key, nextBatch(), failure("s3", DAY), new LedgerSnapshot(1_000_000, 5, 0, 0)));
        assertThat(applied.mismatches()).singleElement().satisfies(mismatch -> {
            assertThat(mismatch.expected()).isEqualTo(5);
            assertThat(mismatch.found()).isEqualTo(1);
        });
    }

    @Test
    void theBooksHoldTotalsAndKeysOfTheSameInstant() {
        List<String> both = keys.create(2);
        keys.delete(both.get(1));
        Books before = ledger.books(List.of());
        ClaimedUsage kept =
                new ClaimedUsage(both.get(0), nextBatch(), failure("s3", DAY), new LedgerSnapshot(7, 1, 0, 0));
        ClaimedUsage gone = claim(both.get(1), failure("s3", DAY));
        apply(kept, gone);
        Books after = ledger.books(both);
        assertThat(after.settled().subtract(before.settled())).isEqualTo(BigInteger.ONE);
        assertThat(after.setAside().subtract(before.setAside())).isEqualTo(BigInteger.ONE);
        assertThat(after.recorded().subtract(before.recorded())).isEqualTo(BigInteger.TWO);
        assertThat(after.keys())
                .isEqualTo(Map.of(
                        both.get(0), new KeyBook(true, kept.batchId(), 7, 1),
                        both.get(1), new KeyBook(false, gone.batchId(), 0, 0)));
    }
}
