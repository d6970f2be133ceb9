package dev.tollgate.rest.admin;

import dev.tollgate.core.account.Accounts;
import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.ApiKeys;
import dev.tollgate.core.account.ChangePublisher;
import dev.tollgate.core.account.KeyDetails;
import dev.tollgate.core.account.LimitOverride;
import dev.tollgate.core.account.LimitOverrides;
import dev.tollgate.core.account.RouteWindows;
import dev.tollgate.core.account.Tiers;
import dev.tollgate.core.async.Failures;
import dev.tollgate.core.audit.BanEvent;
import dev.tollgate.core.limit.AccountStateSource;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.GateStore;
import dev.tollgate.core.limit.StateMissingException;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.rest.support.JsonObjectReader;
import dev.tollgate.rest.support.ProblemException;
import dev.tollgate.rest.support.TextValidation;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Resets of a caller's windows and month. A caller has the windows of its tier, one for each route policy with a window, and one
 * for each of its keys with a limit of its own; all of them are emptied.
 *
 * <p>PostgreSQL is written first and last: an empty Redis is restored from it, and a settlement under way may write what it read
 * before. Where Redis or PostgreSQL cannot be reached the answer is 503, and repeating the request is safe. Thread-safe.
 */
@Dependent
public class LimitResets {

    private static final System.Logger LOG = System.getLogger(LimitResets.class.getName());
    private static final long STORE_SECONDS = 3;
    /** Windows in one run of the script, which blocks Redis. */
    private static final int MAX_WINDOWS = 200;

    private final GateStore gate;
    private final Accounts accounts;
    private final ApiKeys keys;
    private final Tiers tiers;
    private final LimitOverrides overrides;
    private final RouteWindows routes;
    private final AccountStateSource states;
    private final ChangePublisher changes;

    /** Makes it from its ports, which are more than five: what a caller's windows are is in four of them. */
    @Inject
    public LimitResets(
            GateStore gate,
            Accounts accounts,
            ApiKeys keys,
            Tiers tiers,
            LimitOverrides overrides,
            RouteWindows routes,
            AccountStateSource states,
            ChangePublisher changes) {
        this.gate = gate;
        this.accounts = accounts;
        this.keys = keys;
        this.tiers = tiers;
        this.overrides = overrides;
        this.routes = routes;
        this.states = states;
        this.changes = changes;
    }

    /**
     * What is to be reset.
     *
     * @param windows whether all windows are
     * @param month whether the month is
     * @param reason why, for the audit trail
     */
    record Asked(boolean windows, boolean month, String reason) {}

    /** Reads what a request's body asks for: {@code windows}, {@code month}, or both, with a {@code reason}. */
    static Asked read(JsonObjectReader members) {
        boolean windows = Boolean.TRUE.equals(members.flagOrNull("windows"));
        boolean month = Boolean.TRUE.equals(members.flagOrNull("month"));
        String reason = members.text("reason", Ban.MAX_REASON);
        members.end();
        if (!windows && !month) {
            throw TextValidation.bad("windows", "must be true, or month, else there is nothing to reset");
        }
        return new Asked(windows, month, reason);
    }

    /**
     * Resets what is asked for.
     *
     * @return the details for the audit trail
     */
    Map<String, String> reset(Caller caller, Asked asked, long nowMillis) {
        if (asked.month() && !caller.isAccount()) {
            throw TextValidation.bad("month", "must be left out or false for an address, which has no quota");
        }
        if (asked.month()) {
            emptyMonth(caller, nowMillis);
        }
        if (asked.windows()) {
            emptyWindows(caller);
        }
        return Map.of(
                "windows",
                Boolean.toString(asked.windows()),
                "month",
                Boolean.toString(asked.month()),
                BanEvent.REASON,
                asked.reason());
    }

    /** Empties all windows of a caller, and ends its leases on every node. */
    void emptyWindows(Caller caller) {
        List<WindowPolicy> windows = windows(caller);
        for (int from = 0; from < windows.size(); from += MAX_WINDOWS) {
            List<WindowPolicy> some = windows.subList(from, Math.min(windows.size(), from + MAX_WINDOWS));
            await(gate.reset(caller, some, false));
        }
        changes.limitsReset(caller);
    }

    /** Makes the month of an account zero, and ends its leases on every node. */
    private void emptyMonth(Caller account, long nowMillis) {
        accounts.resetMonth(account.id(), BillingMonth.at(nowMillis));
        BillingMonth month = await(gate.reset(account, List.of(), true)
                .exceptionallyCompose(failure -> restoreAndReset(account, Failures.unwrap(failure))));
        accounts.resetMonth(account.id(), month);
        changes.limitsReset(account);
    }

    /** Gives an empty Redis the account's state first, so that no restoration under way gives it back afterwards. */
    private CompletionStage<BillingMonth> restoreAndReset(Caller account, Throwable failure) {
        if (!(failure instanceof StateMissingException missing)) {
            return CompletableFuture.failedStage(failure);
        }
        return states.load(account, missing.month())
                .thenCompose(state -> gate.restore(account, missing.month(), state))
                .thenCompose(restored -> gate.reset(account, List.of(), true));
    }

    private List<WindowPolicy> windows(Caller caller) {
        List<WindowPolicy> windows = new ArrayList<>(await(routes.all()));
        // Whatever tier the caller has had: a window of a length keeps its units from tier to tier.
        Map<String, WindowPolicy> ofTiers = new HashMap<>();
        tiers.all().forEach(tier -> addOfTier(ofTiers, tier.windows()));
        if (caller.isAccount()) {
            overrides.find(caller.id()).map(LimitOverride::windows).ifPresent(own -> addOfTier(ofTiers, own));
        }
        addOfTier(ofTiers, List.of(WindowPolicy.minute(Tier.MAX_LIMIT)));
        windows.addAll(ofTiers.values());
        if (caller.isAccount()) {
            addKeys(windows, caller.id());
        }
        return windows;
    }

    private static void addOfTier(Map<String, WindowPolicy> known, List<WindowPolicy> windows) {
        // The largest limit has the widest cells, so what is out on lease is found in them.
        windows.forEach(window ->
                known.merge(window.scope(), window, (one, other) -> one.limit() > other.limit() ? one : other));
    }

    private void addKeys(List<WindowPolicy> windows, String account) {
        Page<KeyDetails> page;
        int number = 1;
        do {
            page = keys.page(Optional.of(account), new PageRequest(number++, PageRequest.MAX_SIZE, ""));
            for (KeyDetails details : page.items()) {
                ApiKey key = details.key();
                key.windowLimit().ifPresent(limit -> windows.add(WindowPolicy.ofKey(key.id(), limit)));
            }
        } while (page.items().size() == PageRequest.MAX_SIZE);
    }

    /** Waits for Redis. */
    static <T> T await(CompletionStage<T> answer) {
        try {
            return answer.toCompletableFuture().get(STORE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.log(System.Logger.Level.WARNING, "the gate cannot be reached: {0}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new ProblemException(Problems.unavailable(
                "GATE_UNAVAILABLE",
                "Redis, where bans and limits are kept, does not answer at the moment. Try again: repeating this does no harm.",
                2));
    }
}
