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
 * The most cost units that each caller used within a minute, hour by hour. They show who would be limited under another
 * limit.
 *
 * <p>Peaks cost no round trip of their own. A decision says how full the sliding minute is over all nodes, which is exact
 * for a caller within its limit. Refused requests never enter the window, so this node also counts what each caller asked
 * for in each minute of the clock. For a caller over its limit, or without one, the larger of both numbers is kept. That is
 * a lower bound where its requests are spread over nodes or over two minutes of the clock. Bounded: at {@value #MAX_CALLERS}
 * callers, further ones are ignored until the next {@link #drain}. Thread-safe.
 */
public final class CallerPeaks {

    /** The most callers observed between two drains. */
    public static final int MAX_CALLERS = 50_000;

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
        private long reported;
    }

    private final ConcurrentHashMap<Caller, Seen> seen = new ConcurrentHashMap<>();

    /** Takes a decision into account. */
    public void observe(GateRequest request, Decision decision) {
        if (!request.charged() || decision.outcome() == Decision.Outcome.BANNED) {
            return;
        }
        Seen of = seen.get(request.caller());
        if (of == null) {
            if (seen.size() >= MAX_CALLERS) {
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
                    of.reported = 0;
                }
            }
            of.asked += request.cost();
            of.peak = Math.max(of.peak, Math.max(of.asked, full));
        }
    }

    private static long fullness(GateRequest request, Decision decision) {
        for (int i = 0; i < decision.policies().size(); i++) {
            LimitStatus policy = decision.policies().get(i);
            if (policy.name().equals(MINUTE)) {
                long used = policy.quota() - policy.remaining();
                return decision.isChargedTo(MINUTE, request) ? used : used + request.cost();
            }
        }
        return 0;
    }

    /** Returns the peaks that rose since the last call; callers that have rested for two minutes are dropped. */
    public List<Peak> drain(long nowMillis) {
        long minute = nowMillis / WindowPolicy.MINUTE_MILLIS;
        List<Peak> risen = new ArrayList<>();
        seen.forEach((caller, of) -> {
            synchronized (of) {
                if (of.peak > of.reported) {
                    of.reported = of.peak;
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
