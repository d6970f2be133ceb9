package dev.tollgate.http.route;

import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.gate.ShadowModes;
import dev.tollgate.gate.ShadowModes.Known;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * The route policies in force: those of the file, with the modes that were changed at run time. Built again when a mode changes;
 * otherwise a read is two volatile reads. Thread-safe.
 */
public final class EffectiveRoutePolicies implements Supplier<RoutePolicies> {

    private record Made(Map<String, Boolean> of, RoutePolicies policies) {}

    private final RoutePolicies byFile;
    private final ShadowModes modes;
    private volatile Made made;

    /** Of the file's policies, which it describes to the modes. */
    public EffectiveRoutePolicies(RoutePolicies byFile, ShadowModes modes) {
        this.byFile = byFile;
        this.modes = modes;
        this.made = new Made(Map.of(), byFile);
        modes.describe(
                byFile.inOrder().stream().map(EffectiveRoutePolicies::known).toList());
    }

    @Override
    public RoutePolicies get() {
        Map<String, Boolean> switched = modes.switched();
        Made now = made;
        if (now.of() != switched) {
            now = new Made(switched, byFile.switching(switched));
            made = now;
        }
        return now.policies();
    }

    private static Known known(RoutePolicy policy) {
        boolean guarded = policy.guarded();
        return new Known(
                policy.name(),
                policy.pattern().toString(),
                policy.methods(),
                guarded ? policy.credentials() == Credentials.REQUIRED ? "key-required" : "limit" : "exempt",
                guarded ? Optional.of(policy.credentials().word()) : Optional.empty(),
                List.copyOf(policy.scopes().names()),
                policy.charged(),
                policy.cost(),
                policy.window().map(window -> OptionalLong.of(window.limit())).orElse(OptionalLong.empty()),
                policy.window().map(EffectiveRoutePolicies::seconds).orElse(OptionalLong.empty()),
                policy.shadow());
    }

    private static OptionalLong seconds(WindowPolicy window) {
        return OptionalLong.of(window.windowMillis() / 1000);
    }
}
