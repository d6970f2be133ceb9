package dev.tollgate.it.forwardauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Request bodies of every size and pace through the proxies: they are the backend's affair, and Tollgate sees none of them. */
@EnabledIf(
        value = "dev.tollgate.it.forwardauth.ReverseProxy#areInstalled",
        disabledReason = "nginx and caddy are not both installed; .ci/run installs them from Debian's packages")
class ProxiedBodiesIT extends ForwardAuthCase {

    private static final long MEGABYTE = 1_000_000;
    private static final Duration SOON = Duration.ofSeconds(20);
    private static String key;

    @TempDir
    private Path directory;

    @BeforeEach
    void keyWithoutLimits() {
        if (key == null) {
            key = "X-API-Key: "
                    + operator.newKey(operator.newAccount("enterprise")).secret();
        }
    }

    private String url(ReverseProxy.Kind kind, Curl.Upload how, String path) {
        ReverseProxy proxy = proxy(kind);
        return "http://127.0.0.1:" + (how.http().equals("2") ? proxy.http2Port() : proxy.port()) + path;
    }

    static Stream<Arguments> uploads() {
        return Stream.of(ReverseProxy.Kind.values())
                .flatMap(kind -> Stream.of(Curl.Upload.values())
                        .flatMap(how -> Stream.of(0L, MEGABYTE, 3 * MEGABYTE / 2, 200 * MEGABYTE)
                                // The largest once with a length and once without.
                                .filter(size -> size < 200 * MEGABYTE
                                        || how == Curl.Upload.LENGTH_1
                                        || how == Curl.Upload.FRAMES_2)
                                .map(size -> Arguments.of(kind, how, size))));
    }

    @ParameterizedTest
    @MethodSource("uploads")
    void aBodyOfAnySizeReachesTheBackend(ReverseProxy.Kind kind, Curl.Upload how, long size) {
        Curl.Said said = Curl.put(directory, how, size, client, url(kind, how, orders), "-H", key);
        assertThat(said.status()).as(said.body()).isEqualTo(200);
        assertThat(said.http()).isEqualTo(how.http());
        assertThat(said.body()).isEqualTo(Backend.SAID);
        assertThat(backend.seen(orders)).hasSize(1);
        Backend.Seen seen = backend.seen(orders).get(0);
        assertThat(seen.received()).isEqualTo(size);
        assertThat(seen.state()).isEqualTo(Backend.Body.WHOLE);
        if (how.tellsLength() && size > 0) {
            assertThat(seen.header("Content-Length")).isEqualTo(Long.toString(size));
        }
    }

    @ParameterizedTest
    @EnumSource
    void howLargeABodyMayBeIsTheBackendsWord(ReverseProxy.Kind kind) {
        String path = orders + "/limited";
        Curl.Said said = Curl.put(
                directory,
                Curl.Upload.LENGTH_1,
                Backend.LIMIT + MEGABYTE,
                client,
                url(kind, Curl.Upload.LENGTH_1, path),
                "-H",
                key);
        assertThat(said.status()).isEqualTo(413);
        assertThat(said.body()).isEqualTo(Backend.SAID);
    }

    /** The check's location has the server's limit, which is nginx's 1 MB where nobody says otherwise. */
    @Test
    void aLimitOfNginxsOwnHoldsWhereTheOperatorSaysAndNotForTheCheck() throws IOException {
        UnaryOperator<String> limited = file -> file.replace("    client_max_body_size 0;\n", "")
                .replace("    location / {", "    location / {\n        client_max_body_size 2m;");
        ReverseProxy.Place place = new ReverseProxy.Place(at("").getPort(), backend.port(), null);
        try (ReverseProxy nginx = ReverseProxy.start(ReverseProxy.Kind.NGINX, directory, place, limited)) {
            String url = "http://127.0.0.1:" + nginx.port() + orders;
            assertThat(Curl.put(directory, Curl.Upload.LENGTH_1, 3 * MEGABYTE / 2, client, url, "-H", key)
                            .status())
                    .isEqualTo(200);
            Curl.Said tooLarge = Curl.put(directory, Curl.Upload.LENGTH_1, 3 * MEGABYTE, client, url, "-H", key);
            assertThat(tooLarge.status()).isEqualTo(413);
            assertThat(tooLarge.body()).contains("nginx");
        }
    }

    /**
     * curl waits for 100 Continue, and the refusal comes first. nginx says 100 Continue ahead of a refusal with a body, in the same
     * breath: a client that reads the one before the other comes begins, and stops.
     */
    @ParameterizedTest
    @EnumSource
    void aRefusedUploadIsNotSent(ReverseProxy.Kind kind) {
        Curl.Said said = Curl.put(
                directory,
                Curl.Upload.LENGTH_1,
                200 * MEGABYTE,
                client,
                url(kind, Curl.Upload.LENGTH_1, orders),
                "--expect100-timeout",
                "30",
                "-H",
                "X-API-Key: tg_wrong");
        assertThat(said.status()).isEqualTo(401);
        assertThat(said.body()).contains("INVALID_API_KEY");
        assertThat(said.uploaded()).isLessThanOrEqualTo(kind == ReverseProxy.Kind.NGINX ? 10 * MEGABYTE : 0);
        assertThat(backend.seen(orders)).isEmpty();
    }

    static Stream<Arguments> framings() {
        return Stream.of(ReverseProxy.Kind.values())
                .flatMap(kind -> Stream.of(
                        Arguments.of(kind, "Content-Length: 10", List.of("12345", "67890")),
                        Arguments.of(
                                kind,
                                "Transfer-Encoding: chunked",
                                List.of("5\r\n12345\r\n", "5\r\n67890\r\n0\r\n\r\n"))));
    }

    private Socket begin(ReverseProxy.Kind kind, String framing, String part) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getByName(client), 0));
        socket.connect(new InetSocketAddress(
                InetAddress.getByName("127.0.0.1"), proxy(kind).port()));
        socket.setSoTimeout((int) SOON.toMillis());
        write(
                socket,
                "POST " + orders + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + key + "\r\n" + framing
                        + "\r\n\r\n" + part);
        Ports.await(
                "half of the body at the backend",
                SOON,
                () -> backend.seen(orders).stream().anyMatch(seen -> seen.received() == 5));
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    /** The second half is sent when the backend has the first: neither proxy waits for the end of a body. */
    @ParameterizedTest
    @MethodSource("framings")
    void aSlowBodyGoesOnAsItComes(ReverseProxy.Kind kind, String framing, List<String> parts) throws IOException {
        try (Socket socket = begin(kind, framing, parts.get(0))) {
            write(socket, parts.get(1));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 200").contains(Backend.SAID);
        }
        Backend.Seen seen = backend.seen(orders).get(0);
        assertThat(seen.body()).isEqualTo("1234567890");
        assertThat(seen.state()).isEqualTo(Backend.Body.WHOLE);
    }

    @ParameterizedTest
    @MethodSource("framings")
    void aBodyThatBreaksOffIsNoWholeOneForTheBackend(ReverseProxy.Kind kind, String framing, List<String> parts)
            throws IOException {
        begin(kind, framing, parts.get(0)).close();
        Backend.Seen seen = backend.seen(orders).get(0);
        Ports.await("the end at the backend", SOON, () -> seen.state() != Backend.Body.COMING);
        assertThat(seen.state()).isEqualTo(Backend.Body.BROKEN_OFF);
        assertThat(ask(kind, "POST " + orders, "whole", key).status()).isEqualTo(200);
        assertThat(backend.seen(orders).get(1).body()).isEqualTo("whole");
    }
}
