package dev.tollgate.it.forwardauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.PlainHttp;
import dev.tollgate.it.support.PlainHttp.Answer;
import dev.tollgate.it.support.ShippedWar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * An application behind a real nginx and a real Caddy that ask Tollgate, with the configurations that ship. Each test is a client at
 * an address of its own with a path of its own: the server trusts 127.0.0.1, where the proxies are, and no other.
 */
abstract class ForwardAuthCase extends ShippedWar {

    private static final Map<ReverseProxy.Kind, ReverseProxy> PROXIES = new EnumMap<>(ReverseProxy.Kind.class);
    private static final int NUMBERS = 250;
    private static final AtomicInteger CLIENTS = new AtomicInteger();

    @TempDir
    private static Path directory;

    static Backend backend;

    final AdminClient operator = new AdminClient(this);
    String client;
    String orders;

    @BeforeEach
    void startOnce() throws IOException {
        int number = CLIENTS.incrementAndGet();
        client = "127." + number / NUMBERS + ".17." + (1 + number % NUMBERS);
        orders = "/orders/" + number;
        if (backend == null) {
            backend = new Backend();
            for (ReverseProxy.Kind kind : ReverseProxy.Kind.values()) {
                PROXIES.put(kind, start(kind, kind.name(), at("").getPort(), backend.port()));
            }
        }
    }

    static ReverseProxy start(ReverseProxy.Kind kind, String name, int tollgate, int backendPort) throws IOException {
        return ReverseProxy.start(
                kind,
                Files.createDirectory(directory.resolve(name)),
                new ReverseProxy.Place(tollgate, backendPort, null));
    }

    @AfterAll
    static void stop() {
        PROXIES.values().forEach(ReverseProxy::close);
        PROXIES.clear();
        if (backend != null) {
            backend.close();
            backend = null;
        }
    }

    /** The proxy of a kind, between Tollgate and the {@link #backend}. */
    static ReverseProxy proxy(ReverseProxy.Kind kind) {
        return PROXIES.get(kind);
    }

    Answer ask(ReverseProxy.Kind kind, String line, String body, String... fields) {
        return PlainHttp.ask(client, PROXIES.get(kind).port(), line, body, fields);
    }

    void assertRefusal(Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.json().getInt("status")).isEqualTo(status);
        assertThat(answer.json().getString("code")).isEqualTo(code);
        if (answer.json().containsKey("instance")) {
            assertThat(answer.json().getString("instance")).isEqualTo(orders + "#" + answer.header("X-Request-Id"));
        }
        assertThat(answer.headers()).doesNotContainKeys("X-Tollgate-Status", "X-Tollgate-Problem");
    }
}
