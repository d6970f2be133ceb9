package dev.tollgate.http.route;

import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.core.problem.LogText;
import dev.tollgate.core.usage.Provider;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the gate does with requests of one kind.
 *
 * @param name what answers, metrics and error messages call it
 * @param pattern which paths it is for
 * @param methods which methods it is for, upper case; empty for all. {@code GET} stands for {@code HEAD} too, since servlets
 *     serve one by the other
 * @param guarded false if the gate keeps out altogether: no key is looked at, nothing limited, no ban enforced
 * @param keyRequired whether a request without a key is refused
 * @param charged whether an admitted request consumes the caller's windows and quota
 * @param cost cost units one request consumes, 1 to {@link GateRequest#MAX_COST}
 * @param window the route's own window besides the caller's; empty for none
 * @param shadow whether the gate decides and reports but never refuses
 * @param provider the provider its usage is metered under; empty for the default
 * @param failureMode what answers while the store cannot be asked; empty for the default
 * @param preflight how CORS preflights are treated
 */
public record RoutePolicy(
        String name,
        RoutePattern pattern,
        Set<String> methods,
        boolean guarded,
        boolean keyRequired,
        boolean charged,
        int cost,
        Optional<WindowPolicy> window,
        boolean shadow,
        Optional<String> provider,
        Optional<FailureMode> failureMode,
        Preflight preflight) {

    /** The form of a policy's name. */
    public static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,49}");

    /** What the name of a route's window begins with in {@link WindowPolicy#scope()}. */
    public static final String SCOPE = "route:";

    /**
     * @throws IllegalArgumentException if the cost is out of bounds, a name is none, or an unguarded policy limits something
     */
    public RoutePolicy {
        Objects.requireNonNull(pattern, "pattern");
        methods = Set.copyOf(methods);
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not a policy's name: " + LogText.quote(name));
        }
        if (cost < 1 || cost > GateRequest.MAX_COST) {
            throw new IllegalArgumentException("cost must be between 1 and " + GateRequest.MAX_COST);
        }
        if (!guarded && (keyRequired || charged || shadow || window.isPresent())) {
            throw new IllegalArgumentException("an unguarded route limits nothing");
        }
        if (provider.isPresent() && !Provider.isName(provider.get())) {
            throw new IllegalArgumentException("not a provider's name: " + LogText.quote(provider.get()));
        }
    }

    private static RoutePolicy plain(
            String name, String pattern, boolean guarded, boolean keyRequired, boolean charged) {
        return new RoutePolicy(
                name,
                RoutePattern.of(pattern),
                Set.of(),
                guarded,
                keyRequired,
                charged,
                1,
                Optional.empty(),
                false,
                Optional.empty(),
                Optional.empty(),
                Preflight.ADDRESS);
    }

    /** A policy that keeps the gate out of all methods of a path. */
    static RoutePolicy unguarded(String name, String pattern) {
        return plain(name, pattern, false, false, false);
    }

    /** A policy for all methods of a path that consumes nothing and is not decided about: keys are resolved, bans do not hold. */
    static RoutePolicy uncharged(String name, String pattern, boolean keyRequired) {
        return plain(name, pattern, true, keyRequired, false);
    }

    /** A policy for all methods of a path that charges one unit. */
    static RoutePolicy charged(String name, String pattern, boolean keyRequired) {
        return plain(name, pattern, true, keyRequired, true);
    }

    /** The same policy, enforced or only watching. */
    RoutePolicy inShadow(boolean watching) {
        return new RoutePolicy(
                name,
                pattern,
                methods,
                guarded,
                keyRequired,
                charged,
                cost,
                window,
                watching,
                provider,
                failureMode,
                preflight);
    }

    /** The same policy with a pattern that tells no case apart. */
    RoutePolicy ignoringCase() {
        return new RoutePolicy(
                name,
                pattern.ignoringCase(),
                methods,
                guarded,
                keyRequired,
                charged,
                cost,
                window,
                shadow,
                provider,
                failureMode,
                preflight);
    }

    /** What holds for a preflight of a request of this policy. What is charged to an address has cost 1 and no window of its own. */
    public RoutePolicy ofPreflight() {
        if (preflight == Preflight.REQUEST || !guarded) {
            return this;
        }
        boolean counted = charged && preflight == Preflight.ADDRESS;
        return new RoutePolicy(
                name,
                pattern,
                methods,
                counted,
                false,
                counted,
                1,
                Optional.empty(),
                counted && shadow,
                provider,
                failureMode,
                preflight);
    }

    /** How much is asked of a request: the higher, the more. */
    int strictness() {
        return (guarded ? 1 : 0) + (keyRequired ? 1 : 0);
    }

    /** Whether this policy is for a request. */
    boolean matches(String method, String path) {
        return (methods.isEmpty() || hasMethod(method)) && pattern.matches(path);
    }

    private boolean hasMethod(String method) {
        return methods.contains(method) || (method.equals("HEAD") && methods.contains("GET"));
    }

    /** Whether every request the other policy is for is one of this policy's too. */
    boolean covers(RoutePolicy other) {
        boolean coversMethods = methods.isEmpty()
                || (!other.methods.isEmpty() && other.methods.stream().allMatch(this::hasMethod));
        return coversMethods && pattern.covers(other.pattern);
    }
}
