package dev.tollgate.http.route;

import dev.tollgate.core.account.Scopes;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.core.problem.LogText;
import dev.tollgate.core.usage.Provider;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the gate does with requests of one kind.
 *
 * @param name what answers, metrics and error messages call it
 * @param pattern which paths it is for
 * @param methods which methods it is for, upper case; empty for all. {@code GET} stands for {@code HEAD} too, since servlets
 *     serve one by the other
 * @param action what is done with a request
 * @param credentials what tells who a request comes from, and whether it has to
 * @param cost cost units one request consumes, 1 to {@link GateRequest#MAX_COST}
 * @param window the route's own window besides the caller's; empty for none
 * @param provider the provider its usage is metered under; empty for the default
 * @param failureMode what answers while the store cannot be asked; empty for the default
 * @param preflight how CORS preflights are treated
 * @param lease whether a request may be admitted from a lease; if not, the store decides about each
 * @param charge which requests are charged for good
 * @param concurrency how many requests of one caller may be under way on a node at the same time, at least 1; empty for any number
 * @param scopes what a key or principal must have, all of them; a policy that asks for scopes demands credentials
 */
public record RoutePolicy(
        String name,
        RoutePattern pattern,
        Set<String> methods,
        Action action,
        Credentials credentials,
        int cost,
        Optional<WindowPolicy> window,
        Optional<String> provider,
        Optional<FailureMode> failureMode,
        Preflight preflight,
        boolean lease,
        Charge charge,
        OptionalInt concurrency,
        Scopes scopes) {

    /** What is done with a request. */
    public enum Action {
        /** The gate keeps out: no key is looked at, nothing is limited, no ban is enforced. */
        EXEMPT,
        /** The caller is identified. Nothing is consumed or decided, and no ban is enforced. */
        IDENTIFY,
        /** A request consumes the caller's windows and quota, and is refused where it does not fit. */
        ENFORCE,
        /** The gate decides and reports as with {@link #ENFORCE}, and refuses nothing. */
        SHADOW
    }

    /** Which requests are charged for good. */
    public enum Charge {
        /** All that are admitted. */
        ALWAYS,
        /** Those that are answered with a status below 400. The cost of others is given back once they are over. */
        SUCCESS
    }

    /** The form of a policy's name. */
    public static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,49}");

    /**
     * @throws IllegalArgumentException if the cost is out of bounds, a name is none, an unguarded policy limits something, or
     *     scopes are asked of callers at whose credentials nobody looks
     */
    public RoutePolicy {
        Objects.requireNonNull(pattern, "pattern");
        methods = Set.copyOf(methods);
        if (!scopes.isEmpty()) {
            if (credentials == Credentials.NONE) {
                throw new IllegalArgumentException("a caller without credentials has no scopes");
            }
            credentials = credentials == Credentials.OPTIONAL ? Credentials.REQUIRED : credentials;
        }
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not a policy's name: " + LogText.quote(name));
        }
        if (cost < 1 || cost > GateRequest.MAX_COST) {
            throw new IllegalArgumentException("cost must be between 1 and " + GateRequest.MAX_COST);
        }
        if (action == Action.EXEMPT && (credentials.demanded() || window.isPresent())) {
            throw new IllegalArgumentException("an unguarded route limits nothing");
        }
        if (concurrency.isPresent() && concurrency.getAsInt() < 1) {
            throw new IllegalArgumentException("at least one request may be under way");
        }
        if (provider.isPresent() && !Provider.isName(provider.get())) {
            throw new IllegalArgumentException("not a provider's name: " + LogText.quote(provider.get()));
        }
    }

    private static RoutePolicy plain(String name, String pattern, Action action, Credentials credentials) {
        return new RoutePolicy(
                name,
                RoutePattern.of(pattern),
                Set.of(),
                action,
                credentials,
                1,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Preflight.ADDRESS,
                true,
                Charge.ALWAYS,
                OptionalInt.empty(),
                Scopes.NONE);
    }

    /** A policy that keeps the gate out of all methods of a path. */
    static RoutePolicy unguarded(String name, String pattern) {
        return plain(name, pattern, Action.EXEMPT, Credentials.OPTIONAL);
    }

    /** A policy for all methods of a path that identifies the caller, and neither charges nor enforces bans. */
    static RoutePolicy uncharged(String name, String pattern, Credentials credentials) {
        return plain(name, pattern, Action.IDENTIFY, credentials);
    }

    /** A policy for all methods of a path that charges one unit. */
    static RoutePolicy charged(String name, String pattern, Credentials credentials) {
        return plain(name, pattern, Action.ENFORCE, credentials);
    }

    /** Whether the gate looks at requests at all. */
    public boolean guarded() {
        return action != Action.EXEMPT;
    }

    /** Whether an admitted request consumes the caller's windows and quota. */
    public boolean charged() {
        return action == Action.ENFORCE || action == Action.SHADOW;
    }

    /** Whether the gate decides and reports but never refuses. */
    public boolean shadow() {
        return action == Action.SHADOW;
    }

    /**
     * The same policy, enforced or in shadow mode.
     *
     * @throws IllegalStateException if it is not charged, and so has no mode
     */
    RoutePolicy inShadow(boolean shadow) {
        if (!charged()) {
            throw new IllegalStateException(name + " is not charged");
        }
        Action mode = shadow ? Action.SHADOW : Action.ENFORCE;
        return changed(pattern, mode, credentials, scopes);
    }

    /** The same policy with a pattern that tells no case apart. */
    RoutePolicy ignoringCase() {
        return changed(pattern.ignoringCase(), action, credentials, scopes);
    }

    /**
     * Returns the policy for a preflight of a request of this policy. A preflight that is charged to an address has cost 1, needs
     * no key, has no window of its own and is not counted among the requests under way.
     */
    public RoutePolicy ofPreflight() {
        if (preflight == Preflight.REQUEST || !guarded()) {
            return this;
        }
        Action ofAddress = charged() && preflight == Preflight.ADDRESS ? action : Action.EXEMPT;
        return new RoutePolicy(
                name,
                pattern,
                methods,
                ofAddress,
                Credentials.NONE,
                1,
                Optional.empty(),
                provider,
                failureMode,
                preflight,
                lease,
                charge,
                OptionalInt.empty(),
                Scopes.NONE);
    }

    /** How much is asked of a request: the higher, the more. */
    int strictness() {
        return guarded() ? 1 + credentials.ordinal() : 0;
    }

    /** The same policy, which asks for the scopes of another one too. */
    RoutePolicy alsoAskingFor(Scopes others) {
        if (scopes.include(others)) {
            return this;
        }
        return changed(pattern, action, credentials, scopes.and(others));
    }

    private RoutePolicy changed(RoutePattern pattern, Action action, Credentials credentials, Scopes scopes) {
        return new RoutePolicy(
                name,
                pattern,
                methods,
                action,
                credentials,
                cost,
                window,
                provider,
                failureMode,
                preflight,
                lease,
                charge,
                concurrency,
                scopes);
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
