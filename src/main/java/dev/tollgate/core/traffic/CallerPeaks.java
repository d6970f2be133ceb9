package dev.tollgate.core.traffic;

import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.LimitStatus;
import dev.tollgate.core.limit.WindowPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The most cost units that each caller used within a minute, and within each other window of its tier, hour by hour. They show
 * who would be limited under another limit.
 *
 * <p>Peaks cost no round trip of their own. A decision says how full a sliding window is over all nodes, which is exact
 * for a caller within its limit. Refused requests never enter the window, so this node also counts what each caller asked
 * for in each minute of the clock, and likewise for other lengths. For a caller over its limit, or without one, the larger of
 * both numbers is kept. That is a lower bound where its requests are spread over nodes or over two minutes of the clock, and
 * for long windows where a caller that rested was forgotten meanwhile. Bounded: at {@value #MAX_CALLERS}
 * callers, further ones are ignored until the next {@link #drain}. Thread-safe.
 */
public final class CallerPeaks {

    /** The most callers observed between two drains. */
    public static final int MAX_CALLERS = 50_000;

    /** The most lengths besides the minute that are kept of one caller; more come only from edits of its tier. */
    private static final int MAX_LENGTHS = 8;

    private static final long HOUR_MILLIS = 60 * WindowPolicy.MINUTE_MILLIS;
    private static final long RESTED_MILLIS = 2 * WindowPolicy.MINUTE_MILLIS;

    /**
     * A caller's peak.
     *
     * @param hourMillis the hour's beginning, milliseconds since the epoch
     * @param caller the caller's id
     * @param seconds the length of the window, 60 for the minute
     * @param peak cost units within a window of this length
     */
    public record Peak(long hourMillis, String caller, long seconds, long peak) {

        /** A peak within a minute. */
        public Peak(long hourMillis, String caller, long peak) {
            this(hourMillis, caller, WindowPolicy.MINUTE_MILLIS / 1_000, peak);
        }
    }

    /** The peaks of one caller. */
    private static final class Seen {
        private final OfLength minute = new OfLength(WindowPolicy.MINUTE_MILLIS);
        private OfLength[] others = {};
        private long latestMillis;
        private long hour;

        /** Returns the peak of a length; there are few lengths, since tiers have few windows. */
        private OfLength other(long lengthMillis) {
            for (OfLength one : others) {
                if (one.lengthMillis == lengthMillis) {
                    return one;
                }
            }
            if (others.length == MAX_LENGTHS) {
                others = new OfLength[] {};
            }
            others = Arrays.copyOf(others, others.length + 1);
            return others[others.length - 1] = new OfLength(lengthMillis);
        }
    }

    /** The peak of windows of one length. */
    private static final class OfLength {
        private final long lengthMillis;
        private long span;
        private long asked;
        private long peak;
        private long reported;

        OfLength(long lengthMillis) {
            this.lengthMillis = lengthMillis;
        }

        void add(long atMillis, int cost, long full) {
            long now = atMillis / lengthMillis;
            if (span != now) {
                span = now;
                asked = 0;
            }
            asked += cost;
            peak = Math.max(peak, Math.max(asked, full));
        }

        void beginHour() {
            peak = 0;
            reported = 0;
        }

        void report(long hour, Caller caller, List<Peak> risen) {
            if (peak > reported) {
                reported = peak;
                risen.add(new Peak(hour * HOUR_MILLIS, caller.id(), lengthMillis / 1_000, peak));
            }
        }
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
        synchronized (of) {
            long at = decision.atMillis();
            long hour = at / HOUR_MILLIS;
            if (of.hour != hour) {
                of.hour = hour;
                of.minute.beginHour();
                for (OfLength other : of.others) {
                    other.beginHour();
                }
            }
            of.latestMillis = at;
            long fullMinute = 0;
            List<WindowPolicy> windows = request.windows();
            // Windows come first among the policies, in this order; where nothing is known there are none.
            for (int i = 0; i < windows.size() && i < decision.policies().size(); i++) {
                WindowPolicy window = windows.get(i);
                if (!window.isOfTier()) {
                    continue;
                }
                long full = fullness(decision.policies().get(i), request, decision);
                if (window.windowMillis() == WindowPolicy.MINUTE_MILLIS) {
                    fullMinute = full;
                } else {
                    of.other(window.windowMillis()).add(at, request.cost(), full);
                }
            }
            of.minute.add(at, request.cost(), fullMinute);
        }
    }

    private static long fullness(LimitStatus policy, GateRequest request, Decision decision) {
        long used = policy.quota() - policy.remaining();
        return decision.isChargedTo(policy.name(), request) ? used : used + request.cost();
    }

    /** Returns the peaks that rose since the last call; callers that have rested for two minutes are dropped. */
    public List<Peak> drain(long nowMillis) {
        List<Peak> risen = new ArrayList<>();
        seen.forEach((caller, of) -> {
            synchronized (of) {
                of.minute.report(of.hour, caller, risen);
                for (OfLength other : of.others) {
                    other.report(of.hour, caller, risen);
                }
                if (of.latestMillis < nowMillis - RESTED_MILLIS) {
                    seen.remove(caller, of);
                }
            }
        });
        return risen;
    }
}
