package dev.tollgate.http;

import dev.tollgate.audit.AuditEvent;
import dev.tollgate.audit.AuditTrail;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.security.Principal;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Asks the server's realm whether a name and a password are good, whatever the realm is, and bounds how often an address may
 * have it asked in vain. The server is left as it was: what it remembers of a sign-in differs, so nothing relies on it.
 * Thread-safe.
 */
public final class SignIn {

    private static final System.Logger LOG = System.getLogger(SignIn.class.getName());
    private static final int LONGEST_SHOWN = 100;

    private final RequestAddress addresses;
    private final AuditTrail trail;
    private final LongSupplier clock;
    private final SignInBound bound;
    private final Set<String> roles;

    /** How an attempt ended. */
    enum Verdict {
        /** The user has the role asked for. */
        GOOD,
        /** The user exists and has not got it. */
        FORBIDDEN,
        /** No such user, or not the password. */
        WRONG,
        /** Too many failures: the realm was not asked. */
        TOO_MANY
    }

    /**
     * The end of an attempt.
     *
     * @param administrator who; null unless {@link Verdict#GOOD}
     * @param retrySeconds when the next attempt is heard; 0 unless {@link Verdict#TOO_MANY}
     */
    record Outcome(Verdict verdict, Administrator administrator, long retrySeconds) {}

    /**
     * @param addresses whose attempts are counted
     * @param trail where they are noted
     * @param clock milliseconds since the epoch
     * @param metricsRole the role that may scrape metrics; empty if everybody may
     */
    public SignIn(ClientAddress addresses, AuditTrail trail, LongSupplier clock, String metricsRole) {
        this.addresses = new RequestAddress(addresses);
        this.trail = trail;
        this.clock = clock;
        this.roles = metricsRole.isEmpty()
                ? Set.of(Administrator.ROLE)
                : new HashSet<>(List.of(Administrator.ROLE, metricsRole));
        this.bound = new SignInBound(() -> clock.getAsLong() * 1_000_000);
    }

    /** Whose attempts these are, as they are counted. */
    String counted(HttpServletRequest request) {
        return addresses.of(request).caller();
    }

    /** The present, milliseconds since the epoch. */
    long now() {
        return clock.getAsLong();
    }

    /** Tries. Leaves no session behind that was not there before. */
    Outcome attempt(HttpServletRequest request, String user, String password, String scheme, String role) {
        ClientAddress.Client client = addresses.of(request);
        long now = clock.getAsLong();
        long wait = bound.waitSeconds(client.caller(), now);
        if (wait > 0) {
            return new Outcome(Verdict.TOO_MANY, null, wait);
        }
        Administrator administrator = ask(request, user, password, scheme, now);
        if (administrator == null) {
            bound.failed(client.caller(), now);
            note(AuditEvent.Type.ADMIN_SIGN_IN_FAILED, user, client.address(), scheme);
            return new Outcome(Verdict.WRONG, null, 0);
        }
        if (!administrator.roles().contains(role)) {
            note(AuditEvent.Type.ADMIN_SIGN_IN_FAILED, user, client.address(), scheme);
            return new Outcome(Verdict.FORBIDDEN, null, 0);
        }
        bound.succeeded(client.caller());
        return new Outcome(Verdict.GOOD, administrator, 0);
    }

    /** Notes that an administrator has begun a session. */
    void begun(HttpServletRequest request, Administrator administrator) {
        note(
                AuditEvent.Type.ADMIN_SIGN_IN,
                administrator.user(),
                addresses.of(request).address(),
                administrator.scheme());
    }

    private void note(AuditEvent.Type type, String user, String address, String scheme) {
        String shown = user.length() > LONGEST_SHOWN ? user.substring(0, LONGEST_SHOWN) : user;
        trail.note(new AuditEvent(
                type,
                clock.getAsLong(),
                null,
                shown.isEmpty() ? "unknown" : shown,
                Map.of("address", address, "authentication", scheme)));
    }

    private Administrator ask(HttpServletRequest request, String user, String password, String scheme, long now) {
        if (user.chars().anyMatch(Character::isISOControl)) {
            // Payara writes the name into its log as it comes: a line break in it would forge a line.
            return null;
        }
        HttpSession before = request.getSession(false);
        try {
            request.login(user, password);
        } catch (ServletException e) {
            LOG.log(System.Logger.Level.DEBUG, "a sign-in failed", e);
            return null;
        }
        try {
            Principal principal = request.getUserPrincipal();
            String name = principal == null ? user : principal.getName();
            return new Administrator(name, rolesOf(request), scheme, now);
        } finally {
            forget(request, before);
        }
    }

    /** The roles that matter which the container says the request's user has. */
    Set<String> rolesOf(HttpServletRequest request) {
        return roles.stream().filter(request::isUserInRole).collect(Collectors.toSet());
    }

    private static void forget(HttpServletRequest request, HttpSession before) {
        try {
            request.logout();
        } catch (ServletException e) {
            LOG.log(System.Logger.Level.DEBUG, "the server keeps a sign-in", e);
        }
        HttpSession after = request.getSession(false);
        if (before == null && after != null) {
            after.invalidate();
        }
    }
}
