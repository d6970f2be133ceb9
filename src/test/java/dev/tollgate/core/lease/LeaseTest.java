package dev.tollgate.core.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.LeaseGrant;
import dev.tollgate.core.limit.LeaseRequest.LeaseReport;
import dev.tollgate.core.limit.LimitStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeaseTest {

    private static final long LENGTH = 300;
    private static final long GRANTED_AT = 1_800_000_000_001L;
    private static final long DATED_AT = GRANTED_AT + LENGTH + 2;
    private static final BillingMonth MONTH = BillingMonth.at(GRANTED_AT);
    private static final int THREADS = 8;

    private final TestClock clock = new TestClock();

    private Lease lease(int units) {
        List<LimitStatus> states =
                List.of(new LimitStatus("minute", 1_000, 60, 900, 40_000), new LimitStatus("month", 5_000, 1, 70, 100));
        LeaseGrant grant = LeaseGrant.granted(units, GRANTED_AT, DATED_AT, MONTH, states);
        return new Lease("n.1", grant, clock, clock.nanos(), clock.millis(), LENGTH);
    }

    /** Spends with threads, 1 to 3 units each time, until the lease gives none. Returns the units that admitted something. */
    private static long spendWithThreads(Lease lease, Callable<?> beside) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1);
        try {
            CyclicBarrier start = new CyclicBarrier(THREADS + 1);
            List<Future<Long>> spent = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                SplittableRandom random = new SplittableRandom(i);
                spent.add(threads.submit(() -> {
                    start.await();
                    long sum = 0;
                    int cost = random.nextInt(1, 4);
                    while (lease.trySpend(cost) != null) {
                        sum += cost;
                        cost = random.nextInt(1, 4);
                    }
                    return sum;
                }));
            }
            Future<?> other = threads.submit(() -> {
                start.await();
                return beside.call();
            });
            long sum = 0;
            for (Future<Long> each : spent) {
                sum += each.get();
            }
            other.get();
            return sum;
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 1_000, 200_000})
    void concurrentThreadsNeverSpendMoreThanTheUnits(int units) throws Exception {
        Lease lease = lease(units);
        long admitted = spendWithThreads(lease, () -> null);
        assertThat(admitted).isLessThanOrEqualTo(units).isEqualTo(units - lease.left());
        assertThat(lease.left()).as("less than what somebody wanted").isLessThan(3);
        assertThat(lease.close().orElseThrow().spent()).isEqualTo(admitted);
    }

    @Test
    void whatIsAdmittedWhileTheLeaseIsClosedIsReportedAsSpent() throws Exception {
        for (int i = 0; i < 200; i++) {
            Lease lease = lease(1_000_000);
            List<LeaseReport> reports = new ArrayList<>();
            long admitted = spendWithThreads(lease, () -> lease.close().map(reports::add));
            assertThat(reports).hasSize(1);
            assertThat(admitted).isLessThanOrEqualTo(reports.get(0).spent());
        }
    }

    @Test
    void aRequestThatCostsMoreThanIsLeftLeavesTheRestForSmallerOnes() {
        Lease lease = lease(5);
        assertThat(lease.trySpend(6)).isNull();
        assertThat(lease.trySpend(3)).isNotNull();
        assertThat(lease.trySpend(3)).isNull();
        assertThat(lease.trySpend(2)).isNotNull();
        assertThat(lease.trySpend(1)).isNull();
    }

    @Test
    void nothingIsAdmittedAfterTheEndByTheMonotonicClock() {
        Lease lease = lease(10);
        clock.passNanos(LENGTH * 1_000_000 - 1);
        assertThat(lease.trySpend(1)).isNotNull();
        assertThat(lease.isOver()).isFalse();
        clock.passNanos(1);
        assertThat(lease.isOver()).isTrue();
        assertThat(lease.trySpend(1)).isNull();
        assertThat(lease.left()).as("for the report").isEqualTo(9);
    }

    @ParameterizedTest
    @ValueSource(longs = {LENGTH + 1, 3_600_000, -LENGTH - 1, -3_600_000})
    void nothingIsAdmittedOnceTheWallClockIsFurtherAwayThanTheLength(long step) {
        Lease lease = lease(10);
        clock.stepWall(step);
        assertThat(lease.isOver()).isTrue();
        assertThat(lease.trySpend(1)).isNull();
    }

    @Test
    void aThreadThatWasStoppedAfterTheFirstLookAdmitsNothing() {
        Lease lease = lease(10);
        clock.stopAfterNextLook(LENGTH);
        assertThat(lease.trySpend(4)).isNull();
        assertThat(lease.close().orElseThrow().spent())
                .as("units in doubt count as spent")
                .isEqualTo(4);
    }

    @Test
    void aClosedLeaseAdmitsNothingAndIsReportedOnce() {
        Lease lease = lease(10);
        lease.trySpend(3);
        assertThat(lease.close()).contains(new LeaseReport("n.1", MONTH, DATED_AT, 3));
        assertThat(lease.trySpend(1)).isNull();
        assertThat(lease.left()).isZero();
        assertThat(lease.close()).isEmpty();
    }

    @Test
    void anAdmissionSaysWhatRemainedAtTheGrantPlusWhatTheLeaseHolds() {
        Lease lease = lease(100);
        clock.pass(50);
        Decision admission = lease.trySpend(10);
        assertThat(admission.isAdmitted()).isTrue();
        assertThat(admission.atMillis()).isEqualTo(GRANTED_AT + 50);
        assertThat(admission.policies())
                .containsExactly(
                        new LimitStatus("minute", 1_000, 60, 990, 39_950), new LimitStatus("month", 5_000, 1, 160, 50));
        clock.pass(100);
        assertThat(lease.trySpend(1).policies().get(1).resetMillis())
                .as("never negative")
                .isZero();
    }

    @Test
    void whatRemainsIsNeverMoreThanTheLimit() {
        LeaseGrant grant = LeaseGrant.granted(
                10, GRANTED_AT, DATED_AT, MONTH, List.of(new LimitStatus("minute", 1_000, 60, 998, 40_000)));
        Lease lease = new Lease("n.1", grant, clock, clock.nanos(), clock.millis(), LENGTH);
        assertThat(lease.trySpend(1).policies().get(0).remaining()).isEqualTo(1_000);
    }

    @Test
    void theNextOneIsDueWhenMoreThanHalfOfTheUnitsOrOfTheTimeIsGone() {
        Lease byUnits = lease(10);
        byUnits.trySpend(5);
        assertThat(byUnits.isDue()).isFalse();
        byUnits.trySpend(1);
        assertThat(byUnits.isDue()).isTrue();
        Lease byTime = lease(10);
        clock.pass(LENGTH / 2);
        assertThat(byTime.isDue()).isFalse();
        clock.pass(1);
        assertThat(byTime.isDue()).isTrue();
    }

    @Test
    void unitsSpentAreTakenNoteOfOnce() {
        Lease lease = lease(10);
        assertThat(lease.spentSinceLastLook()).isZero();
        lease.trySpend(3);
        lease.trySpend(1);
        assertThat(lease.spentSinceLastLook()).isEqualTo(4);
        assertThat(lease.spentSinceLastLook()).isZero();
        lease.trySpend(2);
        assertThat(lease.spentSinceLastLook()).isEqualTo(2);
        assertThat(lease.close().map(LeaseReport::spent)).isEqualTo(Optional.of(6L));
        assertThat(lease.spentSinceLastLook()).isZero();
    }
}
