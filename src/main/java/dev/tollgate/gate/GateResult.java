package dev.tollgate.gate;

import dev.tollgate.core.lease.Lease;
import dev.tollgate.core.limit.Decision;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The result of one request at the gate.
 *
 * @param decision the decision; empty if there is none, since the store could not be asked
 * @param source what the result comes from
 * @param lease the lease that admitted the request; null unless the source is {@link Source#LEASE}
 */
public record GateResult(
        Optional<Decision> decision,
        Source source,
        @Nullable Lease lease) {

    /** A result that no lease has a part in. */
    public GateResult(Optional<Decision> decision, Source source) {
        this(decision, source, null);
    }

    /** What a result comes from. */
    public enum Source {
        /** Redis. */
        STORE,
        /** This node, from a ban it remembers. */
        MEMORY,
        /** This node, from units it took from Redis ahead of need. */
        LEASE,
        /** This node's own windows: failure mode {@code local}. */
        LOCAL,
        /** No decision; the request passes: failure mode {@code open}. */
        OPEN,
        /** No decision; the request is refused: failure mode {@code closed}. */
        CLOSED;

        private final String label = name().toLowerCase(Locale.ROOT);

        /** As metrics and spans name it. */
        public String label() {
            return label;
        }
    }

    /** Whether the request may go on. */
    public boolean passes() {
        return source == Source.OPEN || decision.map(Decision::isAdmitted).orElse(false);
    }
}
