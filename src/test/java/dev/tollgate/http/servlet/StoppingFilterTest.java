package dev.tollgate.http.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoppingFilterTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static volatile boolean stopping;
    private static volatile boolean over;
    private static DeploymentManager deployment;
    private static Undertow server;

    private static final class Served extends HttpServlet {

        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) {
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
        }
    }

    @BeforeAll
    static void start() throws Exception {
        StoppingFilter filter = new StoppingFilter(() -> stopping, () -> over);
        deployment = Servlets.defaultContainer()
                .addDeployment(Servlets.deployment()
                        .setClassLoader(StoppingFilterTest.class.getClassLoader())
                        .setContextPath("/")
                        .setDeploymentName("t")
                        .addFilter(
                                Servlets.filter("stop", StoppingFilter.class, new ImmediateInstanceFactory<>(filter)))
                        .addFilterUrlMapping("stop", "/*", DispatcherType.REQUEST)
                        .addServlet(
                                Servlets.servlet("served", Served.class, new ImmediateInstanceFactory<>(new Served()))
                                        .addMapping("/health/ready")
                                        .addMapping("/api/*")));
        deployment.deploy();
        server = Undertow.builder()
                .addHttpListener(0, "127.0.0.1")
                .setHandler(deployment.start())
                .build();
        server.start();
    }

    @AfterAll
    static void stop() throws Exception {
        server.stop();
        deployment.stop();
        deployment.undeploy();
    }

    @BeforeEach
    void serve() {
        stopping = false;
        over = false;
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        int port = ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
        return HTTP.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .version(HttpClient.Version.HTTP_1_1)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/check", "/health/ready"})
    void requestsPassAndKeepTheirConnectionWhileTheServerRuns(String path) throws Exception {
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.headers().firstValue("Connection").orElse("keep-alive"))
                .isEqualTo("keep-alive");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/check", "/health/ready"})
    void requestsPassWithinTheGraceAsTheLastOfTheirConnection(String path) throws Exception {
        stopping = true;
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.headers().firstValue("Connection")).hasValue("close");
    }

    @Test
    void requestsAfterTheGraceAreToldToComeBack() throws Exception {
        stopping = true;
        over = true;
        HttpResponse<String> answer = get("/api/v1/check");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.headers().firstValue("Retry-After")).hasValue("5");
        assertThat(answer.headers().firstValue("Connection")).hasValue("close");
        assertThat(answer.body()).contains("\"code\":\"NODE_STOPPING\"");
    }

    @Test
    void healthChecksAreAnsweredToTheEnd() throws Exception {
        stopping = true;
        over = true;
        assertThat(get("/health/ready").statusCode()).isEqualTo(204);
    }
}
