package dev.tollgate.it.forwardauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tollgate.it.support.AdminClient.Key;
import dev.tollgate.it.support.PlainHttp.Answer;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** WebSockets, server-sent events and other protocols than HTTP/1.1, through the proxies. */
@EnabledIf(
        value = "dev.tollgate.it.forwardauth.ReverseProxy#areInstalled",
        disabledReason = "nginx and caddy are not both installed; .ci/run installs them from Debian's packages")
class ProxiedStreamsIT extends ForwardAuthCase {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    /** Keeps what it is told. */
    private static final class Listener implements WebSocket.Listener {

        private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
            told.add(text.toString());
            from.request(1);
            return null;
        }
    }

    private WebSocket connect(ReverseProxy.Kind kind, String key, Listener listener) {
        return HTTP.newWebSocketBuilder()
                .header("X-API-Key", key)
                .header("X-Tollgate-Caller", "evil")
                .connectTimeout(SOON)
                .buildAsync(URI.create("ws://127.0.0.1:" + proxy(kind).port() + orders + "/echo"), listener)
                .join();
    }

    @ParameterizedTest
    @EnumSource
    void aWebSocketTalksToTheBackendAndIsChargedOnce(ReverseProxy.Kind kind) throws InterruptedException {
        Key key = operator.newKey(operator.newAccount("free"));
        Listener listener = new Listener();
        WebSocket socket = connect(kind, key.secret(), listener);
        for (String text : new String[] {"one", "two"}) {
            socket.sendText(text, true).join();
            assertThat(listener.told.poll(SOON.toSeconds(), TimeUnit.SECONDS)).isEqualTo(text);
        }
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
        assertThat(backend.seen(orders)).hasSize(1);
        assertThat(backend.seen(orders).get(0).header("X-Tollgate-Caller")).isEqualTo(key.account());
        assertThat(ask(kind, "GET " + orders, null, "X-API-Key: " + key.secret())
                        .header("RateLimit"))
                .startsWith("\"minute\";r=8;");
    }

    @ParameterizedTest
    @EnumSource
    void aRefusedWebSocketIsNotOpened(ReverseProxy.Kind kind) {
        Throwable failure = catchThrowable(() -> connect(kind, "tg_wrong", new Listener()));
        assertThat(failure)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(WebSocketHandshakeException.class);
        assertThat(((WebSocketHandshakeException) failure.getCause())
                        .getResponse()
                        .statusCode())
                .isEqualTo(401);
        assertThat(backend.seen(orders)).isEmpty();
    }

    /** Otherwise the client's first request would open a connection to the backend, or to Tollgate, that nobody gates. */
    @ParameterizedTest
    @EnumSource
    void noClientChangesToHttp2WithTheBackend(ReverseProxy.Kind kind) {
        assertThat(Curl.get(directory, client, "http://127.0.0.1:" + backend.port() + "/direct", "--http2")
                        .http())
                .as("the backend would")
                .isEqualTo("2");
        Curl.Said said =
                Curl.get(directory, client, "http://127.0.0.1:" + proxy(kind).port() + orders, "--http2");
        assertThat(said.status()).isEqualTo(200);
        assertThat(said.http()).isEqualTo("1.1");
        Backend.Seen seen = backend.seen(orders).get(0);
        assertThat(seen.header("Upgrade")).isNull();
        assertThat(seen.header("X-Tollgate-Caller")).isEqualTo("ip:" + client);
    }

    @ParameterizedTest
    @EnumSource
    void onlyWebSocketAloneIsAProtocolToChangeTo(ReverseProxy.Kind kind) {
        for (String protocols :
                new String[] {"h2c", "websocket, h2c", "h2c, websocket", "WebSockets", "TLS/1.0", "\""}) {
            Answer answer =
                    ask(kind, "GET " + orders, null, "Connection: Upgrade, X-Tollgate-Caller", "Upgrade: " + protocols);
            assertThat(answer.status()).as(protocols).isEqualTo(200);
        }
        assertThat(backend.seen(orders)).hasSize(6).allSatisfy(seen -> {
            assertThat(seen.header("Upgrade")).isNull();
            assertThat(seen.header("X-Tollgate-Caller")).isEqualTo("ip:" + client);
        });
    }

    /** The second is told when the page has read the first. */
    @ParameterizedTest
    @EnumSource
    void serverSentEventsArriveOneByOne(ReverseProxy.Kind kind) throws Exception {
        Key key = operator.newKey(operator.newAccount("free"));
        String path = orders + "/events";
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + proxy(kind).port() + path))
                .header("X-API-Key", key.secret())
                .header("Accept", "text/event-stream")
                .timeout(SOON)
                .build();
        backend.nextEvent(path);
        HttpResponse<InputStream> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("RateLimit").orElse("none")).startsWith("\"minute\";r=9;");
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).isEqualTo("data: 1");
            assertThat(lines.readLine()).isEmpty();
            backend.nextEvent(path);
            assertThat(lines.readLine()).isEqualTo("data: 2");
            assertThat(lines.readLine()).isEmpty();
            assertThat(lines.readLine()).isNull();
        }
    }
}
