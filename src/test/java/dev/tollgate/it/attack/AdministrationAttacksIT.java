package dev.tollgate.it.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.PlainHttp;
import dev.tollgate.it.support.PlainHttp.Answer;
import dev.tollgate.it.support.ShippedWar;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Attacks on administration: spellings of its paths, other sites' pages, and what a refusal tells. SECURITY.md lists what is tried. */
class AdministrationAttacksIT extends ShippedWar {

    static Stream<Arguments> spellingsOfAdministration() {
        List<String> paths = List.of(
                "/api/v1/admin/accounts",
                "/api/v1/admin/accounts/",
                "/api/v1/admin;x=1/accounts",
                "/api/v1/admin/accounts;jsessionid=1",
                "/api/v1/%61dmin/accounts",
                "/api/v1/admin%2faccounts",
                "/api/v1/admin%5caccounts",
                "/api/v1/admin\\accounts",
                "/api/v1//admin/accounts",
                "//api/v1/admin/accounts",
                "/api/v1/./admin/accounts",
                "/api/v1/x/../admin/accounts",
                "/api/v1/x/%2e%2e/admin/accounts",
                "/api/v1/x/..;/admin/accounts",
                "/health/../api/v1/admin/accounts",
                "/api/v1/check/../admin/accounts",
                "/api/v1/check/..;/admin/accounts",
                "/api/v1/check%2f..%2fadmin/accounts",
                "/console/login.html/../../api/v1/admin/accounts",
                "/api/v1/admin/x/..;/accounts",
                "/api/v1/%2561dmin/accounts",
                "/api/v1/admin%00/accounts",
                "/api/v1/admin%20/accounts",
                "/x/..;/api/v1/admin/accounts");
        return Stream.of("GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "get", "BREW")
                .flatMap(method -> paths.stream().map(path -> Arguments.of(method, path)));
    }

    @ParameterizedTest
    @MethodSource("spellingsOfAdministration")
    void noSpellingOpensAdministration(String method, String path) {
        Answer answer = PlainHttp.ask("127.0.20.1", at("").getPort(), method + " /tollgate" + path, "");
        assertThat(answer.status()).as(answer.body()).isIn(400, 401, 403, 404, 405, 501);
        assertThat(answer.body()).doesNotContain("\"items\"");
    }

    private static final String JSON = "Content-Type: application/json";
    private static final String ACCOUNT = "{\"name\":\"made by a viewer\",\"tier\":\"free\"}";

    private PlainHttp.Answer viewer(String line, String body, String... fields) {
        return PlainHttp.ask(
                "127.0.20.8",
                at("").getPort(),
                line.replaceFirst(" ", " /tollgate"),
                body,
                Stream.concat(
                                Stream.of(basic(IntegrationServers.VIEWER, IntegrationServers.ADMIN_PASSWORD)),
                                Stream.of(fields))
                        .toArray(String[]::new));
    }

    private void viewerMadeNothing() {
        AdminClient operator = new AdminClient(this);
        assertThat(send(operator.request("/accounts?q=made%20by%20a%20viewer").GET())
                        .body())
                .contains("\"total\":0");
        assertThat(send(operator.request("/tiers/free").GET()).statusCode()).isEqualTo(200);
    }

    static Stream<Arguments> changesByAViewer() {
        return Stream.of(
                        "POST",
                        "PUT",
                        "PATCH",
                        "DELETE",
                        "TRACE",
                        "CONNECT",
                        "QUERY",
                        "PROPFIND",
                        "MKCOL",
                        "BREW",
                        "post",
                        "Post",
                        "delete",
                        "get",
                        "Get",
                        "head",
                        "options")
                .flatMap(method -> spellingsOfAdministration()
                        .map(arguments -> arguments.get()[1])
                        .distinct()
                        .map(path -> Arguments.of(method, path)));
    }

    @ParameterizedTest
    @MethodSource("changesByAViewer")
    void aViewerChangesNothingByAnyMethodAndSpelling(String method, String path) {
        Answer answer = viewer(method + " " + path, ACCOUNT, JSON);
        assertThat(answer.status()).as(answer.body()).isIn(400, 403, 404, 405, 501);
        assertThat(answer.body()).doesNotContain("\"items\"");
        if (path.equals("/api/v1/admin/accounts")
                && List.of("POST", "PUT", "PATCH", "BREW", "post", "get").contains(method)) {
            assertThat(answer.status()).as(answer.body()).isEqualTo(403);
            assertThat(answer.json().getString("detail")).contains("tollgate-viewer");
        }
        viewerMadeNothing();
    }

    static Stream<Arguments> overridesOfTheMethod() {
        List<String> fields = List.of(
                "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X_HTTP_Method_Override", "Method");
        return fields.stream()
                .flatMap(field -> Stream.of(
                        Arguments.of("GET", "/api/v1/admin/tiers/free", field + ": DELETE", List.of(200)),
                        Arguments.of("GET", "/api/v1/admin/accounts", field + ": POST", List.of(200)),
                        Arguments.of("HEAD", "/api/v1/admin/tiers/free", field + ": DELETE", List.of(200)),
                        Arguments.of("OPTIONS", "/api/v1/admin/tiers/free", field + ": DELETE", List.of(200, 204)),
                        Arguments.of("POST", "/api/v1/admin/accounts", field + ": GET", List.of(403)),
                        Arguments.of("POST", "/api/v1/admin/accounts?_method=GET", field + ": GET", List.of(403)),
                        Arguments.of("GET", "/api/v1/admin/accounts?_method=POST", field + ": POST", List.of(400))));
    }

    /** A method that a field or a parameter names is nobody's: neither the filter's nor JAX-RS's. */
    @ParameterizedTest
    @MethodSource("overridesOfTheMethod")
    void noFieldMakesAViewersRequestAnother(String method, String path, String field, List<Integer> statuses) {
        boolean reads = !method.equals("POST");
        Answer answer =
                reads ? viewer(method + " " + path, null, field) : viewer(method + " " + path, ACCOUNT, JSON, field);
        assertThat(answer.status()).as(answer.body()).isIn(statuses);
        viewerMadeNothing();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/index.html", "/console/", "/console/app.js", "/console/session/x", "/console/nothing"})
    void aViewersChangesOfPagesAreRefusedToo(String path) {
        for (String method : List.of("POST", "PUT", "PATCH", "BREW")) {
            assertThat(viewer(method + " " + path, "{}", JSON).status())
                    .as(method)
                    .isEqualTo(403);
        }
    }

    /** The body of a refused change is not read as a request of its own, nor does a form do what JSON may not. */
    @Test
    void formsOfAViewerAreRefusedByTheRole() {
        for (String type :
                List.of("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain")) {
            Answer answer =
                    viewer("POST /api/v1/admin/accounts", "name=made+by+a+viewer&tier=free", "Content-Type: " + type);
            assertThat(answer.status()).as(type).isEqualTo(403);
            assertThat(answer.json().getString("code")).as(type).isEqualTo("FORBIDDEN");
        }
        viewerMadeNothing();
    }

    static Stream<Arguments> waysOutOfAdministration() {
        List<String> paths = List.of(
                "/api/v1/admin/../limits",
                "/api/v1/admin/accounts/../../limits",
                "/api/v1/admin/accounts/..;/..;/limits",
                "/api/v1/admin/accounts/../../../../health/live",
                "/api/v1/admin/keys/%2e%2e/%2e%2e/limits",
                "/api/v1/admin/accounts/x/../../../check",
                "/api/v1/admin/bans/../../../../openapi.json");
        return Stream.of("GET", "OPTIONS", "HEAD", "POST", "DELETE")
                .flatMap(method -> paths.stream().map(path -> Arguments.of(method, path)));
    }

    /** To the container such a path is not administration, to JAX-RS it is. */
    @ParameterizedTest
    @MethodSource("waysOutOfAdministration")
    void aPathThatIsAdministrationToOneReaderAloneIsRefused(String method, String path) {
        assertThat(PlainHttp.ask("127.0.20.7", at("").getPort(), method + " /tollgate" + path, "")
                        .status())
                .isEqualTo(400);
    }

    /** To WildFly such a path is a file that is not there; its own answer to OPTIONS is 200 then. */
    @ParameterizedTest
    @ValueSource(strings = {"/API/v1/admin/accounts", "/api/v1/ADMIN/accounts", "/api/v1/admin/Accounts"})
    void aPathInAnotherCaseIsNotAdministration(String path) {
        for (String method : List.of("GET", "POST", "OPTIONS")) {
            Answer answer = PlainHttp.ask("127.0.20.1", at("").getPort(), method + " /tollgate" + path, "");
            assertThat(answer.status() == 200
                            && !(method.equals("OPTIONS") && answer.body().isEmpty()))
                    .as(method + " " + answer.body())
                    .isFalse();
        }
    }

    static Stream<Arguments> requestsOfOtherSites() {
        List<String> sites = List.of(
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: same-site",
                "Sec-Fetch-Site: nonsense",
                "Origin: https://elsewhere.example",
                "Origin: null",
                "Origin: http://localhost.elsewhere.example",
                "Origin: http://localhost:1",
                "Origin: nonsense ://");
        return Stream.of("POST", "PUT", "PATCH", "DELETE", "BREW")
                .flatMap(method -> sites.stream().map(site -> Arguments.of(method, site)));
    }

    @ParameterizedTest
    @MethodSource("requestsOfOtherSites")
    void pagesOfOtherSitesChangeNothingByAnyMethod(String method, String site) {
        for (String path : List.of("/api/v1/admin/accounts", "/api/v1/admin/x/../accounts", "/console/session")) {
            Answer answer = PlainHttp.ask(
                    "127.0.20.2",
                    at("").getPort(),
                    method + " /tollgate" + path,
                    "{\"name\":\"x\",\"tier\":\"free\"}",
                    site,
                    "Content-Type: application/json",
                    "Authorization: Basic YWRtaW46aW50ZWdyYXRpb24tdGVzdHM=");
            assertThat(answer.status()).as(path + " " + answer.body()).isIn(400, 403, 405, 501);
        }
    }

    /** A sign-in that fails says nothing that differs by what was wrong with it. */
    @Test
    void theAdministratorsNameIsNotToldFromAnother() {
        String wrong = PlainHttp.ask(
                        "127.0.20.4",
                        at("").getPort(),
                        "GET /tollgate/api/v1/admin/accounts",
                        null,
                        basic(IntegrationServers.ADMIN))
                .body();
        String unknown = PlainHttp.ask(
                        "127.0.20.5", at("").getPort(), "GET /tollgate/api/v1/admin/accounts", null, basic("nobody"))
                .body();
        assertThat(unknown.replaceAll("#[0-9a-f]{32}", "")).isEqualTo(wrong.replaceAll("#[0-9a-f]{32}", ""));
    }

    private static String basic(String user) {
        return basic(user, "wrong");
    }

    private static String basic(String user, String password) {
        return "Authorization: Basic "
                + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }
}
