package dev.tollgate.core.traffic;

import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.LimitStatus;
import dev.tollgate.core.limit.WindowPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Each caller's most cost units within a minute, hour by hour: who would be limited under another number.
 *
 * <p>It costs no trip of its own. A decision says how full the sliding minute is, over all nodes; that is exact for whoever
 * stays within its limit. What is refused never enters the window, so beside it this node counts what each caller asked for in
 * each minute of the clock: of callers over their limit, or without one, the larger of both is kept, which is a lower bound
 * where their requests are spread over nodes or over the turn of a minute. Bounded: at {@value #MOST} callers further ones are
 * not looked at until the next {@link #drain}. Thread-safe.
 */
public final class CallerPeaks {

    /** The most callers looked at between two drains. */
    public static final int MOST = 50_000;

    private static final String MINUTE = "minute";

    /**
     * A caller's peak.
     *
     * @param hourMillis the hour's beginning, milliseconds since the epoch
     * @param caller the caller's id
     * @param peak cost units within a minute
     */
    public record Peak(long hourMillis, String caller, long peak) {}

    private static final class Seen {
        private long minute;
        private long asked;
        private long hour;
        private long peak;
        private long told;
    }

    private final ConcurrentHashMap<Caller, Seen> seen = new ConcurrentHashMap<>();

    /** Looks at a decision. */
    public void look(GateRequest request, Decision decision) {
        if (!request.charged() || decision.outcome() == Decision.Outcome.BANNED) {
            return;
        }
        Seen of = seen.get(request.caller());
        if (of == null) {
            if (seen.size() >= MOST) {
                return;
            }
            of = seen.computeIfAbsent(request.caller(), unused -> new Seen());
        }
        long full = fullness(request, decision);
        long minute = decision.atMillis() / WindowPolicy.MINUTE_MILLIS;
        synchronized (of) {
            if (of.minute != minute) {
                of.minute = minute;
                of.asked = 0;
                long hour = minute / 60;
                if (of.hour != hour) {
                    of.hour = hour;
                    of.peak = 0;
                    of.told = 0;
                }
            }
            of.asked += request.cost();
            of.peak = Math.max(of.peak, Math.max(of.asked, full));
        }
    }

    private static long fullness(GateRequest request, Decision decision) {
        for (LimitStatus policy : decision.policies()) {
            if (policy.name().equals(MINUTE)) {
                long used = policy.quota() - policy.remaining();
                return decision.isAdmitted() ? used : used + request.cost();
            }
        }
        return 0;
    }

    /** The peaks that rose since the last call; callers that have rested for two minutes are let go of. */
    public List<Peak> drain(long nowMillis) {
        long minute = nowMillis / WindowPolicy.MINUTE_MILLIS;
        List<Peak> risen = new ArrayList<>();
        seen.forEach((caller, of) -> {
            synchronized (of) {
                if (of.peak > of.told) {
                    of.told = of.peak;
                    risen.add(new Peak(of.hour * 60 * WindowPolicy.MINUTE_MILLIS, caller.id(), of.peak));
                }
                if (of.minute < minute - 2) {
                    seen.remove(caller, of);
                }
            }
        });
        return risen;
    }
}
