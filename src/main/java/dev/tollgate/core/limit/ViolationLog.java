package dev.tollgate.core.limit;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A port to the last {@value #MAX_REMEMBERED} violations of each caller, which explain its bans. Only violations write to it, and
 * bans keep those rare. Thread-safe; never blocks.
 */
public interface ViolationLog {

    /** How many are kept of a caller. */
    int MAX_REMEMBERED = 20;

    /** Records a violation; it is lost if the log cannot be reached, since the count that the store keeps decides. */
    void note(Caller caller, Violation violation);

    /** What is known of a caller; fails if the log cannot be reached. */
    CompletionStage<Known> of(Caller caller);

    /**
     * A caller's violations.
     *
     * @param count violations remembered, which the ladder goes by; 0 once forgotten or lifted
     * @param lastAtMillis when the last one was; 0 for none
     * @param recent the last ones, newest first, also those from before a ban was lifted
     */
    record Known(int count, long lastAtMillis, List<Violation> recent) {
        public Known {
            recent = List.copyOf(recent);
        }
    }

    /**
     * One request over a limit.
     *
     * @param atMillis when, milliseconds since the epoch
     * @param route the name of the route policy
     * @param address the client's address; empty if it was not known
     * @param count the caller's violations remembered, this one included
     */
    public record Violation(long atMillis, String route, String address, int count) {}
}
