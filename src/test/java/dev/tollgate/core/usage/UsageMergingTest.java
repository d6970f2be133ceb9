package dev.tollgate.core.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.usage.KeyUsage.ProviderDay;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Merging in any order and any grouping gives the same counts. */
class UsageMergingTest {

    private static final String KEY = "key";

    @Provide
    Arbitrary<List<UsageEvent>> events() {
        Arbitrary<String> providers = Arbitraries.of("local", "s3", "gcs");
        Arbitrary<LocalDate> days = Arbitraries.integers()
                .between(0, 3)
                .map(offset -> LocalDate.of(2026, 2, 27).plusDays(offset));
        Arbitrary<String> types = Arbitraries.of("image/png", "text/plain").injectNull(0.3);
        return Combinators.combine(
                        providers,
                        days,
                        Arbitraries.of(true, false),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.longs().between(0, UsageEvent.MAX_BYTES),
                        types,
                        Arbitraries.longs().between(1, 1L << 41))
                .as((provider, day, ok, files, bytes, type, at) ->
                        new UsageEvent(KEY, provider, day, ok, files, bytes, type, at))
                .list()
                .ofMaxSize(30);
    }

    private static KeyUsage sum(List<UsageEvent> events) {
        return events.stream().map(KeyUsage::of).reduce(KeyUsage.NONE, KeyUsage::plus);
    }

    @Property
    void orderDoesNotMatter(@ForAll("events") List<UsageEvent> events, @ForAll long seed) {
        List<UsageEvent> shuffled = new ArrayList<>(events);
        Collections.shuffle(shuffled, new Random(seed));
        assertThat(sum(shuffled)).isEqualTo(sum(events));
    }

    @Property
    void groupingDoesNotMatter(
            @ForAll("events") List<UsageEvent> some,
            @ForAll("events") List<UsageEvent> more,
            @ForAll("events") List<UsageEvent> rest) {
        KeyUsage a = sum(some);
        KeyUsage b = sum(more);
        KeyUsage c = sum(rest);
        assertThat(a.plus(b).plus(c)).isEqualTo(a.plus(b.plus(c)));
        assertThat(a.plus(b)).isEqualTo(b.plus(a));
        assertThat(a.plus(KeyUsage.NONE)).isEqualTo(a);
    }

    @Property
    void allCountsOfAKeyFollowFromThoseByProviderAndDay(@ForAll("events") List<UsageEvent> events) {
        KeyUsage usage = sum(events);
        assertThat(KeyUsage.of(usage.providerDays())).isEqualTo(usage);
        assertThat(usage.totals().totalRequests()).isEqualTo(events.size());
        assertThat(usage.totals().successfulRequests() + usage.totals().failedRequests())
                .isEqualTo(usage.totals().totalRequests());
    }

    @Property
    void whatTheRecorderSumsUpInPlaceIsTheSameSum(@ForAll("events") List<UsageEvent> events) {
        StripedUsageBuffer stripes = new StripedUsageBuffer(1_000);
        FlushQueue queue = new FlushQueue("node", 1_000);
        for (int i = 0; i < events.size(); i++) {
            assertThat(stripes.add(events.get(i))).isTrue();
            if (i % 7 == 0) {
                stripes.drain(queue::add);
            }
        }
        stripes.drain(queue::add);
        Map<ProviderDay, UsageCounts> sent = new HashMap<>();
        queue.next(10, 1, false).forEach(delta -> sent.putAll(delta.usage()));
        assertThat(KeyUsage.of(sent)).isEqualTo(sum(events));
    }
}
