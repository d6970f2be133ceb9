package dev.tollgate.http.admin;

import dev.tollgate.core.access.AdminRole;
import dev.tollgate.core.account.RequestAttributes;
import dev.tollgate.core.problem.Problem;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.http.forwardauth.ForwardAuth;
import dev.tollgate.http.route.RoutePath;
import dev.tollgate.http.servlet.ConsoleHeaders;
import dev.tollgate.http.servlet.ConsolePage;
import dev.tollgate.http.servlet.ProblemWriter;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A filter that admits administrators and viewers alone to the console and to the resources of administration. They come with a
 * session of the console's sign-in page, with HTTP Basic, or authenticated by the container. {@link AdminRole} says what a role
 * permits. Only the sign-in page, its files and one's own session are open. Every refusal is a problem document or a redirect to
 * the sign-in page. Thread-safe.
 */
public final class AdminAccess implements Filter {

    /** Where the console signs in and out. */
    public static final String SESSION = "/console/session";

    private static final String API = "/api/v1/admin";
    private static final String PAGES = "/console";
    private static final String SIGN_IN_PAGE = PAGES + "/login.html";
    private static final Set<String> OPEN = Set.of(
            SESSION,
            SIGN_IN_PAGE,
            PAGES + "/login.js",
            PAGES + "/theme.js",
            PAGES + "/console.css",
            PAGES + "/icon.svg");

    private final RealmAuthenticator signIn;
    private final SessionStore sessions;
    private final AdminHosts hosts;
    private final List<String> metricsRoles;
    private final PageTokens tokens = new PageTokens();

    /** Who asks, and by which session; null if by none. */
    private record Known(AdminUser adminUser, SessionStore.@Nullable Session session) {}

    /**
     * @param signIn asks the realm
     * @param sessions who is signed in
     * @param hosts where administration is served
     * @param metricsRole the role that may scrape metrics; empty if everybody may. Where viewers may, administrators may too
     */
    public AdminAccess(RealmAuthenticator signIn, SessionStore sessions, AdminHosts hosts, String metricsRole) {
        this.signIn = signIn;
        this.sessions = sessions;
        this.hosts = hosts;
        this.metricsRoles = metricsRoles(metricsRole);
    }

    private static List<String> metricsRoles(String role) {
        if (role.isEmpty()) {
            return List.of();
        }
        return role.equals(AdminRole.VIEWER.label()) ? AdminRole.labels() : List.of(role);
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request instanceof HttpServletRequest http && response instanceof HttpServletResponse answer) {
            String path = RoutePath.of(http);
            if (!isQuestion(http) && (path == null || isOurs(path))) {
                guard(path, http, answer, chain);
                return;
            }
        }
        chain.doFilter(request, response);
    }

    /** Whether a proxy asks about a request, whose path is the gate's business alone. */
    private static boolean isQuestion(HttpServletRequest request) {
        return below(request.getServletPath(), ForwardAuth.PATH);
    }

    private boolean isOurs(String path) {
        return below(path, API) || isPage(path) || isMetrics(path);
    }

    private boolean isMetrics(String path) {
        return !metricsRoles.isEmpty() && path.equals("/metrics");
    }

    private static boolean isPage(String path) {
        return path.equals("/") || path.equals("/index.html") || below(path, PAGES);
    }

    private static boolean below(String path, String root) {
        return path.startsWith(root) && (path.length() == root.length() || path.charAt(root.length()) == '/');
    }

    private void guard(
            @Nullable String path, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        ConsoleHeaders.on(response);
        if (path == null) {
            ProblemWriter.send(Problems.badPath(), request, response);
        } else if (!isMetrics(path) && !hosts.contain(request)) {
            ProblemWriter.send(Problems.notFound("There is nothing at this path of this host."), request, response);
        } else if (!SameOrigin.permits(request)) {
            ProblemWriter.send(Problems.crossOrigin(), request, response);
        } else if (OPEN.contains(path)) {
            chain.doFilter(request, response);
        } else {
            admit(path, request, response, chain);
        }
    }

    private void admit(String path, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        List<String> roles = isMetrics(path) ? metricsRoles : AdminRole.labels();
        Known known = known(request);
        if (known == null) {
            BasicCredentials basic = BasicCredentials.of(request.getHeader("Authorization"));
            if (basic != null) {
                RealmAuthenticator.Outcome outcome =
                        signIn.attempt(request, basic.user(), basic.password(), "BASIC", roles);
                if (outcome.verdict() != RealmAuthenticator.Verdict.GOOD) {
                    ProblemWriter.send(refusal(outcome, roles, isScript(request)), request, response);
                    return;
                }
                known = new Known(Objects.requireNonNull(outcome.adminUser()), null);
            }
        }
        if (known == null && isPage(path)) {
            response.setHeader("Cache-Control", "no-store");
            response.sendRedirect(request.getContextPath() + SIGN_IN_PAGE);
        } else if (known == null) {
            ProblemWriter.send(Problems.signInNeeded(isScript(request)), request, response);
        } else {
            Optional<Problem> refusal = refusal(path, known, request);
            if (refusal.isPresent()) {
                ProblemWriter.send(refusal.get(), request, response);
            } else {
                pass(path, known, request, response, chain);
            }
        }
    }

    private Optional<Problem> refusal(String path, Known known, HttpServletRequest request) {
        Set<String> has = known.adminUser().roles();
        Optional<Problem> byRole;
        if (isMetrics(path)) {
            byRole = metricsRoles.stream().anyMatch(has::contains)
                    ? Optional.empty()
                    : Optional.of(AdminRole.lacking(metricsRoles));
        } else {
            byRole = AdminRole.refusal(has::contains, request.getMethod());
        }
        if (byRole.isEmpty() && !tokens.permit(request, known.adminUser(), known.session())) {
            return Optional.of(Problems.consoleTokenNeeded());
        }
        return byRole;
    }

    private void pass(
            String path, Known known, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        AdminUser adminUser = known.adminUser();
        SessionStore.Session session = known.session();
        if (session == null && !isMetrics(path)) {
            signIn.used(request, adminUser);
        }
        if (ConsolePage.isOpened(path, request)) {
            ConsolePage.send(tokens.of(adminUser, session), request, response);
            return;
        }
        if (session != null) {
            BooleanSupplier live = () -> sessions.isLive(session);
            request.setAttribute(RequestAttributes.SIGNED_IN, live);
        }
        response.setHeader("Cache-Control", "no-cache");
        chain.doFilter(new AuthenticatedRequest(request, adminUser), response);
    }

    /** Returns the user whom the container has authenticated, or else the session's; null if there is none. */
    private @Nullable Known known(HttpServletRequest request) {
        Principal principal = request.getUserPrincipal();
        if (principal != null) {
            String scheme = request.getAuthType() == null ? "CONTAINER" : request.getAuthType();
            AdminUser adminUser = new AdminUser(principal.getName(), signIn.rolesOf(request), scheme, signIn.now());
            return new Known(adminUser, null);
        }
        SessionStore.Session session = sessions.of(request);
        return session == null ? null : new Known(session.adminUser(), session);
    }

    /** The problem that says why nobody was signed in. */
    static Problem refusal(RealmAuthenticator.Outcome outcome, List<String> roles, boolean challenge) {
        return switch (outcome.verdict()) {
            case TOO_MANY -> Problems.tooManySignIns(outcome.retrySeconds());
            case FORBIDDEN -> AdminRole.lacking(roles);
            default -> Problems.signInFailed(challenge);
        };
    }

    /** Whether a challenge helps: a browser would answer it with a window of its own before the console learned of it. */
    private static boolean isScript(HttpServletRequest request) {
        String accept = request.getHeader("Accept");
        return request.getHeader("Sec-Fetch-Mode") == null
                && request.getHeader("X-Tollgate-Console") == null
                && (accept == null || !(accept.contains("text/html") || accept.contains("text/event-stream")));
    }
}
