package dev.tollgate.core.limit;

import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * What has to be decided about one request: everything a decision depends on besides the caller's state and the clock.
 *
 * @param caller whom it concerns
 * @param windows the sliding windows it must fit into, all of them or none is charged; empty if unlimited
 * @param monthlyQuota the monthly quota; empty if unlimited. An account's month is counted either way, an address's never
 * @param cost cost units it consumes, 1 to {@value #MAX_COST}
 * @param ladder how violations escalate for this caller
 * @param mode whether it is charged, and whether bans hold for it
 */
public record GateRequest(
        Caller caller, List<WindowPolicy> windows, OptionalLong monthlyQuota, int cost, BanLadder ladder, Mode mode) {

    /** What a decision does besides being made. */
    public enum Mode {
        /** Consumes what fits. A refusal is a violation, and may lead to a ban. */
        CHARGE,
        /** Like {@link #CHARGE}, but always decided in the store, never from a lease. */
        CHARGE_EXACT,
        /**
         * Consumes its cost of each policy that has room. A refusal has no consequence, and bans in force are ignored: shadow
         * mode, late charges.
         */
        CHARGE_UNENFORCED,
        /** Consumes nothing and records no violation. Bans in force refuse it. */
        PEEK,
        /** Consumes nothing, and bans in force are ignored. */
        PEEK_UNENFORCED;

        /** Returns the mode of a policy that is charged or not, enforced or in shadow mode, and may use leases. */
        public static Mode of(boolean enforced, boolean charged) {
            if (charged) {
                return enforced ? CHARGE : CHARGE_UNENFORCED;
            }
            return enforced ? PEEK : PEEK_UNENFORCED;
        }
    }

    /** The highest cost one request may have. */
    public static final int MAX_COST = 1_000_000;

    /** The most windows one request may have: those of the tier, the route's, the key's. */
    public static final int MAX_WINDOWS = Tier.MAX_WINDOWS + 2;

    public GateRequest {
        Objects.requireNonNull(caller, "caller");
        Objects.requireNonNull(ladder, "ladder");
        Objects.requireNonNull(mode, "mode");
        windows = List.copyOf(windows);
        if (cost < 1 || cost > MAX_COST) {
            throw new IllegalArgumentException("cost must be between 1 and " + MAX_COST);
        }
        if (windows.size() > MAX_WINDOWS) {
            throw new IllegalArgumentException("at most " + MAX_WINDOWS + " windows");
        }
    }

    /** A request that is charged and enforced. */
    public static GateRequest charge(
            Caller caller, List<WindowPolicy> windows, OptionalLong monthlyQuota, int cost, BanLadder ladder) {
        return new GateRequest(caller, windows, monthlyQuota, cost, ladder, Mode.CHARGE);
    }

    /** Returns a request that asks for one unit and consumes nothing: it shows the state of a caller's limits. */
    public static GateRequest peek(
            Caller caller, List<WindowPolicy> windows, OptionalLong monthlyQuota, BanLadder ladder) {
        return new GateRequest(caller, windows, monthlyQuota, 1, ladder, Mode.PEEK);
    }

    /** Whether violations count and bans hold. */
    public boolean enforced() {
        return switch (mode) {
            case CHARGE, CHARGE_EXACT, PEEK -> true;
            case CHARGE_UNENFORCED, PEEK_UNENFORCED -> false;
        };
    }

    /** Whether an admitted request consumes its cost. */
    public boolean charged() {
        return switch (mode) {
            case CHARGE, CHARGE_EXACT, CHARGE_UNENFORCED -> true;
            case PEEK, PEEK_UNENFORCED -> false;
        };
    }

    /** Whether its cost is above the whole of a window or of the quota, so that it never fits. */
    public boolean neverFits() {
        for (int i = 0; i < windows.size(); i++) {
            if (cost > windows.get(i).limit()) {
                return true;
            }
        }
        return caller.isAccount() && monthlyQuota.isPresent() && cost > monthlyQuota.getAsLong();
    }

    /** The same request, which consumes nothing and records no violation. */
    public GateRequest asPeek() {
        return in(Mode.of(enforced(), false));
    }

    /** The same request at another cost, for a request that has been served: what does not fit is no violation. */
    public GateRequest chargedLater(int units) {
        return new GateRequest(caller, windows, monthlyQuota, units, ladder, Mode.of(false, charged()));
    }

    /** The same request, which is refused where it is over a limit or banned, and adds no violation. */
    public GateRequest withoutViolation() {
        return new GateRequest(caller, windows, monthlyQuota, cost, BanLadder.NONE, mode);
    }

    /** The same request as if no ban were in force: for showing where a banned caller's windows stand. */
    public GateRequest ignoringBans() {
        return in(Mode.of(false, charged()));
    }

    private GateRequest in(Mode other) {
        return new GateRequest(caller, windows, monthlyQuota, cost, ladder, other);
    }

    /** Returns what becomes of it, if no ban does: whether its cost is over the quota, and whether it fits the windows. */
    Decision.Outcome outcome(boolean overQuota, boolean fitsWindows) {
        if (neverFits()) {
            return Decision.Outcome.COST_EXCEEDS_LIMIT;
        }
        if (overQuota) {
            return Decision.Outcome.QUOTA_EXCEEDED;
        }
        return fitsWindows ? Decision.Outcome.ADMITTED : Decision.Outcome.RATE_LIMITED;
    }
}
