package dev.tollgate.rest.support;

import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * The state of what the application depends on.
 *
 * @param components in the order they are shown
 */
public record Health(List<Component> components) {

    /** How something is. */
    public enum State {
        UP,
        DEGRADED,
        DOWN;

        /** As answers show it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One thing it depends on.
     *
     * @param name e.g. {@code redis}
     * @param essential whether nothing can be served without it
     * @param state tells how it is this moment; must not block
     */
    public record Component(String name, boolean essential, Supplier<State> state) {}

    public Health {
        components = List.copyOf(components);
    }
}
