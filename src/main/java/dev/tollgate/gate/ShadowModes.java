package dev.tollgate.gate;

import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.account.RouteModeStore;
import dev.tollgate.core.limit.WindowPolicy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The modes of route policies that administrators changed at run time, and the route policies that exist. Reloaded after each
 * change. Thread-safe; a read is one volatile read.
 */
public final class ShadowModes {

    private final RouteModeStore store;
    private volatile Map<String, Boolean> switched = Map.of();
    private volatile List<Known> known = List.of();

    /**
     * A policy as this node has it.
     *
     * @param name its name
     * @param path its pattern
     * @param methods empty for all
     * @param action {@code limit}, {@code key-required} or {@code exempt}
     * @param credentials {@code none}, {@code optional}, {@code required} or {@code principal}; empty where the gate keeps out
     * @param scopes what a caller's key or principal must have, all of them
     * @param charged whether requests consume anything, so that a mode means something
     * @param cost cost units of one request
     * @param windowLimit its own window's cost units; empty for none
     * @param windowSeconds its own window's length; empty for none
     * @param shadow the mode as its file says, or as it is built in: true to watch only
     */
    public record Known(
            String name,
            String path,
            Set<String> methods,
            String action,
            Optional<String> credentials,
            List<String> scopes,
            boolean charged,
            int cost,
            OptionalLong windowLimit,
            OptionalLong windowSeconds,
            boolean shadow) {}

    /** With where switches are kept. */
    public ShadowModes(RouteModeStore store) {
        this.store = store;
    }

    /** Says which policies there are, in order. */
    public void describe(List<Known> policies) {
        known = List.copyOf(policies);
    }

    /** The policies there are, in order. */
    public List<Known> known() {
        return known;
    }

    /** The windows that they have for themselves, by the policy's name. */
    public Map<String, WindowPolicy> windows() {
        Map<String, WindowPolicy> windows = new HashMap<>();
        for (Known policy : known) {
            if (policy.windowLimit().isPresent() && policy.windowSeconds().isPresent()) {
                long limit = policy.windowLimit().getAsLong();
                long millis = policy.windowSeconds().getAsLong() * 1_000;
                windows.put(policy.name(), WindowPolicy.ofRoute(policy.name(), policy.name(), limit, millis));
            }
        }
        return windows;
    }

    /** The switched ones: true to watch only. The same map as long as nothing changes. */
    public Map<String, Boolean> switched() {
        return switched;
    }

    /** The mode a policy was switched to; empty if it is as its file says. */
    public Optional<Boolean> switched(String name) {
        return Optional.ofNullable(switched.get(name));
    }

    /** Reads the switches again. Returns whether the database said so; otherwise the reading should be repeated. */
    public boolean reload() {
        try {
            Map<String, Boolean> now = Map.copyOf(store.all());
            if (!now.equals(switched)) {
                switched = now;
            }
            return true;
        } catch (DatabaseUnavailableException e) {
            return false;
        }
    }
}
