package dev.tollgate.core.limit;

import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * Everything a decision depends on besides the caller's state and the clock.
 *
 * @param caller whom it concerns
 * @param windows the sliding windows it must fit into, all of them or none is charged; empty if unlimited
 * @param monthlyQuota the monthly quota; empty if unlimited. An account's month is counted either way, an address's never
 * @param cost cost units it consumes, at least 1
 * @param ladder how violations escalate for this caller
 * @param enforced false in shadow mode: a refusal then adds no violation and no ban, and bans in force are not looked at
 * @param charged false to look without consuming anything or recording a violation
 */
public record GateRequest(
        Caller caller,
        List<WindowPolicy> windows,
        OptionalLong monthlyQuota,
        int cost,
        BanLadder ladder,
        boolean enforced,
        boolean charged) {

    /** The highest cost one request may have. */
    public static final int MAX_COST = 1_000_000;

    /** The most windows one request may have: the caller's, the route's, the key's. */
    public static final int MAX_WINDOWS = 3;

    public GateRequest {
        Objects.requireNonNull(caller, "caller");
        Objects.requireNonNull(ladder, "ladder");
        windows = List.copyOf(windows);
        if (cost < 1 || cost > MAX_COST) {
            throw new IllegalArgumentException("cost must be between 1 and " + MAX_COST);
        }
        if (windows.size() > MAX_WINDOWS) {
            throw new IllegalArgumentException("at most " + MAX_WINDOWS + " windows");
        }
    }

    /** The same request, only looked at: nothing is consumed and no violation recorded. */
    public GateRequest uncharged() {
        return new GateRequest(caller, windows, monthlyQuota, cost, ladder, enforced, false);
    }

    /** The same request at another cost, whatever it violates: what is charged afterwards is nobody's violation. */
    public GateRequest costing(int units) {
        return new GateRequest(caller, windows, monthlyQuota, units, ladder, false, charged);
    }

    /** The same request, which is refused where it is over a limit or banned, and adds no violation. */
    public GateRequest withoutViolation() {
        return new GateRequest(caller, windows, monthlyQuota, cost, BanLadder.NONE, enforced, charged);
    }

    /** The same request as if no ban were in force: for showing where a banned caller's windows stand. */
    public GateRequest unenforced() {
        return new GateRequest(caller, windows, monthlyQuota, cost, ladder, false, charged);
    }
}
