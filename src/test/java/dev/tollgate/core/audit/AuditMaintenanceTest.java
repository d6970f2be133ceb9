package dev.tollgate.core.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AuditMaintenanceTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    private final List<Instant> from = new ArrayList<>();
    private final List<Instant> to = new ArrayList<>();
    private int rowsToForget;
    private boolean away;

    private final AuditMaintenance upkeep = new AuditMaintenance(
            new AuditLog() {
                @Override
                public Page<Row> page(Filter filter, PageRequest request) {
                    throw new UnsupportedOperationException("not asked by the upkeep");
                }

                @Override
                public List<Row> after(Filter filter, String q, Optional<Row> last, int most) {
                    throw new UnsupportedOperationException("not asked by the upkeep");
                }

                @Override
                public int noteEndedBans(Instant after, Instant until) {
                    if (away) {
                        throw new IllegalStateException("away");
                    }
                    from.add(after);
                    to.add(until);
                    return 0;
                }

                @Override
                public int forget(Instant before, int most) {
                    assertThat(before).isEqualTo(NOON.minus(Duration.ofDays(30)));
                    int forgotten = Math.min(most, rowsToForget);
                    rowsToForget -= forgotten;
                    return forgotten;
                }
            },
            Duration.ofDays(30));

    @Test
    void firstRunLooksBackAndLaterRunsGoOnFromTheLast() {
        upkeep.run(NOON);
        upkeep.run(NOON);
        assertThat(from.get(0)).isEqualTo(to.get(0).minus(AuditMaintenance.LOOK_BACK));
        assertThat(from.get(1)).isBefore(to.get(0)).isAfter(to.get(0).minus(Duration.ofHours(1)));
        assertThat(to).containsOnly(NOON.minus(AuditMaintenance.LAG));
    }

    @Test
    void aRunThatFailedIsMadeUpForByTheNext() {
        upkeep.run(NOON);
        away = true;
        assertThatThrownBy(() -> upkeep.run(NOON.plus(Duration.ofHours(5)))).hasMessage("away");
        away = false;
        upkeep.run(NOON);
        assertThat(from.get(1)).isBefore(to.get(0));
    }

    @Test
    void whatIsForgottenInOneRunIsBounded() {
        rowsToForget = 1_000_000;
        upkeep.run(NOON);
        assertThat(rowsToForget).isPositive().isLessThan(1_000_000);
        rowsToForget = 7;
        upkeep.run(NOON);
        assertThat(rowsToForget).isZero();
    }
}
