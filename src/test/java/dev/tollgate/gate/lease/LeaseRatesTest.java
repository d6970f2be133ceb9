package dev.tollgate.gate.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.InMemoryGateStore;
import dev.tollgate.core.limit.WindowPolicy;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What callers that ask at a steady or a rising rate get from leases, by a model of nodes and their clocks. */
class LeaseRatesTest {

    private static final Duration LENGTH = Duration.ofMillis(300);

    private static final List<WindowPolicy> WINDOWS =
            List.of(WindowPolicy.minute(3_000), new WindowPolicy("own", "", 2_000, 10_000));

    private static GateRequest request(WindowPolicy window) {
        return GateRequest.charge(Caller.account("a"), List.of(window), OptionalLong.empty(), 1, BanLadder.NONE);
    }

    @Test
    void aCallerThatWantsThreeTimesItsLimitOnTwoNodesGetsAlmostAllOfIt() {
        for (WindowPolicy window : WINDOWS) {
            LeaseWorld time = new LeaseWorld(1_800_000_000_000L);
            InMemoryGateStore store = new InMemoryGateStore(time::millis, 10);
            List<LeaseWorld.Node> nodes = List.of(time.node(store, LENGTH), time.node(store, LENGTH));
            GateRequest request = request(window);
            long[] admitted = new long[3];
            long start = time.millis();
            double perMilli = 3.0 * window.limit() / window.windowMillis();
            double asked = 0;
            for (int n = 0; time.millis() < start + 3 * window.windowMillis(); time.pass(1)) {
                for (asked += perMilli; asked >= 1; asked--) {
                    LeaseWorld.Node node = nodes.get(n++ % 2);
                    if (node.leases().trySpend(request) != null
                            || store.decide(request, time.millis()).isAdmitted()) {
                        admitted[(int) ((time.millis() - start) / window.windowMillis())]++;
                    }
                }
            }
            for (int i = 0; i < 3; i++) {
                assertThat(admitted[i])
                        .as("window %d of %s", i, window)
                        .isBetween(window.limit() * 98 / 100, window.limit());
            }
        }
    }

    @Test
    void aSuddenTenfoldInRateIsFollowedWithinTwoLeaseLengths() {
        WindowPolicy window = new WindowPolicy("own", "", 1_000_000, 60_000);
        LeaseWorld time = new LeaseWorld(1_800_000_000_000L);
        InMemoryGateStore store = new InMemoryGateStore(time::millis, 10);
        LeaseWorld.Node node = time.node(store, LENGTH);
        GateRequest request = request(window);
        long length = LENGTH.toMillis();
        double before = share(time, node, store, request, 0.2, 20 * length);
        share(time, node, store, request, 2, 2 * length);
        double after = share(time, node, store, request, 2, 20 * length);
        System.out.printf("admitted from leases: %.2f before, %.2f after two lengths%n", before, after);
        assertThat(before).isGreaterThan(0.7);
        assertThat(after).isGreaterThan(0.9);
    }

    /** Asks at a rate, in requests per ms, for a while. Returns the share that was admitted from leases. */
    private static double share(
            LeaseWorld time,
            LeaseWorld.Node node,
            InMemoryGateStore store,
            GateRequest request,
            double rate,
            long span) {
        int all = 0;
        int leased = 0;
        double asked = 0;
        for (long end = time.millis() + span; time.millis() < end; time.pass(1)) {
            for (asked += rate; asked >= 1; asked--) {
                all++;
                if (node.leases().trySpend(request) != null) {
                    leased++;
                } else {
                    store.decide(request, time.millis());
                }
            }
        }
        return (double) leased / all;
    }

    @Test
    void inAnyTwoWindowsFromAnyInstantACallerThatWantsMoreGetsNinetyEightPercentOfItsLimit() {
        for (WindowPolicy window : WINDOWS) {
            LeaseWorld time = new LeaseWorld(1_800_000_000_000L);
            InMemoryGateStore store = new InMemoryGateStore(time::millis, 10);
            List<LeaseWorld.Node> nodes = List.of(time.node(store, LENGTH), time.node(store, LENGTH));
            GateRequest request = request(window);
            long start = time.millis();
            int length = (int) window.windowMillis();
            int[] before = new int[8 * length + 1];
            double asked = 0;
            for (int n = 0; time.millis() < start + 8L * length; time.pass(1)) {
                int at = (int) (time.millis() - start);
                before[at + 1] = before[at];
                for (asked += 3.0 * window.limit() / length; asked >= 1; asked--) {
                    LeaseWorld.Node node = nodes.get(n++ % 2);
                    if (node.leases().trySpend(request) != null
                            || store.decide(request, time.millis()).isAdmitted()) {
                        before[at + 1]++;
                    }
                }
            }
            int least = Integer.MAX_VALUE;
            for (int from = 0; from + 2 * length < before.length; from++) {
                least = Math.min(least, before[from + 2 * length] - before[from]);
            }
            System.out.printf("%s: at least %.2f %% in any two windows%n", window, 50.0 * least / window.limit());
            assertThat(least).as("in any two windows of %s", window).isGreaterThanOrEqualTo((int)
                    (2 * window.limit() * 98 / 100));
        }
    }
}
