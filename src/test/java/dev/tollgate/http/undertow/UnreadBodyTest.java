package dev.tollgate.http.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.bodylimit.DrainLimiter;
import dev.tollgate.fixture.Http2Connection;
import dev.tollgate.fixture.Ports;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Undertow with few threads before a servlet that ends its answers in every way and reads no body, unless asked to. */
class UnreadBodyTest {

    private static final int THREADS = 4;
    private static final int BODIES = 40;

    private final DrainLimiter limiter = new DrainLimiter(
            new DrainLimiter.Bounds(20, 100, 100, Duration.ofMillis(700), Duration.ofSeconds(30), 8_000_000));
    private Undertow server;
    private int port;

    /** What the path says. */
    private final class Answering extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            switch (request.getPathInfo()) {
                case "/plain" -> response.getWriter().write("answered");
                case "/error" -> response.sendError(HttpServletResponse.SC_NOT_FOUND);
                case "/reader" -> {
                    request.getReader();
                    response.getWriter().write("answered");
                }
                case "/peek" -> {
                    request.getInputStream().available();
                    response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
                }
                case "/async" -> {
                    var context = request.startAsync();
                    context.start(() -> {
                        try {
                            response.getOutputStream().write('a');
                        } catch (IOException e) {
                            throw new IllegalStateException(e);
                        }
                        context.complete();
                    });
                }
                case "/listener" -> {
                    byte[] page = new byte[300_000];
                    var context = request.startAsync();
                    ServletOutputStream out = response.getOutputStream();
                    out.setWriteListener(new WriteListener() {
                        private int sent;

                        @Override
                        public void onWritePossible() throws IOException {
                            while (out.isReady()) {
                                if (sent == page.length) {
                                    context.start(context::complete);
                                    return;
                                }
                                out.write(page, sent, 30_000);
                                sent += 30_000;
                            }
                        }

                        @Override
                        public void onError(Throwable failure) {
                            context.complete();
                        }
                    });
                }
                case "/echo" -> request.getInputStream().transferTo(response.getOutputStream());
                default -> throw new IllegalArgumentException(request.getPathInfo());
            }
        }
    }

    @BeforeEach
    void start() throws Exception {
        DeploymentInfo deployment = Servlets.deployment()
                .setClassLoader(UnreadBodyTest.class.getClassLoader())
                .setContextPath("/")
                .setDeploymentName("unread")
                // Undertow finds the WAR's extension here, too, which leaves what has a limiter alone.
                .addServletContextAttribute(DrainLimiter.ATTRIBUTE, limiter)
                .addServlet(Servlets.servlet(
                                "answering",
                                HttpServlet.class,
                                () -> new io.undertow.servlet.util.ImmediateInstanceHandle<>(new Answering()))
                        .setAsyncSupported(true)
                        .addMapping("/*"));
        UnreadBodyHandler.install(deployment, limiter);
        DeploymentManager manager = Servlets.newContainer().addDeployment(deployment);
        manager.deploy();
        port = Ports.free();
        server = Undertow.builder()
                .addHttpListener(port, "127.0.0.1")
                .setIoThreads(2)
                .setWorkerThreads(THREADS)
                .setServerOption(UndertowOptions.ENABLE_HTTP2, true)
                .setHandler(manager.start())
                .build();
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    private Socket send(String head, String path, String more) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(20_000);
        socket.getOutputStream()
                .write((head + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + more)
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String statusLine(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII)).readLine();
    }

    private void aRequestIsServedAndNoThreadIsHeld() throws IOException {
        try (Socket other = send("GET", "/plain", "\r\n")) {
            assertThat(statusLine(other)).startsWith("HTTP/1.1 200");
        }
        Ports.await(
                "all threads given back",
                Duration.ofMillis(100),
                () -> server.getWorker().getMXBean().getBusyWorkerThreadCount() == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/plain", "/error", "/reader", "/peek", "/async", "/listener"})
    void bodiesThatNeverComeOverHttp1HoldNoThread(String path) throws Exception {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < BODIES; i++) {
            sockets.add(send(
                    "POST",
                    path,
                    i % 2 == 0 ? "Content-Length: 9\r\n\r\nx" : "Transfer-Encoding: chunked\r\n\r\n5\r\nx"));
        }
        for (Socket socket : sockets) {
            assertThat(statusLine(socket)).startsWith("HTTP/1.1 ");
        }
        aRequestIsServedAndNoThreadIsHeld();
        for (Socket socket : sockets) {
            // Given up after a while: the server ends each connection.
            while (socket.getInputStream().read() >= 0) {
                // What is left of the answer.
            }
            socket.close();
        }
        Ports.await("the room given back", Duration.ofSeconds(5), () -> limiter.waiting() == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/plain", "/error", "/reader", "/peek", "/async", "/listener"})
    void streamsThatAreNeverEndedHoldNoThreadAndAreReset(String path) throws Exception {
        try (Http2Connection connection = new Http2Connection(new InetSocketAddress("127.0.0.1", port), null)) {
            List<Integer> streams = new ArrayList<>();
            for (int i = 0; i < BODIES; i++) {
                streams.add(connection.request("POST", path, false));
            }
            Ports.await(
                    "the answers",
                    Duration.ofSeconds(10),
                    () -> streams.stream().allMatch(connection::isEnded));
            aRequestIsServedAndNoThreadIsHeld();
            connection.ping();
            Ports.await("the resets", Duration.ofSeconds(10), () -> connection.resets() == BODIES);
            assertThat(limiter.waiting()).isZero();
            int next = connection.request("GET", "/plain", true);
            Ports.await("the connection's next request", Duration.ofSeconds(5), () -> connection.isEnded(next));
        }
    }

    @Test
    void aBodyThatComesLateIsReadAndItsConnectionGoesOn() throws Exception {
        try (Socket socket = send("POST", "/plain", "Content-Length: 100000\r\n\r\n")) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            assertThat(in.readLine()).startsWith("HTTP/1.1 200");
            socket.getOutputStream().write(new byte[100_000]);
            socket.getOutputStream()
                    .write("GET /error HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(in.lines().filter(line -> line.contains("HTTP/1.1 ")).findFirst())
                    .hasValueSatisfying(line -> assertThat(line).contains(" 404 "));
        }
    }

    @Test
    void aBodyThatIsReadIsWhole() throws Exception {
        try (Socket socket = send("POST", "/echo", "Connection: close\r\nContent-Length: 300000\r\n\r\n")) {
            for (int i = 0; i < 3; i++) {
                socket.getOutputStream().write(new byte[100_000]);
            }
            assertThat(socket.getInputStream().readAllBytes().length).isGreaterThan(300_000);
        }
    }

    @Test
    void endlessBodiesAreCutOffAfterSomeMegabytes() throws Exception {
        try (Socket socket = send("POST", "/plain", "Content-Length: 100000000000\r\n\r\n")) {
            byte[] portion = new byte[64 * 1024];
            long sent = 0;
            try {
                while (sent < 500_000_000) {
                    socket.getOutputStream().write(portion);
                    sent += portion.length;
                }
            } catch (IOException e) {
                // Closed, as it should be.
            }
            assertThat(sent).isLessThan(100_000_000);
        }
    }
}
