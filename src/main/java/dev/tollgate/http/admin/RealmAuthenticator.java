package dev.tollgate.http.admin;

import dev.tollgate.core.access.AdminRole;
import dev.tollgate.core.audit.AuditSink;
import dev.tollgate.http.address.ForwardedAddressResolver;
import dev.tollgate.http.address.RequestAddressReader;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.security.Principal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Authentication by the realm of the server, whichever it is. {@link LoginThrottles} decides which attempts reach the realm.
 * The state that a server keeps of a sign-in differs between servers, so it is undone at once. Thread-safe.
 */
public final class RealmAuthenticator {

    private static final System.Logger LOG = System.getLogger(RealmAuthenticator.class.getName());

    private final RequestAddressReader addresses;
    private final LoginAuditor audit;
    private final LoginStats counts;
    private final LongSupplier clock;
    private final RightPasswords passwords = new RightPasswords();
    private final LoginThrottles bounds;
    private final Set<String> roles;

    /** How an attempt ended. */
    enum Verdict {
        /** The user has a role asked for. */
        GOOD("good"),
        /** The user exists and has none of them. */
        FORBIDDEN("forbidden"),
        /** No such user, or not the password. */
        WRONG("wrong"),
        /** Too many failures: the realm was not asked. */
        TOO_MANY("refused");

        private final String label;

        Verdict(String label) {
            this.label = label;
        }

        /** As metrics show it. */
        String label() {
            return label;
        }
    }

    /**
     * The end of an attempt.
     *
     * @param adminUser who; null unless {@link Verdict#GOOD}
     * @param retrySeconds when the next attempt is heard; 0 unless {@link Verdict#TOO_MANY}
     */
    record Outcome(Verdict verdict, @Nullable AdminUser adminUser, long retrySeconds) {}

    /**
     * @param addresses whose attempts are counted
     * @param audit where they are noted
     * @param counts where they are counted
     * @param clock milliseconds since the epoch
     * @param rules what operators say about it
     */
    public RealmAuthenticator(
            ForwardedAddressResolver addresses,
            AuditSink audit,
            LoginStats counts,
            LongSupplier clock,
            LoginRules rules) {
        this.addresses = new RequestAddressReader(addresses);
        this.audit = new LoginAuditor(audit, clock);
        this.counts = counts;
        this.clock = clock;
        this.roles = new HashSet<>(AdminRole.labels());
        if (!rules.metricsRole().isEmpty()) {
            roles.add(rules.metricsRole());
        }
        this.bounds = new LoginThrottles(
                new RealmFailures(rules.realmFailures(), rules.realmMemory()),
                rules.trusted(),
                passwords,
                () -> clock.getAsLong() * 1_000_000);
    }

    /** Whose attempts these are, as they are counted. */
    String counted(HttpServletRequest request) {
        return addresses.resolve(request).caller();
    }

    /** The present, milliseconds since the epoch. */
    long now() {
        return clock.getAsLong();
    }

    /**
     * Tries. Leaves no session behind that was not there before.
     *
     * @param anyOf the roles of which the user needs one
     */
    Outcome attempt(HttpServletRequest request, String user, String password, String scheme, List<String> anyOf) {
        ForwardedAddressResolver.Client client = addresses.resolve(request);
        Outcome outcome = tried(
                bounds.begin(
                        user,
                        password,
                        client.doubtful() ? ForwardedAddressResolver.UNKNOWN : client.address(),
                        client.caller(),
                        clock.getAsLong()),
                request,
                new Credentials(user, password, scheme),
                anyOf);
        if (outcome.verdict() == Verdict.WRONG || outcome.verdict() == Verdict.FORBIDDEN) {
            audit.failed(user, client.address(), scheme);
        }
        return outcome;
    }

    /**
     * Asks again about somebody who is signed in. A failure is noted: the user was removed, its password changed, or all its
     * roles in administration were taken away.
     *
     * @param signedIn as whom
     * @param user the name that was given to sign in
     * @param password the password that was given
     */
    Outcome confirm(HttpServletRequest request, AdminUser signedIn, String user, String password) {
        ForwardedAddressResolver.Client client = addresses.resolve(request);
        Outcome outcome = tried(
                bounds.beginAgain(user, password, client.caller(), clock.getAsLong()),
                request,
                new Credentials(user, password, signedIn.scheme()),
                AdminRole.labels());
        if (outcome.verdict() == Verdict.WRONG || outcome.verdict() == Verdict.FORBIDDEN) {
            audit.failed(signedIn.user(), client.address(), "SESSION");
        }
        return outcome;
    }

    private record Credentials(String user, String password, String scheme) {}

    private Outcome tried(
            LoginThrottles.Attempt attempt, HttpServletRequest request, Credentials credentials, List<String> anyOf) {
        Outcome outcome = attempt.retrySeconds() > 0
                ? new Outcome(Verdict.TOO_MANY, null, attempt.retrySeconds())
                : asked(attempt, request, credentials, anyOf);
        counts.ended(outcome.verdict());
        return outcome;
    }

    private Outcome asked(
            LoginThrottles.Attempt attempt, HttpServletRequest request, Credentials credentials, List<String> anyOf) {
        AdminUser adminUser = null;
        try {
            adminUser = ask(request, credentials);
        } finally {
            if (adminUser == null) {
                // Before the attempt ends, so that the next attempt does not still trust this password.
                passwords.refused(credentials.user(), credentials.password());
                attempt.failed(clock.getAsLong());
            }
        }
        if (adminUser == null) {
            return new Outcome(Verdict.WRONG, null, 0);
        }
        boolean has = anyOf.stream().anyMatch(adminUser.roles()::contains);
        if (has) {
            passwords.confirmed(credentials.user(), credentials.password());
        }
        attempt.succeeded(
                !has
                        ? LoginThrottles.Trust.NONE
                        : adminUser.roles().contains(AdminRole.ADMINISTRATOR.label())
                                ? LoginThrottles.Trust.ADDRESS
                                : LoginThrottles.Trust.USER);
        return has ? new Outcome(Verdict.GOOD, adminUser, 0) : new Outcome(Verdict.FORBIDDEN, null, 0);
    }

    /** Notes that a user of administration has begun a session. */
    void begun(HttpServletRequest request, AdminUser adminUser) {
        audit.begun(adminUser, addresses.resolve(request).address());
    }

    /** Notes that a user of administration sent a request without a session. */
    void used(HttpServletRequest request, AdminUser adminUser) {
        audit.used(adminUser, addresses.resolve(request).address());
    }

    private @Nullable AdminUser ask(HttpServletRequest request, Credentials credentials) {
        if (credentials.user().chars().anyMatch(Character::isISOControl)) {
            // Payara logs the name without escaping it, so a line break could forge a log line.
            return null;
        }
        HttpSession before = request.getSession(false);
        try {
            request.login(credentials.user(), credentials.password());
        } catch (ServletException e) {
            LOG.log(System.Logger.Level.DEBUG, "a sign-in failed", e);
            return null;
        }
        try {
            Principal principal = request.getUserPrincipal();
            String name = principal == null ? credentials.user() : principal.getName();
            return new AdminUser(name, rolesOf(request), credentials.scheme(), clock.getAsLong());
        } finally {
            forget(request, before);
        }
    }

    /** The roles that matter which the container says the request's user has. */
    Set<String> rolesOf(HttpServletRequest request) {
        return roles.stream().filter(request::isUserInRole).collect(Collectors.toSet());
    }

    private static void forget(HttpServletRequest request, @Nullable HttpSession before) {
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
