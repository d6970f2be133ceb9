package dev.tollgate.it.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Http2Connection;
import dev.tollgate.fixture.Ports;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.Bystander;
import dev.tollgate.it.support.RequestThreads;
import dev.tollgate.it.support.ShippedWar;
import dev.tollgate.it.support.Strangers;
import dev.tollgate.it.support.Strangers.Way;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies of answered requests hold no request thread, and clients that send them whole get their answer. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnreadBodyThreadsIT extends ShippedWar {

    private static final int LOOKS = 8;
    private static final byte[] PORTION = new byte[1_000_000];
    private static final int PORTIONS = 20;

    private final AdminClient operator = new AdminClient(this);
    private final Bystander bystander = new Bystander(this);
    private AdminClient.Key stranger;
    private RequestThreads threads;
    private Bystander.Latency calm;

    @BeforeAll
    void prepare() throws Exception {
        stranger = operator.newKey(operator.newAccount("enterprise"));
        threads = new RequestThreads();
        bystander.ask(at("/health/live"));
        calm = bystander.ask(at("/health/live"));
    }

    @AfterAll
    void detach() throws IOException {
        threads.close();
    }

    static Stream<Arguments> early() {
        return Stream.of(
                // By the gate, the method check, the administration's filter, the error page, and behind the gate.
                Arguments.of(Way.LENGTH, "POST", "/api/v1/uploads/local", false),
                Arguments.of(Way.LENGTH_TRICKLED, "POST", "/health/live", false),
                Arguments.of(Way.CHUNKED, "POST", "/api/v1/admin/accounts", false),
                Arguments.of(Way.CHUNKED, "PUT", "/api/v1/limits", true),
                Arguments.of(Way.LENGTH_TRICKLED, "POST", "/no-such-page", false),
                Arguments.of(Way.LENGTH, "POST", "/api/v1/check", true),
                Arguments.of(Way.STREAMS, "POST", "/api/v1/uploads/local", false),
                Arguments.of(Way.STREAMS_TRICKLED, "POST", "/health/live", false),
                Arguments.of(Way.STREAMS_TRICKLED, "POST", "/api/v1/admin/accounts", false),
                Arguments.of(Way.STREAMS, "PUT", "/api/v1/limits", true),
                Arguments.of(Way.STREAMS_TRICKLED, "POST", "/no-such-page", false),
                Arguments.of(Way.STREAMS_TRICKLED, "POST", "/api/v1/check", true));
    }

    @ParameterizedTest
    @MethodSource("early")
    void noRequestThreadIsHeldFor100MillisecondsByTheBodyOfAnAnsweredRequest(
            Way way, String method, String path, boolean withKey) throws Exception {
        try (Strangers strangers = new Strangers(at(path), way, method, withKey ? stranger.secret() : null)) {
            strangers.awaitFirsts();
            for (int i = 0; i < LOOKS; i++) {
                assertThat(threads.heldByBodies()).isEmpty();
            }
            bystander.isServedBeside(at("/health/live"), null, calm);
            assertThat(strangers.begun()).as("bodies, against request threads").isGreaterThan(threads.count());
        }
    }

    @Test
    void aRequestThreadThatReadsAnUploadIsSeen() throws Exception {
        try (Socket socket = connect()) {
            begin(socket, "Content-Length: 8000\r\nX-API-Key: " + stranger.secret());
            socket.getOutputStream().write('x');
            Ports.await("the thread that waits", Duration.ofSeconds(5), () -> {
                try {
                    return threads.heldByBodies().size() == 1;
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
    }

    private Socket connect() throws IOException {
        URI server = at("/");
        Socket socket = new Socket(server.getHost(), server.getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private void begin(Socket socket, String fields) throws IOException {
        socket.getOutputStream()
                .write(("POST " + at("/api/v1/uploads/local").getPath() + " HTTP/1.1\r\nHost: localhost\r\n" + fields
                                + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClientThatSendsAllBeforeItLooksGetsItsAnswerAndAsksAgain(boolean chunked) throws Exception {
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            begin(socket, chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + PORTIONS * PORTION.length);
            for (int i = 0; i < PORTIONS; i++) {
                if (chunked) {
                    out.write((Integer.toHexString(PORTION.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
                }
                out.write(PORTION);
                if (chunked) {
                    out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
                }
            }
            out.write(
                    ((chunked ? "0\r\n\r\n" : "") + "GET " + at("/health/live").getPath()
                                    + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            assertThat(in.lines()
                            .filter(line -> line.contains("HTTP/1.1 "))
                            .map(line -> line.replaceFirst(".*HTTP/1.1 (...).*", "$1")))
                    .containsExactly("401", "200");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 5000000", "Transfer-Encoding: chunked"})
    void theAnswerDoesNotWaitForTheBody(String body) throws Exception {
        try (Socket socket = connect()) {
            begin(socket, body);
            // The beginning of a chunk, or a part of the length: Payara looks at a chunked request when a chunk begins.
            socket.getOutputStream().write("5\r\nx".getBytes(StandardCharsets.US_ASCII));
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            assertThat(in.readLine()).contains(" 401 ");
            StringBuilder answer = new StringBuilder();
            // The document is the last of the answer, whose connection stays open.
            while (answer.indexOf("}") < 0) {
                answer.append((char) in.read());
            }
            assertThat(answer).contains("MISSING_API_KEY");
        }
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void aClientThatWaitsUntilItHasSentAllGetsItsAnswer(HttpClient.Version version) throws Exception {
        HttpClient client = HttpClient.newBuilder().version(version).build();
        // Undertow does not upgrade to HTTP/2 by a request with a large body.
        client.send(HttpRequest.newBuilder(at("/health/live")).build(), HttpResponse.BodyHandlers.discarding());
        for (int i = 0; i < 2; i++) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(at("/api/v1/uploads/local"))
                            .timeout(Duration.ofSeconds(20))
                            .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[PORTIONS * PORTION.length]))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.version()).isEqualTo(version);
            assertThat(answer.statusCode()).isEqualTo(401);
        }
    }

    @Test
    void aStreamThatStaysSilentIsGivenUpAndCounted() throws Exception {
        double cut = unread("tollgate_bodies_cut_off_total");
        URI server = at("/api/v1/uploads/local");
        try (Http2Connection connection =
                new Http2Connection(new InetSocketAddress(server.getHost(), server.getPort()), null)) {
            int stream = connection.request("POST", server.getPath(), false);
            assertThat(connection.answer(stream)).contains("MISSING_API_KEY");
            Ports.await("the body is awaited", Duration.ofSeconds(3), () -> unread("tollgate_bodies_waiting") >= 1);
            Ports.await("it is given up", Duration.ofSeconds(15), () -> unread("tollgate_bodies_cut_off_total") > cut);
        }
    }

    private double unread(String metric) {
        return get("/metrics", Map.of())
                .body()
                .lines()
                .filter(line -> line.startsWith(metric + "{state=\"unread\"} "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst()
                .orElseThrow(() -> new AssertionError(metric + " is not there"));
    }
}
