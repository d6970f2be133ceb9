package dev.tollgate.gate.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.lease.NodeClock;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.InMemoryGateStore;
import dev.tollgate.core.limit.LeaseRequest;
import dev.tollgate.core.limit.LeaseRequest.LeaseReport;
import dev.tollgate.core.limit.LimitStatus;
import dev.tollgate.core.limit.WindowPolicy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class LeasesTest {

    private static final Duration LENGTH = Duration.ofMillis(300);
    private static final long START = 1_800_000_000_000L;
    private static final long QUOTA = 1_000_000;
    private static final Caller CALLER = Caller.account("a");
    private static final Caller OTHER = Caller.account("b");

    private final LeaseWorld time = new LeaseWorld(START);
    private final InMemoryGateStore store = new InMemoryGateStore(time::millis, 1_000);
    private final RecordingGateStore recorded = new RecordingGateStore(store);
    private final List<LeaseRequest> sent = recorded.leases;
    private LeaseWorld.Node node = time.node(recorded, LENGTH);

    private static GateRequest request(Caller caller, int cost) {
        return GateRequest.charge(
                caller, List.of(WindowPolicy.minute(100_000)), OptionalLong.of(QUOTA), cost, BanLadder.NONE);
    }

    private static GateRequest request(Caller caller) {
        return request(caller, 1);
    }

    /** Asks as the gate does. Returns whether a lease admitted the request. */
    private boolean ask(Caller caller) {
        boolean leased = node.leases().trySpend(request(caller)) != null;
        if (!leased) {
            store.decide(request(caller), time.millis());
        }
        return leased;
    }

    private int ask(Caller caller, int times) {
        int leased = 0;
        for (int i = 0; i < times; i++) {
            leased += ask(caller) ? 1 : 0;
        }
        return leased;
    }

    /** Asks until the node has a lease for the caller. */
    private void askUntilLeased(Caller caller) {
        ask(caller, 8);
        time.pass(Leases.GATHER_MILLIS + 5);
        assertThat(ask(caller)).as("a lease").isTrue();
    }

    private long charged(Caller caller) {
        return QUOTA
                - store.decide(request(caller).asPeek(), time.millis()).policies().stream()
                        .filter(status -> status.name().equals(LimitStatus.MONTH))
                        .mapToLong(LimitStatus::remaining)
                        .sum();
    }

    @Test
    void aCallerThatAsksSevenTimesALeasesLengthGetsNone() {
        for (int i = 0; i < 70; i++) {
            assertThat(ask(CALLER, i % 10 < 7 ? 1 : 0)).isZero();
            time.pass(30);
        }
        assertThat(sent).isEmpty();
        assertThat(node.leases().size()).isZero();
    }

    @Test
    void aCallerThatAsksOftenIsAdmittedWithoutTheStoreMostOfTheTime() {
        int leased = 0;
        for (int i = 0; i < 2_000; i++) {
            leased += ask(CALLER) ? 1 : 0;
            time.pass(1);
        }
        assertThat(leased).isGreaterThan(1_900);
        time.pass(2_000);
        assertThat(charged(CALLER)).isEqualTo(2_000);
        LeaseCounts.Snapshot counts = node.leases().counts();
        assertThat(counts.unitsSpent()).isEqualTo(leased);
        assertThat(counts.unitsGranted()).isEqualTo(counts.unitsSpent() + counts.unitsReturned());
        assertThat(counts.granted()).isPositive();
        assertThat(counts.calls()).isEqualTo(sent.size()).isLessThan(leased / 20);
        assertThat(counts.failed()).isZero();
    }

    @Test
    void oneCallForALeaseIsOnItsWayAtATime() {
        ask(CALLER, 8);
        time.pass(Leases.GATHER_MILLIS);
        ask(CALLER, 500);
        time.pass(0);
        ask(CALLER, 500);
        time.pass(1);
        assertThat(sent).hasSize(1);
    }

    @Test
    void aRequestOfOtherPoliciesIsNotAdmittedFromTheLease() {
        askUntilLeased(CALLER);
        GateRequest larger = GateRequest.charge(
                CALLER, List.of(WindowPolicy.minute(200_000)), OptionalLong.of(QUOTA), 1, BanLadder.NONE);
        GateRequest exact = new GateRequest(
                CALLER,
                request(CALLER).windows(),
                OptionalLong.of(QUOTA),
                1,
                BanLadder.NONE,
                GateRequest.Mode.CHARGE_EXACT);
        assertThat(node.leases().trySpend(larger)).isNull();
        assertThat(node.leases().trySpend(exact)).isNull();
        assertThat(node.leases().trySpend(request(CALLER).asPeek())).isNull();
        assertThat(node.leases().trySpend(request(CALLER))).isNotNull();
    }

    @Test
    void aRequestThatCostsMoreThanTheLeaseHoldsIsLeftToTheStore() {
        askUntilLeased(CALLER);
        long held = node.leases().unitsHeld();
        assertThat(node.leases().trySpend(request(CALLER, (int) held + 1))).isNull();
        assertThat(node.leases().unitsHeld()).isEqualTo(held);
    }

    @Test
    void aRefusedRequestIsNotRepeatedForALeasesLength() {
        store.ban(CALLER, BanLevel.lasting(Duration.ofMinutes(1)), "by hand");
        for (int i = 0; i < 290; i++) {
            ask(CALLER);
            time.pass(1);
        }
        assertThat(sent).hasSize(1);
        assertThat(node.leases().counts().refused()).isEqualTo(1);
        assertThat(node.leases().unitsHeld()).isZero();
    }

    @Test
    void anEvictedCallersUnitsComeBack() {
        node = time.node(store, LENGTH, 1);
        askUntilLeased(CALLER);
        long admitted = 9;
        assertThat(charged(CALLER)).isGreaterThan(admitted);
        ask(OTHER, 8);
        time.pass(Leases.GATHER_MILLIS + 5);
        assertThat(node.leases().size()).isEqualTo(1);
        assertThat(charged(CALLER)).isEqualTo(admitted);
        assertThat(ask(OTHER)).isTrue();
        assertThat(ask(CALLER)).isFalse();
    }

    @Test
    void theNumberOfCallersIsBoundedAndAllUnitsComeBack() {
        node = time.node(store, LENGTH, 20);
        for (int round = 0; round < 40; round++) {
            for (int i = 0; i < 200; i++) {
                ask(Caller.account("c" + i));
            }
            time.pass(3);
            assertThat(node.leases().size()).isLessThanOrEqualTo(20);
        }
        time.pass(2_000);
        assertThat(node.leases().unitsHeld()).isZero();
        for (int i = 0; i < 200; i++) {
            assertThat(charged(Caller.account("c" + i))).as("c" + i).isEqualTo(40);
        }
    }

    @Test
    void nothingIsAdmittedFromALeaseThatIsEndedAndItComesBack() {
        askUntilLeased(CALLER);
        askUntilLeased(OTHER);
        assertThat(charged(CALLER)).isGreaterThan(9);
        node.leases().end(CALLER);
        time.pass(Leases.GATHER_MILLIS + 45);
        assertThat(charged(CALLER)).isEqualTo(9);
        assertThat(ask(CALLER)).isFalse();
        assertThat(ask(OTHER)).as("another caller's lease").isTrue();
        node.leases().endAll();
        assertThat(node.leases().unitsHeld()).isZero();
        assertThat(ask(OTHER)).isFalse();
    }

    @Test
    void aGrantThatArrivesAfterTheEndIsGivenBackUnspent() {
        ask(CALLER, 8);
        time.pass(Leases.GATHER_MILLIS + 1);
        assertThat(sent).as("on its way").hasSize(1);
        node.leases().end(CALLER);
        time.pass(Leases.GATHER_MILLIS + 15);
        assertThat(node.leases().counts().granted()).isEqualTo(1);
        assertThat(ask(CALLER)).isFalse();
        assertThat(charged(CALLER)).isEqualTo(9);
        assertThat(sent.get(1).report().orElseThrow().spent()).isZero();
    }

    @Test
    void aFailedRequestIsReportedAsNotSpentAndIsRepeatedAfterAPauseThatGrows() {
        recorded.fail();
        Direct direct = new Direct();
        List<Long> asked = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            int before = sent.size();
            assertThat(direct.leases.trySpend(request(CALLER))).isNull();
            direct.runTasks();
            if (sent.subList(before, sent.size()).stream().anyMatch(call -> call.wanted() > 0)) {
                asked.add(time.millis());
            }
            time.pass(1);
        }
        List<Long> pauses = new ArrayList<>();
        for (int i = 1; i < asked.size(); i++) {
            pauses.add(asked.get(i) - asked.get(i - 1));
        }
        assertThat(pauses).startsWith(300L, 600L, 1_200L, 2_000L, 2_000L).endsWith(2_000L);
        assertThat(direct.leases.counts().failed()).isEqualTo(asked.size());
        List<LeaseReport> reports =
                sent.stream().flatMap(call -> call.report().stream()).toList();
        assertThat(reports).isNotEmpty().allMatch(report -> report.datedAt() == 0 && report.spent() == 0);
        assertThat(sent.stream().filter(call -> call.wanted() > 0).map(LeaseRequest::id))
                .containsAll(reports.stream().map(LeaseReport::id).toList());
    }

    @Test
    void aGrantWhoseReplyIsLostIsNotSpentAndComesBack() {
        node.lose(1, true);
        ask(CALLER, 8);
        time.pass(Leases.GATHER_MILLIS + 3);
        assertThat(charged(CALLER)).as("granted").isGreaterThan(8);
        assertThat(node.leases().unitsHeld()).isZero();
        time.pass(1_000);
        assertThat(node.leases().counts().failed()).isEqualTo(1);
        assertThat(charged(CALLER)).isEqualTo(8);
    }

    /** A node whose delayed tasks are run by hand, and whose calls are answered at once. */
    private final class Direct implements NodeClock {
        private final Deque<Runnable> tasks = new ArrayDeque<>();
        private final Leases leases =
                new Leases(recorded, this, (task, millis) -> tasks.add(task), LENGTH, 100, "direct");

        @Override
        public long nanos() {
            return time.millis() * 1_000_000;
        }

        @Override
        public long millis() {
            return time.millis();
        }

        private void runTasks() {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
        }
    }

    @Test
    void closingReportsAllLeasesAndTakesNoMore() {
        Direct direct = new Direct();
        for (int caller = 0; caller < 50; caller++) {
            for (int i = 0; i < 8; i++) {
                store.decide(request(Caller.account("c" + caller)), time.millis());
                assertThat(direct.leases.trySpend(request(Caller.account("c" + caller))))
                        .isNull();
            }
        }
        direct.runTasks();
        assertThat(sent).hasSize(50);
        for (int caller = 0; caller < 50; caller++) {
            assertThat(direct.leases.trySpend(request(Caller.account("c" + caller))))
                    .isNotNull();
        }
        direct.leases.close();
        assertThat(direct.tasks).as("nothing is left to a thread that ends").isEmpty();
        assertThat(sent).hasSize(100);
        assertThat(sent.subList(50, 100)).allSatisfy(call -> {
            assertThat(call.wanted()).isZero();
            assertThat(call.report().orElseThrow().spent()).isEqualTo(1);
        });
        for (int caller = 0; caller < 50; caller++) {
            assertThat(charged(Caller.account("c" + caller))).isEqualTo(9);
            assertThat(direct.leases.trySpend(request(Caller.account("c" + caller))))
                    .isNull();
        }
        assertThat(direct.leases.isEnabled()).isFalse();
        assertThat(direct.leases.size()).isZero();
        direct.leases.close();
        assertThat(sent).hasSize(100);
    }

    @Test
    void withALengthOfZeroNobodyGetsALease() {
        node = time.node(recorded, Duration.ZERO);
        assertThat(node.leases().isEnabled()).isFalse();
        assertThat(ask(CALLER, 1_000)).isZero();
        time.pass(1_000);
        assertThat(sent).isEmpty();
        assertThat(ask(CALLER)).isFalse();
    }
}
