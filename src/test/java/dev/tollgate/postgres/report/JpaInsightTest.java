package dev.tollgate.postgres.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.ledger.Quarantine;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.core.traffic.CallerPeaks.Peak;
import dev.tollgate.core.traffic.DailyUsage;
import dev.tollgate.core.traffic.PeakStore;
import dev.tollgate.core.usage.KeyUsage.ProviderDay;
import dev.tollgate.core.usage.UsageCounts;
import dev.tollgate.postgres.account.JpaRouteModes;
import dev.tollgate.postgres.settlement.JpaQuarantine;
import dev.tollgate.postgres.support.PostgresCase;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JpaInsightTest extends PostgresCase {

    private static final long HOUR = 3_600_000;
    private static final long NOW = Instant.parse("2026-11-22T12:30:00Z").toEpochMilli();
    private static final long THIS_HOUR = NOW - NOW % HOUR;
    private static final String SHOP = "00000000-0000-0000-0000-000000000001";
    private static final String BLOG = "00000000-0000-0000-0000-000000000002";
    private static final String KEY = "00000000-0000-0000-0000-00000000000a";

    private final JpaPeakStore peaks = new JpaPeakStore(postgres.database());
    private final JpaDailyUsage days = new JpaDailyUsage(postgres.database());
    private final JpaRouteModes modes = new JpaRouteModes(postgres.database());
    private final JpaQuarantine aside = new JpaQuarantine(postgres.database());

    @BeforeEach
    void twoAccounts() {
        postgres.execute(
                "TRUNCATE caller_peaks, caller_window_peaks, account_limits, route_modes, set_aside_usage",
                "UPDATE ledger_totals SET recorded = 100, settled = 90, set_aside = 10",
                "INSERT INTO accounts (id, name, tier) VALUES ('" + SHOP + "', 'Shop', 'free'), ('" + BLOG
                        + "', 'Blog', 'free')",
                "INSERT INTO api_keys (id, account_id, name, key_hash, prefix) VALUES ('" + KEY + "', '" + SHOP
                        + "', 'k', repeat('0', 64), 'tg_abcde')");
    }

    private PeakStore.Preview preview(String tier, long window, long quota) {
        return peaks.preview(
                tier,
                List.of(WindowPolicy.minute(window)),
                OptionalLong.of(quota),
                Instant.ofEpochMilli(NOW - 24 * HOUR),
                "2026-11");
    }

    @Test
    void previewTellsWhoWasOverTheNumberAndInHowManyHours() {
        peaks.keep(
                List.of(
                        new Peak(THIS_HOUR, SHOP, 9),
                        new Peak(THIS_HOUR - HOUR, SHOP, 6),
                        new Peak(THIS_HOUR - 30 * HOUR, SHOP, 500),
                        new Peak(THIS_HOUR, BLOG, 5),
                        new Peak(THIS_HOUR, "ip:192.0.2.1", 50)),
                NOW);
        PeakStore.Preview five = preview("free", 5, 1_000);
        assertThat(five.callers()).isEqualTo(2);
        assertThat(five.limited()).isEqualTo(1);
        assertThat(five.most())
                .containsExactly(new PeakStore.Limited(SHOP, "Shop", "minute", 9, 2, Instant.ofEpochMilli(THIS_HOUR)));
        assertThat(preview("free", 9, 1_000).limited()).as("nine fit into nine").isZero();
        assertThat(preview("pro", 1, 1_000).callers()).isZero();
        assertThat(preview("anonymous", 49, 1_000).most())
                .extracting(PeakStore.Limited::caller)
                .containsExactly("ip:192.0.2.1");
    }

    @Test
    void previewTellsWhoIsOverTheQuota() {
        postgres.execute("INSERT INTO quota_usage (account_id, month, used) VALUES ('" + SHOP + "', '2026-11', 700), ('"
                + BLOG + "', '2026-11', 20), ('" + BLOG + "', '2026-10', 999)");
        PeakStore.Preview preview = preview("free", 5, 500);
        assertThat(preview.accounts()).isEqualTo(2);
        assertThat(preview.overQuota()).isEqualTo(1);
        assertThat(preview.mostUsed()).containsExactly(new PeakStore.OverQuota(SHOP, "Shop", 700));
    }

    @Test
    void peaksOnlyRiseAndOldOnesGo() {
        peaks.keep(List.of(new Peak(THIS_HOUR, SHOP, 9), new Peak(THIS_HOUR - 47 * HOUR, SHOP, 1)), NOW);
        peaks.keep(List.of(new Peak(THIS_HOUR, SHOP, 4)), NOW);
        assertThat(preview("free", 8, 1).limited()).isEqualTo(1);
        peaks.keep(List.of(), NOW + 2 * HOUR);
        assertThat(postgres.column("SELECT count(*) FROM caller_peaks")).containsExactly("1");
    }

    @Test
    void daysAreSummedOverKeysAndThoseWithoutUsageAreThereToo() {
        postgres.execute(
                "INSERT INTO api_keys (id, account_id, name, key_hash, prefix) VALUES ('" + BLOG + "', '" + BLOG
                        + "', 'k', repeat('1', 64), 'tg_fghij')",
                "INSERT INTO api_key_usage_daily (api_key_id, usage_date, total_requests, failed_requests,"
                        + " total_files_uploaded, total_file_size) VALUES ('" + KEY
                        + "', '2026-11-22', 5, 1, 4, 100), ('"
                        + BLOG + "', '2026-11-22', 2, 0, 1, 7), ('" + KEY + "', '2026-11-01', 9, 9, 9, 9)");
        LocalDate today = LocalDate.of(2026, 11, 22);
        assertThat(days.between(today.minusDays(1), today))
                .containsExactly(
                        new DailyUsage.Day(
                                today.minusDays(1), BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO),
                        new DailyUsage.Day(
                                today,
                                BigInteger.valueOf(7),
                                BigInteger.ONE,
                                BigInteger.valueOf(5),
                                BigInteger.valueOf(107)));
    }

    @Test
    void switchedModesAreKeptAndLetGo() {
        modes.put("uploads", Optional.of(true));
        modes.put("check", Optional.of(true));
        modes.put("check", Optional.of(false));
        assertThat(modes.all()).isEqualTo(Map.of("uploads", true, "check", false));
        modes.put("uploads", Optional.empty());
        assertThat(modes.all()).isEqualTo(Map.of("check", false));
    }

    @Test
    void whatWasSetAsideIsReadBackAndTakenOutOfTheSumsOnce() {
        String counts = "\"totalRequests\":10,\"successfulRequests\":9,\"failedRequests\":1,\"totalFilesUploaded\":9,"
                + "\"totalFileSize\":900,\"lastUsedAt\":1700000000000,\"fileTypes\":";
        postgres.execute("INSERT INTO set_aside_usage (batch_id, api_key_id, requests, usage, reason) VALUES (7, '"
                + KEY
                + "', 10, '{" + counts + "{\"image/png\":9},\"parts\":[{\"provider\":\"s3\",\"day\":\"2026-11-20\","
                + counts + "{}}]}', 'no such key'), (7, 'gone', 1, '{\"parts\":[]}', 'no such key')");
        Quarantine.Entry found = aside.find(7, KEY).orElseThrow();
        assertThat(found.keyExists()).isTrue();
        assertThat(found.requests()).isEqualTo(10);
        assertThat(found.usage())
                .isEqualTo(Map.of(
                        new ProviderDay("s3", LocalDate.of(2026, 11, 20)),
                        new UsageCounts(10, 9, 1, 9, 900, 1_700_000_000_000L, Map.of("image/png", 9L))));
        assertThat(aside.find(7, "gone").orElseThrow().keyExists()).isFalse();
        assertThat(aside.find(8, KEY)).isEmpty();
        assertThat(aside.remove(7, KEY)).isTrue();
        assertThat(aside.remove(7, KEY)).isFalse();
        assertThat(postgres.column("SELECT recorded || ' ' || settled || ' ' || set_aside FROM ledger_totals"))
                .containsExactly("90 90 0");
    }
}
