package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.trace.CurrentRequest;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.http.route.RoutePolicies;
import dev.tollgate.ops.otel.OpenTelemetryTracing;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One id for a request, in its answer, in what the application sees, and in the spans of whoever records them. */
class RequestIdTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00f067aa0ba902b7";
    private static final String FIELD = "00-" + TRACE + "-" + PARENT + "-01";
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final List<SpanData> SPANS = new CopyOnWriteArrayList<>();

    private static final Servlet ECHO = new HttpServlet() {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print(request.getAttribute("tollgate.request.id") + " " + CurrentRequest.idOrNull());
        }
    };

    private static RealRedis redis;
    private static SdkTracerProvider sdk;
    private static GuardedServer plain;
    private static GuardedServer traced;
    private static final InMemoryDirectory DIRECTORY = new InMemoryDirectory();
    private static String account;
    private static String key;

    @BeforeAll
    static void start() throws Exception {
        redis = RealRedis.start();
        account = DIRECTORY.newAccount();
        key = DIRECTORY.newKey(account, "pro", OptionalLong.empty());
        sdk = SdkTracerProvider.builder()
                .addSpanProcessor(SimpleSpanProcessor.create(new Kept()))
                .build();
        plain = new GuardedServer(redis, DIRECTORY, GuardedServer.Setup.PLAIN, Map.of("/echo", ECHO));
        traced = new GuardedServer(
                redis,
                DIRECTORY,
                new GuardedServer.Setup(
                        RoutePolicies.ofApplication(Optional.empty()),
                        List.of(),
                        List.of(),
                        FailureMode.OPEN,
                        new OpenTelemetryTracing(new Telemetry())),
                Map.of("/echo", ECHO));
    }

    @AfterAll
    static void stop() throws Exception {
        plain.close();
        traced.close();
        sdk.close();
        redis.close();
    }

    @BeforeEach
    void forget() {
        SPANS.clear();
    }

    private static final class Telemetry implements OpenTelemetry {
        @Override
        public TracerProvider getTracerProvider() {
            return sdk;
        }

        @Override
        public ContextPropagators getPropagators() {
            return ContextPropagators.noop();
        }

        @Override
        public Tracer getTracer(String name) {
            return sdk.get(name);
        }
    }

    private static final class Kept implements SpanExporter {
        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            SPANS.addAll(spans);
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }

    private static HttpResponse<String> echo(GuardedServer node, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(node.uri("/echo"));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String id(HttpResponse<String> answer) {
        assertThat(answer.headers().allValues("X-Request-Id")).hasSize(1);
        return answer.headers().firstValue("X-Request-Id").orElseThrow();
    }

    @Test
    void theCallersTraceIsTheRequestsId() throws Exception {
        HttpResponse<String> answer = echo(plain, "X-API-Key", key, "traceparent", FIELD);
        assertThat(id(answer)).isEqualTo(TRACE);
        assertThat(answer.body()).isEqualTo(TRACE + " " + TRACE);
    }

    @Test
    void withoutAValidOneARequestGetsAnIdOfItsOwn() throws Exception {
        String first = id(echo(plain, "X-API-Key", key));
        String second = id(echo(plain, "X-API-Key", key, "traceparent", "00-<script>alert(1)</script>-00-00"));
        assertThat(List.of(first, second)).allMatch(id -> id.matches("[0-9a-f]{32}"));
        assertThat(first).isNotEqualTo(second).isNotEqualTo(TRACE);
    }

    @Test
    void problemsSayWhichRequestTheyAreAbout() throws Exception {
        HttpResponse<String> answer = echo(plain, "X-API-Key", "tg_" + "x".repeat(43), "traceparent", FIELD);
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).contains("\"instance\":\"/app/echo#" + TRACE + "\"");
    }

    @Test
    void theGatesSpanIsTheCallersChildAndNamesNobody() throws Exception {
        HttpResponse<String> answer = echo(traced, "X-API-Key", key, "traceparent", FIELD);
        assertThat(id(answer)).isEqualTo(TRACE);
        SpanData span = SPANS.get(0);
        assertThat(SPANS).hasSize(1);
        assertThat(span.getTraceId()).isEqualTo(TRACE);
        assertThat(span.getParentSpanId()).isEqualTo(PARENT);
        assertThat(span.hasEnded()).isTrue();
        Map<String, Object> attributes = new TreeMap<>();
        span.getAttributes().forEach((name, value) -> attributes.put(name.getKey(), value));
        assertThat(attributes)
                .hasToString("{tollgate.outcome=admitted, tollgate.policy=default, tollgate.source=store,"
                        + " tollgate.tier=pro}");
    }

    @Test
    void aRequestWithoutATraceIsKnownByItsSpans() throws Exception {
        HttpResponse<String> answer = echo(traced, "X-API-Key", key);
        assertThat(id(answer)).isEqualTo(SPANS.get(0).getTraceId());
        assertThat(answer.body()).startsWith(SPANS.get(0).getTraceId());
    }

    @Test
    void anIdIsForgottenWithItsRequest() throws Exception {
        echo(plain, "X-API-Key", key, "traceparent", FIELD);
        for (int i = 0; i < 5; i++) {
            assertThat(echo(plain, "X-API-Key", key).body()).doesNotContain(TRACE);
        }
    }
}
