package dev.tollgate.it.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.Bystander;
import dev.tollgate.it.support.ShippedWar;
import dev.tollgate.it.support.Strangers;
import dev.tollgate.it.support.Strangers.Way;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies that are announced and do not come, over HTTP/1.1 and HTTP/2, whatever answers before them; somebody else asks meanwhile. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnreadBodyIT extends ShippedWar {

    private final AdminClient operator = new AdminClient(this);
    private final Bystander bystander = new Bystander(this);
    private AdminClient.Key honest;
    private AdminClient.Key stranger;
    private Bystander.Latency calm;

    @BeforeEach
    void prepare() {
        if (honest == null) {
            honest = operator.newKey(operator.newAccount("enterprise"));
            stranger = operator.newKey(operator.newAccount("enterprise"));
            bystander.ask(at("/health/live"));
            calm = bystander.ask(at("/health/live"));
            System.out.println("[unread] without strangers: " + calm);
        }
    }

    static Stream<Arguments> attacks() {
        return Stream.of(
                // Answered early by the method check, a 404, the gate, the administration's filter, and by who reads.
                Arguments.of(Way.STREAMS, "POST", "/health/live", false),
                Arguments.of(Way.STREAMS_TRICKLED, "POST", "/metrics", true),
                Arguments.of(Way.STREAMS, "GET", "/openapi.json", false),
                Arguments.of(Way.STREAMS_TRICKLED, "PUT", "/api/v1/limits", true),
                Arguments.of(Way.STREAMS, "POST", "/api/v1/check", false),
                Arguments.of(Way.STREAMS, "POST", "/api/v1/admin/accounts", false),
                Arguments.of(Way.STREAMS, "POST", "/console/session", false),
                Arguments.of(Way.STREAMS_TRICKLED, "POST", "/api/v1/uploads/local", true),
                Arguments.of(Way.STREAMS, "POST", "/api/v1/usage/events", true),
                Arguments.of(Way.LENGTH_TRICKLED, "POST", "/api/v1/uploads/local", true),
                Arguments.of(Way.LENGTH_TRICKLED, "POST", "/console/session", false),
                Arguments.of(Way.CHUNKED, "POST", "/no-such-page", false));
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void bodiesThatDoNotComeHoldUpNobody(Way way, String method, String path, boolean withKey) throws Exception {
        URI attacked = at(path);
        try (Strangers strangers = new Strangers(attacked, way, method, withKey ? stranger.secret() : null)) {
            strangers.awaitFirsts();
            Bystander.Latency beside = bystander.isServedBeside(at("/health/live"), honest.secret(), calm);
            System.out.println("[unread] " + way + " " + method + " " + path + (withKey ? " with a key" : "") + ", "
                    + strangers.begun() + " bodies: " + beside);
        }
    }

    @Test
    void aSignInThatComesWholeGoesThroughBesideThoseThatDoNotCome() throws Exception {
        byte[] body = "{\"user\":\"nobody\",\"password\":\"wrong\"}".getBytes(StandardCharsets.US_ASCII);
        URI at = at("/console/session");
        try (Strangers strangers = new Strangers(at, Way.LENGTH, "POST", null)) {
            strangers.awaitFirsts();
            for (int i = 0; i < 5; i++) {
                try (Socket socket = new Socket(at.getHost(), at.getPort())) {
                    socket.setSoTimeout(20_000);
                    socket.getOutputStream()
                            .write(("POST " + at.getPath() + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                                            + "Content-Type: application/json\r\nContent-Length: " + body.length
                                            + "\r\n\r\n" + new String(body, StandardCharsets.US_ASCII))
                                    .getBytes(StandardCharsets.US_ASCII));
                    String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
                    assertThat(answer)
                            .as("the wrong password is told, or too many of them")
                            .matches("(?s)HTTP/1.1 4(01|29) .*");
                }
            }
        }
    }
}
