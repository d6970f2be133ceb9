package dev.tollgate.http.forwardauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.problem.Problems;
import dev.tollgate.http.address.CidrSet;
import dev.tollgate.http.route.RoutePath;
import dev.tollgate.http.servlet.ProblemWriter;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made of a proxy's question, before a servlet that says what it was asked. */
class ForwardAuthTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String BOTH = "?refusals=fields&original=forwarded";

    private static Node believing;
    private static Node doubting;

    /** A server whose peers are trusted, or not. */
    private static final class Node implements AutoCloseable {

        private final DeploymentManager deployment;
        private final Undertow server;

        Node(List<String> trusted) throws Exception {
            Filter filter = new ForwardAuth(new CidrSet(trusted));
            deployment = Servlets.defaultContainer()
                    .addDeployment(Servlets.deployment()
                            .setClassLoader(ForwardAuthTest.class.getClassLoader())
                            .setContextPath("/t")
                            .setDeploymentName("t")
                            .addFilter(
                                    Servlets.filter("ask", ForwardAuth.class, new ImmediateInstanceFactory<>(filter)))
                            .addFilterUrlMapping("ask", ForwardAuth.PATH + "/*", DispatcherType.REQUEST)
                            .addServlet(Servlets.servlet("said", Said.class, new ImmediateInstanceFactory<>(new Said()))
                                    .addMapping(ForwardAuth.PATH + "/*")));
            deployment.deploy();
            server = Undertow.builder()
                    .addHttpListener(0, "127.0.0.1")
                    .setHandler(Handlers.path().addPrefixPath("/t", deployment.start()))
                    .build();
            server.start();
        }

        HttpResponse<String> ask(String query, String... headers) throws IOException, InterruptedException {
            int port = ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/t" + ForwardAuth.PATH + query));
            if (headers.length > 0) {
                request.headers(headers);
            }
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }

        @Override
        public void close() throws ServletException {
            server.stop();
            deployment.stop();
            deployment.undeploy();
        }
    }

    /** Says what it sees; refuses what ends in {@code /refused}. */
    private static final class Said extends HttpServlet {

        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            String path = RoutePath.of(request);
            if (path == null) {
                ProblemWriter.send(Problems.badPath(), request, response);
            } else if (path.endsWith("/refused")) {
                ProblemWriter.send(Problems.gateUnavailable(7), request, response);
            } else {
                response.setHeader("Saw", request.getMethod() + " " + path + " " + request.getRequestURI());
                response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            }
        }
    }

    @BeforeAll
    static void start() throws Exception {
        believing = new Node(List.of("127.0.0.1"));
        doubting = new Node(List.of("192.0.2.0/24"));
    }

    @AfterAll
    static void stop() throws Exception {
        believing.close();
        doubting.close();
    }

    private static HttpResponse<String> about(String method, String uri) throws Exception {
        return believing.ask("?original=forwarded", "X-Forwarded-Method", method, "X-Forwarded-Uri", uri);
    }

    private static String saw(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
        return answer.headers().firstValue("Saw").orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /, /api/v1/check",
        "DELETE, /orders/7?secret=1, /api/v1/check/orders/7",
        "PROPFIND, /a%20b/%C3%BC, /api/v1/check/a b/ü",
        "POST, /orders/7;v=2/, /api/v1/check/orders/7",
        "GET, /100%25, /api/v1/check/100%"
    })
    void theGateSeesTheOriginalBelowTheCheck(String method, String uri, String path) throws Exception {
        String sent = uri.replaceFirst("\\?.*", "");
        // Undertow writes header fields in Latin-1.
        assertThat(saw(about(method, uri))).isEqualTo(method + " " + path + " " + sent);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a/../b",
                "/a/%2e%2e/b",
                "/a/./b",
                "//a",
                "/a//b",
                "/a%2fb",
                "/a%5Cb",
                "/a%00",
                "/a%252fb",
                "/a/..;/b"
            })
    void aPathThatCouldMeanTwoThingsIsRefused(String uri) throws Exception {
        assertThat(about("GET", uri).statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "orders", "http://elsewhere/orders", "/%", "/%4", "/%zz", "/%ff"})
    void whatIsNoPathIsRefused(String uri) throws Exception {
        HttpResponse<String> answer = about("GET", uri);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("\"parameter\":\"original\"");
    }

    @Test
    void fieldsThatAreAbsentTwiceThereOrNoMethodAreRefused() throws Exception {
        String query = "?original=forwarded";
        assertThat(believing.ask(query).body()).contains("X-Forwarded-Method must be there, once");
        assertThat(believing
                        .ask(
                                query,
                                "X-Forwarded-Method",
                                "GET",
                                "X-Forwarded-Uri",
                                "/cheap",
                                "X-Forwarded-Uri",
                                "/dear")
                        .body())
                .contains("X-Forwarded-Uri must be there, once");
        assertThat(about("GET /", "/").statusCode()).isEqualTo(400);
    }

    @Test
    void onlyTrustedProxiesSpeakForOthers() throws Exception {
        HttpResponse<String> answer =
                doubting.ask("?original=forwarded", "X-Forwarded-Method", "GET", "X-Forwarded-Uri", "/cheap");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("tollgate.trusted-proxies");
        assertThat(saw(believing.ask("", "X-Forwarded-Method", "PUT", "X-Forwarded-Uri", "/cheap")))
                .isEqualTo("GET /api/v1/check /t/api/v1/check");
    }

    @Test
    void whatFollowsThePathIsTheOriginalsAndItsQueryIsNotRead() throws Exception {
        assertThat(saw(doubting.ask("/orders/7?refusals=fields&original=forwarded&x=%zz".replace("%zz", "y"))))
                .isEqualTo("GET /api/v1/check/orders/7 /t/api/v1/check/orders/7");
        HttpResponse<String> refused = doubting.ask("/refused?refusals=fields");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().map()).doesNotContainKey("x-tollgate-status");
    }

    @Test
    void refusalsInFieldsKeepStatusFieldsAndDocument() throws Exception {
        HttpResponse<String> answer =
                believing.ask(BOTH, "X-Forwarded-Method", "GET", "X-Forwarded-Uri", "/some/refused");
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).isEmpty();
        assertThat(answer.headers().firstValue("X-Tollgate-Status")).hasValue("503");
        assertThat(answer.headers().firstValue("Retry-After")).hasValue("7");
        assertThat(answer.headers().firstValue("X-Tollgate-Problem").orElseThrow())
                .startsWith("{\"type\"")
                .contains("\"instance\":\"/some/refused\"")
                .endsWith("}");
        assertThat(saw(believing.ask(BOTH, "X-Forwarded-Method", "PUT", "X-Forwarded-Uri", "/some")))
                .startsWith("PUT ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"?nonsense=1", "?original", "?original=rewritten", "?refusals=html", "?refusals=fields&x"})
    void unknownAndBadParametersAreRefused(String query) throws Exception {
        HttpResponse<String> answer = believing.ask(query);
        String known = query.contains("fields")
                ? answer.headers().firstValue("X-Tollgate-Problem").orElseThrow()
                : answer.body();
        assertThat(answer.statusCode()).isEqualTo(query.contains("fields") ? 403 : 400);
        assertThat(known).contains("INVALID_PARAMETER");
    }
}
