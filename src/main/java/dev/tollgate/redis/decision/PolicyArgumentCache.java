package dev.tollgate.redis.decision;

import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.core.stats.SlotCache;
import dev.tollgate.redis.batch.CommonArguments;
import dev.tollgate.redis.batch.ScriptBatcher;
import java.util.ArrayList;
import java.util.List;

/**
 * A cache of the arguments that tell {@code gate.lua} a request's policies. Tiers and routes are few, so most requests find
 * theirs. Requests under one policy get the same object, by which {@link ScriptBatcher} knows that they share it. Bounded:
 * {@value #SLOTS} entries. Thread-safe.
 */
final class PolicyArgumentCache {

    private static final int SLOTS = 256;

    private final SlotCache<Known> latest = new SlotCache<>(SLOTS);

    private record Known(GateRequest of, BillingMonth month, CommonArguments arguments) {

        boolean fits(GateRequest request, BillingMonth wanted) {
            return month.startMillis() == wanted.startMillis()
                    && of.cost() == request.cost()
                    && of.charged() == request.charged()
                    && of.enforced() == request.enforced()
                    && of.caller().isAccount() == request.caller().isAccount()
                    && of.monthlyQuota().equals(request.monthlyQuota())
                    && (of.ladder() == request.ladder() || of.ladder().equals(request.ladder()))
                    && haveTheSameLimits(of.windows(), request.windows());
        }
    }

    /** The arguments for a request in a month. */
    CommonArguments of(GateRequest request, BillingMonth month) {
        int hash = hash(request);
        Known known = latest.get(hash);
        if (known == null || !known.fits(request, month)) {
            known = latest.put(hash, new Known(request, month, new CommonArguments(words(request, month))));
        }
        return known.arguments();
    }

    private static int hash(GateRequest request) {
        int hash = 31 * request.cost() + request.monthlyQuota().hashCode();
        hash = 31 * hash
                + (request.charged() ? 1 : 0)
                + (request.enforced() ? 2 : 0)
                + (request.caller().isAccount() ? 4 : 0);
        List<WindowPolicy> windows = request.windows();
        for (int i = 0; i < windows.size(); i++) {
            hash = 31 * hash + Long.hashCode(windows.get(i).limit());
        }
        return hash;
    }

    private static boolean haveTheSameLimits(List<WindowPolicy> some, List<WindowPolicy> others) {
        if (some.size() != others.size()) {
            return false;
        }
        for (int i = 0; i < some.size(); i++) {
            if (some.get(i).limit() != others.get(i).limit()
                    || some.get(i).windowMillis() != others.get(i).windowMillis()) {
                return false;
            }
        }
        return true;
    }

    private static List<String> words(GateRequest request, BillingMonth month) {
        List<String> words = new ArrayList<>(7 + 2 * request.windows().size());
        words.add(Integer.toString(request.cost()));
        words.add(Integer.toString((request.charged() ? 1 : 0)
                + (request.enforced() ? 2 : 0)
                + (request.caller().isAccount() ? 4 : 0)));
        words.add(Integer.toString(request.windows().size()));
        LimitArguments.addWindows(words, request.windows());
        LimitArguments.addQuota(words, request, month);
        words.add(request.ladder().memory().toMillis() + " " + ladder(request.ladder()));
        return words;
    }

    private static String ladder(BanLadder ladder) {
        StringBuilder text = new StringBuilder();
        for (BanLadder.Step step : ladder.steps()) {
            text.append(text.isEmpty() ? "" : ",")
                    .append(step.violations())
                    .append(':')
                    .append(step.level().durationMillis())
                    .append(':')
                    .append(step.level().label());
        }
        return text.toString();
    }
}
