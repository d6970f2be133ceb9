package dev.tollgate.http.filter;

import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.problem.Problem;
import dev.tollgate.core.problem.Refusal;
import dev.tollgate.core.stats.SlotCache;
import dev.tollgate.http.servlet.ProblemWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A cache of answers to callers whose ban is in memory. In a flood the same answer is sent again and again, so each one is
 * kept for the second in which it is true, without the request's path and id. Thread-safe.
 */
final class BanResponseCache {

    private static final int SLOTS = 1024;

    /** What is kept, and of which ban: the very object, which memory gives for as long as it knows the ban. */
    private record Kept(Ban ban, long remaining, Problem problem, byte[] before, byte[] after) {}

    private final SlotCache<Kept> latest = new SlotCache<>(SLOTS);

    /** Sends the whole answer: status, fields and body. */
    void send(Decision decision, HttpServletRequest request, HttpServletResponse response) throws IOException {
        Kept kept = of(decision.ban().orElseThrow(), decision.atMillis());
        byte[] place = Problem.place(request.getRequestURI()).getBytes(StandardCharsets.US_ASCII);
        int length = kept.before().length + place.length + kept.after().length;
        byte[] body = Arrays.copyOf(kept.before(), length);
        System.arraycopy(place, 0, body, kept.before().length, place.length);
        System.arraycopy(kept.after(), 0, body, kept.before().length + place.length, kept.after().length);
        ProblemWriter.send(kept.problem(), body, request, response);
    }

    private Kept of(Ban ban, long nowMillis) {
        long remaining = ban.remainingSeconds(nowMillis);
        int hash = System.identityHashCode(ban);
        Kept known = latest.get(hash);
        if (known != null && known.ban() == ban && known.remaining() == remaining) {
            return known;
        }
        Problem problem = Refusal.banned(ban, nowMillis);
        String[] around = problem.aroundInstance();
        Kept made = new Kept(
                ban,
                remaining,
                problem,
                around[0].getBytes(StandardCharsets.US_ASCII),
                around[1].getBytes(StandardCharsets.US_ASCII));
        return latest.put(hash, made);
    }
}
