package dev.tollgate.http.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.bodylimit.BodyReadLimiter;
import dev.tollgate.http.address.CidrSet;
import dev.tollgate.http.address.ForwardedAddressResolver;
import dev.tollgate.it.support.PlainHttp;
import io.undertow.Undertow;
import io.undertow.security.idm.Account;
import io.undertow.security.idm.Credential;
import io.undertow.security.idm.IdentityManager;
import io.undertow.security.idm.PasswordCredential;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.ServletSessionConfig;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.SessionTrackingMode;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The roles of administration, in a servlet container with a realm whose users' roles change. */
class AdminAccessTest {

    private static final String ADMIN = "tollgate-admin";
    private static final String VIEWER = "tollgate-viewer";
    private static final String JSON = "Content-Type: application/json";
    private static final List<String> PATHS =
            List.of("/api/v1/admin/accounts", "/api/v1/admin", "/", "/index.html", "/console/app.js", "/console/none");

    private final Map<String, Set<String>> realm = new ConcurrentHashMap<>();
    private final List<String> reached = new CopyOnWriteArrayList<>();
    private final List<AuditEvent> audit = new CopyOnWriteArrayList<>();
    private final AtomicLong now = new AtomicLong(1_700_000_000_000L);
    private DeploymentManager deployment;
    private Undertow server;

    private record User(String name, Set<String> roles) implements Account {
        @Override
        public Principal getPrincipal() {
            return () -> name;
        }

        @Override
        public Set<String> getRoles() {
            return roles;
        }
    }

    /** Users whose password is their name. */
    private final class Realm implements IdentityManager {
        @Override
        public Account verify(Account account) {
            return account;
        }

        @Override
        public Account verify(String name, Credential credential) {
            Set<String> roles = realm.get(name);
            boolean right = credential instanceof PasswordCredential password
                    && new String(password.getPassword()).equals(name);
            return roles != null && right ? new User(name, roles) : null;
        }

        @Override
        public Account verify(Credential credential) {
            return null;
        }
    }

    private final class Reached extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) {
            reached.add(request.getMethod() + " " + request.getRequestURI());
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
        }
    }

    @BeforeEach
    void start() throws Exception {
        start("");
    }

    private void start(String metricsRole) throws Exception {
        LoginStats stats = new LoginStats();
        RealmAuthenticator signIn = new RealmAuthenticator(
                new ForwardedAddressResolver(List.of()),
                audit::add,
                stats,
                now::get,
                new LoginRules(new CidrSet(List.of()), 10, Duration.ofMinutes(30), metricsRole));
        SessionStore sessions = new SessionStore(now::get, signIn, stats, Duration.ofMinutes(1));
        AdminAccess access = new AdminAccess(signIn, sessions, new AdminHosts(List.of()), metricsRole);
        BodyReadLimiter bodies =
                new BodyReadLimiter(new BodyReadLimiter.Bounds(100, 100, 1, Duration.ofSeconds(10)), System::nanoTime);
        deployment = Servlets.defaultContainer()
                .addDeployment(Servlets.deployment()
                        .setClassLoader(AdminAccessTest.class.getClassLoader())
                        .setContextPath("/")
                        .setDeploymentName("admin")
                        .setIdentityManager(new Realm())
                        // As in web.xml: what the container keeps of a sign-in needs no cookie.
                        .setServletSessionConfig(
                                new ServletSessionConfig().setSessionTrackingModes(Set.of(SessionTrackingMode.URL)))
                        .addFilter(Servlets.filter("access", AdminAccess.class, new ImmediateInstanceFactory<>(access)))
                        .addFilterUrlMapping("access", "/*", DispatcherType.REQUEST)
                        .addServlet(Servlets.servlet(
                                        "session",
                                        SessionServlet.class,
                                        new ImmediateInstanceFactory<>(new SessionServlet(signIn, sessions, bodies)))
                                .addMapping(AdminAccess.SESSION))
                        .addServlet(Servlets.servlet(
                                        "reached", Reached.class, new ImmediateInstanceFactory<>(new Reached()))
                                .addMapping("/")));
        deployment.deploy();
        server = Undertow.builder()
                .addHttpListener(0, "127.0.0.1")
                .setHandler(deployment.start())
                .build();
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
        deployment.stop();
        deployment.undeploy();
    }

    private PlainHttp.Answer ask(String line, String body, String... fields) {
        int port = ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
        return PlainHttp.ask("127.0.0.1", port, line, body, fields);
    }

    private static String basic(String user) {
        return "Authorization: Basic "
                + Base64.getEncoder().encodeToString((user + ":" + user).getBytes(StandardCharsets.UTF_8));
    }

    private record Session(String cookie, String token) {}

    private Session signIn(String user, String role) {
        PlainHttp.Answer answer =
                ask("POST " + AdminAccess.SESSION, "{\"user\":\"" + user + "\",\"password\":\"" + user + "\"}", JSON);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.json().getString("role")).isEqualTo(role);
        return new Session(
                "Cookie: " + answer.header("Set-Cookie").split(";")[0],
                "Tollgate-Token: " + answer.json().getString("token"));
    }

    private String roleOf(Session session) {
        return ask("GET " + AdminAccess.SESSION, null, session.cookie()).json().getString("role");
    }

    private int change(Session session) {
        return ask("POST /api/v1/admin/accounts", "{}", session.cookie(), session.token(), JSON)
                .status();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS"})
    void viewerReachesEveryPageAndResourceByMethodsThatRead(String method) {
        realm.put("vera", Set.of(VIEWER));
        for (String path : PATHS) {
            assertThat(ask(method + " " + path, null, basic("vera")).status())
                    .as(path)
                    .isEqualTo(204);
        }
        assertThat(reached)
                .containsExactlyElementsOf(
                        PATHS.stream().map(path -> method + " " + path).toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY", "PROPFIND", "BREW", "get", "Get", "post"})
    void viewerReachesNothingByAnyOtherMethodAndIsToldWhoDoes(String method) {
        realm.put("vera", Set.of(VIEWER));
        Session session = signIn("vera", VIEWER);
        for (String path : PATHS) {
            for (String[] by : new String[][] {
                {basic("vera"), JSON},
                {session.cookie(), session.token(), JSON},
                {session.cookie(), JSON},
                {basic("vera"), "X-HTTP-Method-Override: GET", "X-Method-Override: GET"}
            }) {
                PlainHttp.Answer answer = ask(method + " " + path, "{}", by);
                assertThat(answer.status()).as(path).isEqualTo(403);
                assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
                assertThat(answer.json().getString("code")).isEqualTo("FORBIDDEN");
                assertThat(answer.json().getString("detail"))
                        .contains("tollgate-viewer may look at everything and change nothing", "role tollgate-admin.");
            }
        }
        assertThat(reached).isEmpty();
    }

    @Test
    void userWithBothRolesIsAnAdministrator() {
        realm.put("both", Set.of(VIEWER, ADMIN, "other"));
        Session session = signIn("both", ADMIN);
        assertThat(roleOf(session)).isEqualTo(ADMIN);
        assertThat(change(session)).isEqualTo(204);
        assertThat(ask("DELETE /api/v1/admin/keys/1", null, basic("both")).status())
                .isEqualTo(204);
        assertThat(reached).containsExactly("POST /api/v1/admin/accounts", "DELETE /api/v1/admin/keys/1");
    }

    @Test
    void administratorStillNeedsTheTokenOfItsSession() {
        realm.put("ada", Set.of(ADMIN));
        Session session = signIn("ada", ADMIN);
        PlainHttp.Answer answer = ask("POST /api/v1/admin/accounts", "{}", session.cookie(), JSON);
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.json().getString("code")).isEqualTo("CONSOLE_TOKEN_NEEDED");
        assertThat(reached).isEmpty();
    }

    @Test
    void userWithoutARoleReachesNothingAndGetsNoSession() {
        realm.put("nemo", Set.of("monitor"));
        for (String method : List.of("GET", "HEAD", "POST")) {
            assertThat(ask(method + " /api/v1/admin/accounts", null, basic("nemo"), JSON)
                            .status())
                    .as(method)
                    .isEqualTo(403);
        }
        PlainHttp.Answer answer = ask("POST " + AdminAccess.SESSION, "{\"user\":\"nemo\",\"password\":\"nemo\"}", JSON);
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.json().getString("detail"))
                .contains("does not have the role tollgate-admin or tollgate-viewer");
        assertThat(reached).isEmpty();
        assertThat(audit).extracting(AuditEvent::type).containsOnly(AuditEvent.Type.ADMIN_SIGN_IN_FAILED);
    }

    @Test
    void viewerSignsOut() {
        realm.put("vera", Set.of(VIEWER));
        Session session = signIn("vera", VIEWER);
        assertThat(ask("DELETE " + AdminAccess.SESSION, null, session.cookie()).status())
                .isEqualTo(204);
        assertThat(ask("GET /api/v1/admin/accounts", null, session.cookie()).status())
                .isEqualTo(401);
    }

    @Test
    void viewerWhoIsPromotedChangesThingsOnceTheRealmIsAskedAgain() {
        realm.put("vera", Set.of(VIEWER));
        Session session = signIn("vera", VIEWER);
        realm.put("vera", Set.of(VIEWER, ADMIN));
        now.addAndGet(59_999);
        assertThat(change(session)).as("the realm is not asked again yet").isEqualTo(403);
        now.addAndGet(1);
        assertThat(change(session)).isEqualTo(204);
        assertThat(roleOf(session)).isEqualTo(ADMIN);
    }

    @Test
    void administratorWhoIsDemotedGoesOnAsAViewer() {
        realm.put("ada", Set.of(ADMIN));
        Session session = signIn("ada", ADMIN);
        assertThat(change(session)).isEqualTo(204);
        realm.put("ada", Set.of(VIEWER));
        now.addAndGet(60_000);
        assertThat(change(session)).isEqualTo(403);
        assertThat(roleOf(session)).isEqualTo(VIEWER);
        assertThat(ask("GET /api/v1/admin/accounts", null, session.cookie()).status())
                .isEqualTo(204);
    }

    @Test
    void viewerWhoLosesTheRoleIsSignedOut() {
        realm.put("vera", Set.of(VIEWER));
        Session session = signIn("vera", VIEWER);
        realm.put("vera", Set.of());
        now.addAndGet(60_000);
        assertThat(ask("GET /api/v1/admin/accounts", null, session.cookie()).status())
                .isEqualTo(401);
    }

    @Test
    void aPromotionDoesNotMakeASessionLastLonger() {
        realm.put("vera", Set.of(VIEWER));
        Session session = signIn("vera", VIEWER);
        for (int minutes = 0; minutes < 12 * 60; minutes += 20) {
            now.addAndGet(Duration.ofMinutes(20).toMillis());
            realm.put("vera", Set.of(minutes % 40 == 0 ? ADMIN : VIEWER));
            assertThat(ask("GET /api/v1/admin/accounts", null, session.cookie()).status())
                    .as(minutes + " minutes")
                    .isEqualTo(204);
        }
        now.addAndGet(1);
        assertThat(ask("GET /api/v1/admin/accounts", null, session.cookie()).status())
                .isEqualTo(401);
    }

    @Test
    void auditTrailNamesTheRoleOfSessionsAndScripts() {
        realm.put("vera", Set.of(VIEWER));
        realm.put("ada", Set.of(ADMIN));
        signIn("vera", VIEWER);
        ask("GET /api/v1/admin/accounts", null, basic("vera"));
        ask("GET /api/v1/admin/accounts", null, basic("ada"));
        assertThat(audit)
                .extracting(event -> event.actor() + " " + event.details().get("role") + " "
                        + event.details().get("authentication"))
                .containsExactly("vera tollgate-viewer FORM", "vera tollgate-viewer BASIC", "ada tollgate-admin BASIC");
    }

    @ParameterizedTest
    @ValueSource(strings = {VIEWER, ADMIN, "monitor"})
    void metricsAreForTheRoleOfTheSettingAndForAdministratorsWhereViewersMay(String role) throws Exception {
        stop();
        start(role);
        realm.put("vera", Set.of(VIEWER));
        realm.put("ada", Set.of(ADMIN));
        realm.put("monika", Set.of("monitor"));
        int viewer = ask("GET /metrics", null, basic("vera")).status();
        int administrator = ask("GET /metrics", null, basic("ada")).status();
        int monitor = ask("GET /metrics", null, basic("monika")).status();
        assertThat(viewer).isEqualTo(role.equals(VIEWER) ? 204 : 403);
        assertThat(administrator).isEqualTo(role.equals("monitor") ? 403 : 204);
        assertThat(monitor).isEqualTo(role.equals("monitor") ? 204 : 403);
        assertThat(ask("GET /api/v1/admin/accounts", null, basic("monika")).status())
                .isEqualTo(403);
    }
}
