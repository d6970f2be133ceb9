package dev.tollgate.it.guard;

import static dev.tollgate.it.guard.PageOfAnotherOrigin.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.TcpProxy;
import dev.tollgate.it.forwardauth.Backend;
import dev.tollgate.it.forwardauth.ReverseProxy;
import dev.tollgate.it.guard.PageOfAnotherOrigin.Read;
import dev.tollgate.it.support.Chromium;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a page of another origin reads in a real browser through a real nginx and a real Caddy that ask Tollgate. */
@EnabledIf("canRun")
@Order(2)
class ProxyCrossOriginIT extends GuardCase {

    private static final Map<ReverseProxy.Kind, ReverseProxy> PROXIES = new EnumMap<>(ReverseProxy.Kind.class);

    @TempDir
    private static Path directory;

    private static PageOfAnotherOrigin page;
    private static Backend backend;
    private static TcpProxy toTollgate;

    static boolean canRun() {
        return Chromium.isInstalled() && ReverseProxy.areInstalled();
    }

    @BeforeAll
    static void start() throws IOException {
        page = new PageOfAnotherOrigin();
        backend = new Backend();
        toTollgate = new TcpProxy(guarded.at("/").getPort());
        for (ReverseProxy.Kind kind : ReverseProxy.Kind.values()) {
            PROXIES.put(
                    kind,
                    ReverseProxy.start(
                            kind,
                            Files.createDirectory(directory.resolve(kind.name())),
                            new ReverseProxy.Place(toTollgate.port(), backend.port(), GuardedWildFly.PAGES)));
        }
    }

    @AfterAll
    static void stop() {
        PROXIES.values().forEach(ReverseProxy::close);
        PROXIES.clear();
        toTollgate.close();
        backend.close();
        page.close();
    }

    private static Read read(ReverseProxy.Kind kind, String path, String key) {
        return page.read("GET", "http://127.0.0.1:" + PROXIES.get(kind).port() + path, key);
    }

    @ParameterizedTest
    @EnumSource
    void theBackendsAnswerIsReadWithTollgatesFieldsAndARefusalLikeTollgatesOwn(ReverseProxy.Kind kind) {
        String key = newKey("free").secret();
        for (int i = 0; i < 10; i++) {
            Read served = read(kind, "/things/shared", key);
            assertThat(served).isNotNull();
            assertThat(served.status()).isEqualTo(200);
            assertThat(served.fields())
                    .containsEntry("x-app", "its own")
                    .containsKeys("ratelimit", "ratelimit-policy", "x-request-id");
        }
        assertRefusal(read(kind, "/things/shared", key), 429, "RATE_LIMIT_EXCEEDED");
        assertRefusal(read(kind, "/things/shared", "tg_wrong"), 401, "INVALID_API_KEY");
        assertThat(read(kind, "/things", null))
                .as("an answer that the backend lets no page read")
                .isNull();
    }

    @Test
    void tollgateThatRefusesForWantOfRedisIsRead() {
        guarded.toRedis().refuse(true);
        try {
            for (ReverseProxy.Kind kind : ReverseProxy.Kind.values()) {
                assertRefusal(read(kind, "/closed/x", null), 503, "GATE_UNAVAILABLE");
            }
        } finally {
            guarded.toRedis().refuse(false);
        }
        Ports.await(
                "Redis",
                Duration.ofSeconds(30),
                () -> read(ReverseProxy.Kind.NGINX, "/things/shared", null)
                        .fields()
                        .containsKey("ratelimit"));
    }

    /** With a key, because the browser has asked before whether the page may send it, and remembers. */
    @ParameterizedTest
    @EnumSource
    void thatTollgateIsDownIsReadToo(ReverseProxy.Kind kind) {
        String key = newKey("free").secret();
        assertThat(read(kind, "/other/shared", key).status()).isEqualTo(200);
        toTollgate.refuse(true);
        try {
            for (String presented : new String[] {key, null}) {
                Read read = read(kind, "/other/shared", presented);
                assertThat(read).isNotNull();
                assertThat(read.status()).isEqualTo(503);
                assertThat(read.body()).contains("\"code\":\"GATE_UNAVAILABLE\"");
                assertThat(read.fields()).containsEntry("retry-after", "5");
            }
        } finally {
            toTollgate.refuse(false);
        }
        assertThat(read(kind, "/other/shared", key).status()).isEqualTo(200);
    }
}
