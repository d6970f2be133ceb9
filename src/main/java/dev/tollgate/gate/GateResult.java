package dev.tollgate.gate;

import dev.tollgate.core.limit.Decision;
import java.util.Locale;
import java.util.Optional;

/**
 * What the gate says to one request.
 *
 * @param decision the decision; empty if nobody could decide
 * @param source who decided
 */
public record GateResult(Optional<Decision> decision, Source source) {

    /** Who decided. */
    public enum Source {
        /** Redis. */
        STORE,
        /** This node, from a ban it remembers. */
        MEMORY,
        /** This node's own windows: failure mode {@code local}. */
        LOCAL,
        /** Nobody; let pass: failure mode {@code open}. */
        OPEN,
        /** Nobody; refused: failure mode {@code closed}. */
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
