package dev.tollgate.core.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.analytics.query.DailyQuery;
import dev.tollgate.core.analytics.query.ProvidersQuery;
import dev.tollgate.core.analytics.query.RandomQueries;
import dev.tollgate.core.analytics.query.ReportQuery;
import dev.tollgate.core.analytics.query.UploadQuery;
import dev.tollgate.core.usage.ClaimedUsage;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.PendingSnapshot;
import dev.tollgate.core.usage.UsageEvent;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Wherever usage lies, in the tables, in a claim or pending: the report is that of all of it, each event once. */
class CombiningTest {

    private static final LocalDate TODAY = LocalDate.of(2026, 11, 22);
    private static final ReportMeta META = new ReportMeta(true, Instant.EPOCH, true);

    /** Where an event has got to. */
    enum Place {
        SETTLED,
        CLAIMED,
        PENDING
    }

    record Placed(UsageEvent event, Place place) {}

    private static KeyUsage at(List<Placed> placed, Place... places) {
        return placed.stream()
                .filter(one -> List.of(places).contains(one.place()))
                .map(one -> KeyUsage.of(one.event()))
                .reduce(KeyUsage.NONE, KeyUsage::plus);
    }

    /** The look at Redis that goes with the events' places: the claim is batch 8, all before it is acknowledged. */
    private static PendingSnapshot look(List<Placed> placed) {
        KeyUsage claimed = at(placed, Place.CLAIMED);
        return new PendingSnapshot(
                at(placed, Place.PENDING),
                claimed.isEmpty() ? Optional.empty() : Optional.of(new ClaimedUsage("K", 8, claimed)),
                7);
    }

    private static KeyUsage everything(List<Placed> placed) {
        return at(placed, Place.values());
    }

    private static KeyUsage combined(SettledUsage settled, PendingSnapshot look) {
        assertThat(look.outruns(settled.batch())).isFalse();
        return settled.usage().plus(look.beyond(settled.batch()));
    }

    @Property
    void theClaimCountsOnceBeforeAndAfterItIsApplied(
            @ForAll("placed") List<Placed> placed, @ForAll("queries") ReportQuery query) {
        PendingSnapshot look = look(placed);
        Object whole = report(query, everything(placed));
        SettledUsage before = new SettledUsage(7, InMemoryReports.rows(query, at(placed, Place.SETTLED)));
        assertThat(report(query, combined(before, look))).isEqualTo(whole);
        SettledUsage after = new SettledUsage(8, InMemoryReports.rows(query, at(placed, Place.SETTLED, Place.CLAIMED)));
        assertThat(report(query, combined(after, look))).isEqualTo(whole);
    }

    @Property
    void aSettledPartThatLacksAnAcknowledgedBatchIsNeverUsed(@ForAll("placed") List<Placed> placed) {
        assertThat(look(placed).outruns(6)).isTrue();
        assertThat(look(placed).outruns(7)).isFalse();
        assertThat(look(placed).outruns(8)).isFalse();
    }

    private static Object report(ReportQuery query, KeyUsage usage) {
        if (query instanceof UploadQuery upload) {
            return UploadReport.of("K", upload, usage, META);
        } else if (query instanceof DailyQuery daily) {
            return DailyReport.of(daily, usage, TODAY, META);
        } else if (query instanceof ProvidersQuery providers) {
            return ProvidersReport.of(providers, usage, META);
        }
        return FileTypesReport.of(usage, META);
    }

    @Provide
    Arbitrary<List<Placed>> placed() {
        Arbitrary<UsageEvent> events = Combinators.combine(
                        Arbitraries.of("local", "s3", "gcs"),
                        Arbitraries.integers().between(0, 120).map(TODAY::minusDays),
                        Arbitraries.of(true, false),
                        Arbitraries.longs().between(0, 1_000_000),
                        Arbitraries.of("image/png", "text/csv", "video/mp4").injectNull(0.3),
                        Arbitraries.longs().between(1, 1_000_000))
                .as((provider, day, ok, bytes, type, at) -> new UsageEvent(
                        "K", provider, day, ok, type == null ? 0 : 1, type == null ? 0 : bytes, type, at));
        return Combinators.combine(events, Arbitraries.of(Place.values()))
                .as(Placed::new)
                .list()
                .ofMaxSize(150);
    }

    @Provide
    Arbitrary<ReportQuery> queries() {
        return RandomQueries.of(Arbitraries.of("local", "s3", "never"), TODAY, 120, 90);
    }
}
