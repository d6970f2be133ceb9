package dev.tollgate.gate.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.InMemoryGateStore;
import dev.tollgate.core.limit.LimitStatus;
import dev.tollgate.core.limit.WindowPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Tests with random histories of several nodes that leases admit no more than the limits, counted by the instants at which
 * requests were admitted, and that everything comes back. GateOracleTest holds the script to the same rules.
 *
 * <p>The property {@code tollgate.test.lease-histories} sets how many histories are tried; each has its number as its seed.
 */
class LeaseHistoryTest {

    private static final int NODES = 3;

    /** After so many others the store has forgotten a caller. */
    private static final int STORED_CALLERS = 10;

    private static final int HISTORIES = Integer.getInteger("tollgate.test.lease-histories", 2_000);
    private static final Duration LENGTH = Duration.ofMillis(300);
    private static final Caller CALLER = Caller.account("a");
    private static final long MONTH_END = BillingMonth.at(1_800_000_000_000L).endMillis();

    /**
     * The policies of one caller: its own window, and perhaps a route's.
     *
     * @param quota the month's, or a negative number for none
     */
    private record Limits(WindowPolicy own, WindowPolicy route, long quota) {

        private List<WindowPolicy> windows(boolean onRoute) {
            List<WindowPolicy> windows = new ArrayList<>();
            if (own != null) {
                windows.add(own);
            }
            if (onRoute && route != null) {
                windows.add(route);
            }
            return windows;
        }

        GateRequest request(boolean onRoute, int cost) {
            return GateRequest.charge(
                    CALLER,
                    windows(onRoute),
                    quota < 0 ? OptionalLong.empty() : OptionalLong.of(quota),
                    cost,
                    BanLadder.NONE);
        }
    }

    private static final List<Limits> LIMITS = List.of(
            new Limits(WindowPolicy.minute(3_000), new WindowPolicy("r", "route:r", 800, 20_000), -1),
            new Limits(WindowPolicy.minute(1_000), null, 2_500),
            new Limits(
                    new WindowPolicy("own", "", 2_000, 10_000), new WindowPolicy("r", "route:r", 900, 60_000), 6_000),
            new Limits(null, null, 1_500));

    /**
     * @param emptied how often the store had been emptied before, or the caller's limits had been reset
     * @param uncharged whether the store may have forgotten its charge: it came from a lease that may be older
     */
    private record Admission(long at, boolean onRoute, int cost, int emptied, boolean uncharged) {}

    /** Three nodes before one store, played through one random history. */
    private static final class History {
        private final SplittableRandom random;
        private final Limits limits;
        private final LeaseWorld time;
        private final InMemoryGateStore store;
        private final List<LeaseWorld.Node> nodes = new ArrayList<>();
        private final List<Admission> admissions = new ArrayList<>();
        private final List<String> told = new ArrayList<>();
        private long bannedUntil;
        private boolean mayLoseUnits;
        private int emptied;
        private long emptiedAt = Long.MIN_VALUE / 2;
        private int leased;

        History(long seed) {
            random = new SplittableRandom(seed);
            limits = LIMITS.get((int) (seed % LIMITS.size()));
            time = new LeaseWorld(MONTH_END - random.nextLong(20, 200_000));
            store = new InMemoryGateStore(time::millis, STORED_CALLERS);
            for (int i = 0; i < NODES; i++) {
                nodes.add(time.node(store, LENGTH));
            }
        }

        private void play() {
            for (int steps = random.nextInt(4, 40); steps > 0; steps--) {
                step(random.nextInt(NODES));
            }
        }

        private void step(int node) {
            int kind = random.nextInt(42);
            if (kind < 24) {
                boolean onRoute = random.nextInt(4) == 0;
                int cost = random.nextInt(5) == 0 ? random.nextInt(2, 12) : 1;
                int times = random.nextInt(1, 400);
                int gap = random.nextBoolean() ? 0 : random.nextInt(1, 20);
                tell("ask node %d %d times, %d ms apart, cost %d, route %b", node, times, gap, cost, onRoute);
                for (int i = 0; i < times; i++) {
                    ask(nodes.get(random.nextInt(8) == 0 ? random.nextInt(NODES) : node), onRoute, cost);
                    time.pass(gap);
                }
            } else if (kind < 32) {
                int span = random.nextInt(3) == 0 ? random.nextInt(1, 70_000) : random.nextInt(1, 500);
                tell("wait %d ms", span);
                time.pass(span);
            } else {
                fault(kind, node);
            }
        }

        private void fault(int kind, int node) {
            switch (kind) {
                case 32, 33 -> {
                    int span = random.nextInt(1, 15_000);
                    tell("freeze node %d for %d ms", node, span);
                    mayLoseUnits |= span > 4_000;
                    nodes.get(node).freeze(span);
                }
                case 34, 35 -> {
                    boolean replies = random.nextBoolean();
                    tell("lose calls of node %d, replies only: %b", node, replies);
                    mayLoseUnits = true;
                    nodes.get(node).lose(random.nextInt(1, 5), replies);
                }
                case 36 -> {
                    tell("kill node %d", node);
                    mayLoseUnits = true;
                    nodes.get(node).kill();
                    nodes.set(node, time.node(store, LENGTH));
                }
                case 37 -> {
                    int by = random.nextInt(-3_600_000, 3_600_000);
                    tell("step the clock of node %d by %d ms", node, by);
                    nodes.get(node).stepClock(by);
                }
                case 38 -> {
                    int seconds = random.nextInt(1, 20);
                    tell("ban for %d s", seconds);
                    store.ban(CALLER, BanLevel.lasting(Duration.ofSeconds(seconds)), "by hand");
                    nodes.forEach(each -> each.leases().end(CALLER));
                    bannedUntil = Math.max(bannedUntil, time.millis() + seconds * 1_000L);
                }
                case 39 -> {
                    tell("empty the store");
                    mayLoseUnits = true;
                    for (int i = 0; i < STORED_CALLERS; i++) {
                        store.decide(
                                GateRequest.charge(
                                        Caller.account("other" + i), List.of(), OptionalLong.of(1), 1, BanLadder.NONE),
                                time.millis());
                    }
                    emptied++;
                    emptiedAt = time.millis();
                    bannedUntil = 0;
                }
                case 40 -> {
                    boolean told = random.nextBoolean();
                    tell("reset the limits; the message arrives: %b", told);
                    // Units of leases stay charged, also those that were spent before.
                    mayLoseUnits = true;
                    store.reset(CALLER, limits.windows(true), true);
                    emptied++;
                    if (told) {
                        nodes.forEach(each -> each.leases().end(CALLER));
                    }
                }
                default -> {
                    tell("edit the tier");
                    nodes.forEach(each -> each.leases().endAll());
                }
            }
        }

        private void tell(String format, Object... arguments) {
            told.add(time.millis() + ": " + String.format(format, arguments));
        }

        private void ask(LeaseWorld.Node node, boolean onRoute, int cost) {
            if (node.isFrozen()) {
                return;
            }
            GateRequest request = limits.request(onRoute, cost);
            boolean byLease = node.leases().trySpend(request) != null;
            leased += byLease ? 1 : 0;
            if (byLease || store.decide(request, time.millis()).isAdmitted()) {
                assertThat(time.millis()).as("a ban holds, after %s", told).isGreaterThanOrEqualTo(bannedUntil);
                boolean uncharged = byLease && time.millis() - emptiedAt <= LENGTH.toMillis();
                admissions.add(new Admission(time.millis(), onRoute, cost, emptied, uncharged));
            }
        }

        /** An emptied store forgets what was admitted and what is out on lease, and from then on never exceeds a limit either. */
        private void checkNeverOver() {
            for (int since = 0; since <= emptied; since++) {
                checkWindow(limits.own(), false, since);
                checkWindow(limits.route(), true, since);
                if (limits.quota() >= 0) {
                    assertThat(used(false, since))
                            .as("the month, after %s", told)
                            .isLessThanOrEqualTo(limits.quota());
                    assertThat(used(true, since))
                            .as("the next month, after %s", told)
                            .isLessThanOrEqualTo(limits.quota());
                }
            }
        }

        private long used(boolean nextMonth, int since) {
            return charged(since)
                    .filter(admission -> admission.at() >= MONTH_END == nextMonth)
                    .mapToLong(Admission::cost)
                    .sum();
        }

        /** What was admitted between two emptyings or resets, and charged. */
        private Stream<Admission> charged(int since) {
            return admissions.stream().filter(admission -> admission.emptied() == since && !admission.uncharged());
        }

        private void checkWindow(WindowPolicy window, boolean onRouteOnly, int since) {
            if (window == null) {
                return;
            }
            long sum = 0;
            int first = 0;
            List<Admission> counted = charged(since)
                    .filter(admission -> admission.onRoute() || !onRouteOnly)
                    .toList();
            for (Admission last : counted) {
                sum += last.cost();
                while (counted.get(first).at() <= last.at() - window.windowMillis()) {
                    sum -= counted.get(first).cost();
                    first++;
                }
                assertThat(sum)
                        .as("%s until %d, after %s", window.name(), last.at(), told)
                        .isLessThanOrEqualTo(window.limit());
            }
        }

        /** Once all is quiet nothing is out on lease: what is charged to the month is what was admitted. */
        private void checkEverythingCameBack() {
            time.pass(16_000); // the longest freeze
            time.pass(1_500);
            for (LeaseWorld.Node node : nodes) {
                assertThat(node.leases().unitsHeld())
                        .as("units held, after %s", told)
                        .isZero();
            }
            if (limits.quota() < 0 || bannedUntil > time.millis()) {
                return;
            }
            GateRequest peek = limits.request(false, 1).asPeek();
            long remaining = store.decide(peek, time.millis()).policies().stream()
                    .filter(status -> status.name().equals(LimitStatus.MONTH))
                    .mapToLong(LimitStatus::remaining)
                    .sum();
            long charged = limits.quota() - remaining;
            long admitted = used(time.millis() >= MONTH_END, emptied);
            assertThat(charged).as("charged to the month, after %s", told).isGreaterThanOrEqualTo(admitted);
            if (!mayLoseUnits) {
                assertThat(charged).as("charged to the month, after %s", told).isEqualTo(admitted);
            }
        }
    }

    @Test
    void noHistoryAdmitsMoreThanTheLimitsAndEverythingComesBack() {
        long leased = 0;
        long admitted = 0;
        for (int seed = 0; seed < HISTORIES; seed++) {
            History history = new History(seed);
            history.play();
            history.checkNeverOver();
            history.checkEverythingCameBack();
            leased += history.leased;
            admitted += history.admissions.size();
        }
        assertThat(leased).as("leases take part").isGreaterThan(admitted / 10);
        System.out.printf("%d histories: %d admitted, %d of them from leases%n", HISTORIES, admitted, leased);
    }
}
