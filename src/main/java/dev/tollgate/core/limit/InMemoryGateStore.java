package dev.tollgate.core.limit;

import dev.tollgate.core.limit.LeaseRequest.LeaseReport;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A gate store in this node's memory, with the same rules as {@code gate.lua}. It serves the failure mode {@code local},
 * and tests compare the script with it.
 *
 * <p>Bounded: beyond its capacity it forgets the caller that it has not seen for longest, with window and ban. Thread-safe
 * by one lock: a decision takes a few hundred nanoseconds.
 */
public final class InMemoryGateStore implements GateStore {

    private final LongSupplier clock;
    private final Map<Caller, State> callers;

    /**
     * @param clock milliseconds since the epoch
     * @param capacity how many callers are remembered
     */
    public InMemoryGateStore(LongSupplier clock, int capacity) {
        this.clock = clock;
        this.callers = new LinkedHashMap<>(64, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Caller, State> eldest) {
                return size() > capacity;
            }
        };
    }

    /**
     * A lease that is not reported yet.
     *
     * @param units what it took; 0 for a mark that it must not be granted any more
     * @param end the instant from which on no report is taken
     * @param month the month its units were charged to
     */
    record Taken(long units, long end, BillingMonth month) {

        /** Returns the instant its units are dated at. */
        long datedAt() {
            return end - LeaseRequest.REPORT_MILLIS;
        }
    }

    private static final class State {
        private final Map<String, SlidingWindowLog> windows = new HashMap<>();
        private final Map<BillingMonth, Long> months = new HashMap<>();
        /** Leases that are not reported yet, and marks of those that were reported before they came. */
        private final Map<String, Taken> leases = new HashMap<>();

        private @Nullable Ban ban;
        private int violations;
        private long latestViolation = -1;

        private SlidingWindowLog window(WindowPolicy policy, long now) {
            SlidingWindowLog log = windows.computeIfAbsent(policy.scope(), scope -> new SlidingWindowLog());
            log.slide(now, policy.windowMillis());
            return log;
        }

        private Optional<Ban> banAt(long now) {
            return Optional.ofNullable(ban).filter(held -> held.holdsAt(now));
        }
    }

    @Override
    public CompletionStage<Decision> decide(GateRequest request) {
        return CompletableFuture.completedFuture(decide(request, clock.getAsLong()));
    }

    /** Decides one request at the given instant. */
    public synchronized Decision decide(GateRequest request, long now) {
        State state = callers.computeIfAbsent(request.caller(), caller -> new State());
        if (request.enforced()) {
            Optional<Ban> ban = state.banAt(now);
            if (ban.isPresent()) {
                return Decision.banned(now, ban.get());
            }
        }
        return rule(request, state, now).decisionOn(request);
    }

    private static RawDecision rule(GateRequest request, State state, long now) {
        List<WindowPolicy> policies = request.windows();
        SlidingWindowLog[] logs = new SlidingWindowLog[policies.size()];
        long[] resets = new long[policies.size()];
        boolean[] refusing = new boolean[policies.size() + 1];
        boolean fits = true;
        boolean exceeded = false;
        for (int i = 0; i < logs.length; i++) {
            WindowPolicy policy = policies.get(i);
            logs[i] = state.window(policy, now);
            refusing[i] = logs[i].total() + request.cost() > policy.limit();
            fits &= !refusing[i];
            // Who would fit without the units out on lease is refused, but did not exceed the limit.
            exceeded |= logs[i].total() - logs[i].unitsAfter(now) + request.cost() > policy.limit();
            resets[i] = refusing[i] && request.cost() <= policy.limit()
                    ? logs[i].untilFits(request.cost(), policy.limit(), now, policy.windowMillis())
                    : logs[i].untilFirstLeaves(now, policy.windowMillis());
        }
        BillingMonth month = BillingMonth.at(now);
        boolean counted = request.caller().isAccount();
        long used = counted ? state.months.getOrDefault(month, 0L) : 0;
        boolean over = counted
                && request.monthlyQuota().isPresent()
                && used + request.cost() > request.monthlyQuota().getAsLong();
        refusing[logs.length] = over;
        Decision.Outcome outcome = request.outcome(over, fits);
        // What is not enforced passes, and is charged to each policy that has room.
        boolean charged = request.charged() && (outcome == Decision.Outcome.ADMITTED || !request.enforced());
        for (int i = 0; charged && i < logs.length; i++) {
            if (!refusing[i]) {
                WindowPolicy policy = policies.get(i);
                logs[i].add(request.cost(), policy.limit(), now, policy.windowMillis());
                resets[i] = logs[i].untilFirstLeaves(now, policy.windowMillis());
            }
        }
        if (charged && counted && !over) {
            used += request.cost();
            state.months.keySet().removeIf(past -> past.endMillis() < month.startMillis());
            state.months.put(month, used);
        }
        long[] totals = Arrays.stream(logs).mapToLong(SlidingWindowLog::total).toArray();
        if (outcome != Decision.Outcome.RATE_LIMITED) {
            return RawDecision.withoutViolation(outcome, now, month, used, totals, resets, refusing);
        }
        return violation(request, state, now, month, used, totals, resets, refusing, exceeded);
    }

    private static RawDecision violation(
            GateRequest request,
            State state,
            long now,
            BillingMonth month,
            long used,
            long[] totals,
            long[] resets,
            boolean[] refusing,
            boolean exceeded) {
        boolean records = request.ladder().recordsViolations();
        if (records
                && state.latestViolation >= 0
                && state.latestViolation + request.ladder().memory().toMillis() <= now) {
            state.violations = 0;
            state.latestViolation = -1;
        }
        boolean first = false;
        Optional<Ban> ban = Optional.empty();
        if (request.charged() && request.enforced() && exceeded && records) {
            first = state.latestViolation < 0 || state.latestViolation + WindowPolicy.MINUTE_MILLIS <= now;
            state.violations++;
            state.latestViolation = now;
            ban = request.ladder()
                    .levelAt(state.violations)
                    .map(level -> Ban.starting(level, state.violations + " requests over the limit", now));
            ban.ifPresent(applied -> state.ban = applied);
        }
        return new RawDecision(
                ban.isPresent() ? Decision.Outcome.BANNED : Decision.Outcome.RATE_LIMITED,
                now,
                month,
                used,
                totals,
                resets,
                refusing,
                request.charged() && !(request.enforced() && exceeded)
                        ? OptionalInt.empty()
                        : OptionalInt.of(records ? state.violations : 0),
                first,
                ban);
    }

    @Override
    public CompletionStage<LeaseGrant> lease(LeaseRequest request) {
        return CompletableFuture.completedFuture(lease(request, clock.getAsLong()));
    }

    /** Grants a lease and takes a report at the given instant. */
    public synchronized LeaseGrant lease(LeaseRequest request, long now) {
        State state = callers.computeIfAbsent(request.policies().caller(), caller -> new State());
        request.report().ifPresent(report -> report(report, request.policies(), state, now));
        state.leases.values().removeIf(taken -> taken.end() <= now);
        if (state.banAt(now).isPresent()) {
            return LeaseGrant.refused(LeaseGrant.Outcome.BANNED, 0);
        }
        if (request.wanted() == 0 || state.leases.containsKey(request.id())) {
            return LeaseGrant.NONE;
        }
        return grant(request, state, now);
    }

    private static void report(LeaseReport report, GateRequest request, State state, long now) {
        Taken taken = state.leases.remove(report.id());
        if (taken == null || taken.units() == 0) {
            state.leases.put(report.id(), new Taken(0, now + LeaseRequest.REPORT_MILLIS, report.month()));
            return;
        }
        if (taken.end() <= now) {
            return;
        }
        long datedAt = report.datedAt() > 0 ? report.datedAt() : taken.datedAt();
        for (WindowPolicy policy : request.windows()) {
            SlidingWindowLog log = state.window(policy, now);
            if (datedAt + policy.windowMillis() > now) {
                log.remove(taken.units(), policy.limit(), datedAt, policy.windowMillis());
                if (report.spent() > 0) {
                    log.add(report.spent(), policy.limit(), Math.min(now, datedAt), policy.windowMillis());
                }
            }
        }
        long unspent = Math.max(0, taken.units() - report.spent());
        // A node that does not know whether a lease was granted guesses its month by its own clock.
        if (report.month().equals(taken.month())) {
            state.months.computeIfPresent(taken.month(), (month, used) -> Math.max(0, used - unspent));
        }
    }

    private static LeaseGrant grant(LeaseRequest request, State state, long now) {
        GateRequest policies = request.policies();
        List<WindowPolicy> windows = policies.windows();
        BillingMonth month = BillingMonth.at(now);
        long datedAt = now + request.leadMillis();
        if (!month.contains(datedAt)) {
            return LeaseGrant.NONE;
        }
        long units = request.wanted();
        SlidingWindowLog[] logs = new SlidingWindowLog[windows.size()];
        for (int i = 0; i < logs.length; i++) {
            logs[i] = state.window(windows.get(i), now);
            units = Math.min(units, (windows.get(i).limit() - logs[i].total()) / LeaseRequest.SHARE);
        }
        boolean counted = policies.caller().isAccount();
        long used = counted ? state.months.getOrDefault(month, 0L) : 0;
        if (counted && policies.monthlyQuota().isPresent()) {
            units = Math.min(units, (policies.monthlyQuota().getAsLong() - used) / LeaseRequest.SHARE);
        }
        if (units < LeaseRequest.MIN_UNITS) {
            return LeaseGrant.NONE;
        }
        long[] totals = new long[logs.length];
        long[] resets = new long[logs.length];
        for (int i = 0; i < logs.length; i++) {
            WindowPolicy policy = windows.get(i);
            logs[i].add(units, policy.limit(), datedAt, policy.windowMillis());
            totals[i] = logs[i].total();
            resets[i] = logs[i].untilFirstLeaves(now, policy.windowMillis());
        }
        if (counted) {
            used += units;
            state.months.put(month, used);
        }
        state.leases.put(request.id(), new Taken(units, datedAt + LeaseRequest.REPORT_MILLIS, month));
        RawDecision after = RawDecision.admitted(now, month, used, totals, resets);
        return LeaseGrant.granted(
                (int) units, now, datedAt, month, after.decisionOn(policies).policies());
    }

    @Override
    public synchronized CompletionStage<Void> refund(
            GateRequest request, List<String> uncharged, int units, long atMillis) {
        State state = callers.get(request.caller());
        if (state != null) {
            for (WindowPolicy policy : request.windows()) {
                SlidingWindowLog log = state.windows.get(policy.scope());
                if (log != null && !uncharged.contains(policy.name())) {
                    log.slide(clock.getAsLong(), policy.windowMillis());
                    log.refund(units, policy.limit(), atMillis, policy.windowMillis());
                }
            }
            if (!uncharged.contains(LimitStatus.MONTH)) {
                state.months.computeIfPresent(BillingMonth.at(atMillis), (month, used) -> Math.max(0, used - units));
            }
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized CompletionStage<BillingMonth> reset(
            Caller caller, List<WindowPolicy> windows, boolean counter) {
        long now = clock.getAsLong();
        BillingMonth month = BillingMonth.at(now);
        State state = callers.computeIfAbsent(caller, absent -> new State());
        List<Taken> held = state.leases.values().stream()
                .filter(taken -> taken.units() > 0 && taken.end() > now)
                .toList();
        for (WindowPolicy policy : windows) {
            state.window(policy, now).keepOnly(held, policy.limit(), policy.windowMillis());
        }
        if (counter) {
            Stream<Taken> ofMonth = held.stream().filter(taken -> taken.month().equals(month));
            state.months.put(month, ofMonth.mapToLong(Taken::units).sum());
        }
        return CompletableFuture.completedFuture(month);
    }

    /** Forgets what a caller used, but not its ban and its violations. */
    public synchronized void forgetUsage(Caller caller) {
        State state = callers.computeIfAbsent(caller, absent -> new State());
        state.windows.clear();
        state.months.clear();
    }

    @Override
    public synchronized CompletionStage<Void> restore(
            Caller caller, BillingMonth month, AccountStateSource.AccountState recollection) {
        State state = callers.computeIfAbsent(caller, absent -> new State());
        if (state.months.putIfAbsent(month, recollection.usedThisMonth()) == null) {
            state.leases.clear();
        }
        if (state.ban == null) {
            state.ban = recollection.permanentBan().orElse(null);
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized CompletionStage<Ban> ban(Caller caller, BanLevel level, String reason) {
        State state = callers.computeIfAbsent(caller, absent -> new State());
        long now = clock.getAsLong();
        Ban wanted = Ban.starting(level, reason, now);
        state.ban =
                state.banAt(now).filter(inForce -> !wanted.outlasts(inForce)).orElse(wanted);
        return CompletableFuture.completedFuture(state.ban);
    }

    @Override
    public synchronized CompletionStage<Optional<Ban>> lift(Caller caller) {
        State state = callers.computeIfAbsent(caller, absent -> new State());
        Optional<Ban> lifted = state.banAt(clock.getAsLong());
        state.ban = null;
        state.violations = 0;
        state.latestViolation = -1;
        return CompletableFuture.completedFuture(lifted);
    }
}
