package dev.tollgate.it.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.it.support.ShippedWar;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests within the bodies of others, and messages whose length can be read in two ways. SECURITY.md lists what is tried. */
class RequestSmugglingIT extends ShippedWar {

    /** The answer of a request that nobody sent, if a server reads one within another. */
    private static final String SMUGGLED = "\"status\":\"up\"";

    private static final Map<String, CompletableFuture<String>> ANSWERS = new HashMap<>();

    private static final String WITHIN = "GET /tollgate/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private static String head(String line, String... fields) {
        StringBuilder head = new StringBuilder(line).append(" HTTP/1.1\r\n");
        for (String field : fields) {
            head.append(field).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    /** Each has a request where a body is, for one reader of it or for all. */
    static List<String> smugglings() {
        String host = "Host: localhost";
        String length = "Content-Length: " + WITHIN.length();
        String chunk = Integer.toHexString(WITHIN.length()) + "\r\n" + WITHIN + "\r\n0\r\n\r\n";
        String chunked = "Transfer-Encoding: chunked";
        String post = "POST /tollgate/api/v1/uploads/local";
        return List.of(
                head(post, host, length) + WITHIN,
                head(post, host, length, "X-API-Key: tg_wrong") + WITHIN,
                head(post, host, length, "Expect: 100-continue") + WITHIN,
                head(post, host, chunked) + chunk,
                head("BREW /tollgate/health/live", host, length) + WITHIN,
                head("DELETE /tollgate/metrics", host, chunked) + chunk,
                head("GET /tollgate/api/v1/admin/accounts", host, length) + WITHIN,
                head("POST /tollgate/api/v1/x/../uploads/local", host, length) + WITHIN,
                head("PUT /tollgate/console/login.html", host, length) + WITHIN,
                head("POST /tollgate/no-such-page", host, length) + WITHIN,
                head(post, host, length, "Content-Length: 0") + WITHIN,
                head(post, host, "Content-Length: +" + WITHIN.length()) + WITHIN,
                head(post, host, "Content-Length: 0, " + WITHIN.length()) + WITHIN,
                head(post, host, "Content-Length: -1") + WITHIN,
                head(post, host, length, "Transfer-Encoding: identity, nonsense") + WITHIN,
                head(post, host, "Transfer-Encoding: xchunked", length) + WITHIN,
                head(post, host, length, "Transfer-Encoding:\u000bchunked") + WITHIN,
                head(post, host, "X: y\r\n Content-Length: 0", length) + WITHIN);
    }

    /** Sends all of them at once, since the end of most answers is two seconds of silence. */
    @BeforeAll
    static void sendAll() {
        List<String> all = smugglings();
        ExecutorService senders = Executors.newFixedThreadPool(all.size());
        for (int i = 0; i < all.size(); i++) {
            String sent = all.get(i);
            String client = "127.0.23." + (i + 1);
            ANSWERS.put(sent, CompletableFuture.supplyAsync(() -> exchange(client, sent), senders));
        }
        senders.shutdown();
    }

    @ParameterizedTest
    @MethodSource("smugglings")
    void aBodyIsNeverReadAsARequest(String sent) {
        String answers = ANSWERS.get(sent).join();
        assertThat(answers).as(sent).doesNotContain(SMUGGLED);
        assertThat(answers.split("HTTP/1\\.1 (?!100)", -1).length - 1)
                .as("answers to " + sent + "\n" + answers)
                .isLessThanOrEqualTo(2);
    }

    /**
     * Where a message has both lengths, the server goes by one of them, as RFC 9112 has it, and a request after its end is one: a
     * proxy before it must refuse such heads, as nginx and Caddy do. No answer may come twice, nor to nothing.
     */
    @ParameterizedTest
    @ValueSource(strings = {"Transfer-Encoding: chunked", "Transfer-Encoding : chunked", "transfer-encoding: Chunked"})
    void aMessageWithBothLengthsIsRefusedOrReadByOneOfThem(String coding) {
        String rest = "0\r\n\r\n";
        String answers = exchange(
                "127.0.20.3",
                head(
                                "POST /tollgate/api/v1/uploads/local",
                                "Host: localhost",
                                "Content-Length: " + rest.length(),
                                coding)
                        + rest);
        assertThat(answers.split("HTTP/1\\.1 (?!100)", -1).length - 1)
                .as(answers)
                .isEqualTo(1);
        assertThat(answers.substring(9, 12)).isIn("400", "401", "501");
    }

    /** What comes until the server closes or is silent for two seconds. */
    private static String exchange(String client, String sent) {
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(client), 0));
            int port = URI.create(IntegrationServers.deployed()).getPort();
            socket.connect(new InetSocketAddress("127.0.0.1", port), 20_000);
            socket.setSoTimeout(2_000);
            socket.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
            StringBuilder answers = new StringBuilder();
            byte[] buffer = new byte[8_192];
            try {
                for (int read = socket.getInputStream().read(buffer);
                        read > 0;
                        read = socket.getInputStream().read(buffer)) {
                    answers.append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
                }
            } catch (SocketTimeoutException | java.net.SocketException e) {
                // The connection stays open, or was reset with what was not read.
            }
            return answers.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
