package dev.tollgate.core.refusal;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one limit of a route policy would have refused in shadow mode. More than five components: one for each thing that an
 * operator asks before switching.
 *
 * @param policy the name of the limit; null if another rule would have refused, which the code tells
 * @param code the code the problem documents would have had
 * @param requests how many requests
 * @param callers of how many callers, without those that have no row of their own
 * @param first when the first one was
 * @param last when the last one was
 * @param top the callers with most, at most {@value #MAX_TOP}, the most first
 */
public record ShadowedLimit(
        @Nullable String policy, String code, long requests, long callers, Instant first, Instant last, List<Top> top) {

    /** The number of callers named at most. */
    public static final int MAX_TOP = 10;

    public ShadowedLimit {
        top = List.copyOf(top);
    }

    /**
     * A caller of whom requests would have been refused.
     *
     * @param caller its id
     * @param requests how many
     */
    public record Top(String caller, long requests) {}
}
