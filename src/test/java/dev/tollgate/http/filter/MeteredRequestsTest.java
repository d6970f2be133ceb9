package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.fixture.Ports;
import dev.tollgate.http.route.RoutePolicies;
import dev.tollgate.http.route.RoutePolicyFile;
import dev.tollgate.http.servlet.TimeoutListener;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Tests what is metered of a request, whatever servlets do with it. */
class MeteredRequestsTest extends RateLimitFilterCase {

    @Test
    void asynchronousAndForwardedAndFailedRequestsAreChargedAndMeteredOnce() throws Exception {
        assertThat(send(with(key, "/later")).body()).isEqualTo("later");
        assertThat(send(with(key, "/again")).body()).isEqualTo("served");
        assertThat(send(with(key, "/failing")).statusCode()).isEqualTo(500);
        HttpResponse<String> thrown = send(with(key, "/throwing"));
        assertThat(thrown.statusCode()).isEqualTo(500);
        assertThat(remaining(send(with(key, "/plain")))).isEqualTo(5);
        Ports.await("five requests metered", Duration.ofSeconds(5), () -> node.usage.size() == 5);
        assertThat(node.usage)
                .extracting(UsageEvent::successful)
                .containsExactlyInAnyOrder(true, true, false, false, true);
        assertThat(node.usage).extracting(UsageEvent::provider).containsOnly("app");
    }

    @Test
    void whateverAServletSaysAboutItsRequestIsMeteredInTheFormThereIs() throws Exception {
        send(with(key, "/odd"));
        assertThat(send(with(key, "/absent")).statusCode()).isEqualTo(404);
        Ports.await("both metered", Duration.ofSeconds(5), () -> node.usage.size() == 2);
        assertThat(node.usage.get(0).mediaType()).isEqualTo("text/html");
        assertThat(node.usage.get(0).bytes()).isEqualTo(UsageEvent.MAX_BYTES);
        assertThat(node.usage.get(0).provider()).isEqualTo("app");
        assertThat(node.usage.get(1).successful()).isFalse();
    }

    private static final String TWO_AT_ONCE =
            "{\"routes\":[{\"name\":\"two\",\"path\":\"/*\",\"action\":\"limit\"," + "\"concurrency\":2%s}]}";

    private static GuardedServer.Setup atOnce(String more) {
        RoutePolicyFile file = RoutePolicyFile.parse("routes.json", TWO_AT_ONCE.formatted(more));
        return new GuardedServer.Setup(
                RoutePolicies.ofApplication(Optional.of(file)), List.of(), List.of(), FailureMode.OPEN);
    }

    private CompletableFuture<Integer> begin(GuardedServer at, String path, String secret) {
        return HTTP.sendAsync(
                        HttpRequest.newBuilder(at.uri(path))
                                .header("X-API-Key", secret)
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .thenApply(HttpResponse::statusCode);
    }

    @Test
    void aCallersRequestsUnderWayAreBoundedAndTheOthersChargeNothing() throws Exception {
        String other = directory.newKey(directory.newAccount(), "free", OptionalLong.empty());
        HeldServlet held = new HeldServlet();
        try (GuardedServer bounded = new GuardedServer(redis, directory, atOnce(""), Map.of("/held", held))) {
            for (int round = 0; round < 3; round++) {
                List<CompletableFuture<Integer>> two =
                        List.of(begin(bounded, "/held", key), begin(bounded, "/held?async", key));
                held.awaitHeld(2);
                HttpResponse<String> third =
                        send(HttpRequest.newBuilder(bounded.uri("/held")).header("X-API-Key", key));
                assertThat(third.statusCode()).isEqualTo(429);
                assertThat(third.headers().firstValue("Retry-After")).hasValue("1");
                assertThat(third.body()).contains("CONCURRENCY_LIMIT_EXCEEDED").contains("\"policy\":\"two\"");
                CompletableFuture<Integer> others = begin(bounded, "/held", other);
                held.awaitHeld(3);
                held.release();
                assertThat(others.get(5, TimeUnit.SECONDS)).as("another caller").isEqualTo(200);
                for (CompletableFuture<Integer> one : two) {
                    assertThat(one.get(5, TimeUnit.SECONDS)).isEqualTo(200);
                }
            }
            held.letPass();
            assertThat(remaining(
                            send(HttpRequest.newBuilder(bounded.uri("/held")).header("X-API-Key", key))))
                    .as("seven of ten charged, and no violation")
                    .isEqualTo(3);
            assertThat(bounded.audit).isEmpty();
            assertThat(bounded.counts.refusedByCode()).containsEntry("CONCURRENCY_LIMIT_EXCEEDED", 3L);
        }
    }

    @Test
    void theCountComesBackAfterExceptionsRefusalsAndLostConnections() throws Exception {
        String large = directory.newKey(directory.newAccount(), "pro", OptionalLong.empty());
        HeldServlet held = new HeldServlet();
        try (GuardedServer bounded = new GuardedServer(redis, directory, atOnce(""), Map.of("/held", held))) {
            held.letPass();
            for (int i = 0; i < 6; i++) {
                assertThat(begin(bounded, "/held?throw", large).get(5, TimeUnit.SECONDS))
                        .isEqualTo(500);
                assertThat(begin(bounded, "/held?timeout", large).get(5, TimeUnit.SECONDS))
                        .isEqualTo(500);
            }
            for (int i = 0; i < 13; i++) {
                begin(bounded, "/held", key).get(5, TimeUnit.SECONDS);
            }
            held.hold();
            for (int round = 0; round < 3; round++) {
                for (String path : List.of("/held", "/held?async")) {
                    try (Socket gone = new Socket("127.0.0.1", bounded.uri("/").getPort())) {
                        gone.getOutputStream()
                                .write(("GET /app" + path + " HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + large
                                                + "\r\n\r\n")
                                        .getBytes(StandardCharsets.US_ASCII));
                        held.awaitHeld(path.equals("/held") ? 1 : 2);
                    }
                }
                held.release();
                Ports.await("both over", Duration.ofSeconds(5), () -> bounded.filter.requestsUnderWay() == 0);
            }
            held.letPass();
            assertThat(begin(bounded, "/held", large).get(5, TimeUnit.SECONDS)).isEqualTo(200);
        }
    }

    @Test
    void aRequestWhoseTimeoutTheApplicationHandlesIsUnderWayUntilItCompletes() throws Exception {
        HeldServlet held = new HeldServlet();
        try (GuardedServer bounded = new GuardedServer(redis, directory, atOnce(""), Map.of("/held", held))) {
            List<CompletableFuture<Integer>> two =
                    List.of(begin(bounded, "/held?late", key), begin(bounded, "/held?late", key));
            held.awaitHeld(2);
            assertThat(begin(bounded, "/held", key).get(5, TimeUnit.SECONDS)).isEqualTo(429);
            held.release();
            for (CompletableFuture<Integer> one : two) {
                assertThat(one.get(5, TimeUnit.SECONDS)).isEqualTo(200);
            }
            Ports.await("both over", Duration.ofSeconds(5), () -> bounded.filter.requestsUnderWay() == 0);
        }
    }

    @Test
    void inShadowModeTooManyAtOnceAreCountedAndPass() throws Exception {
        HeldServlet held = new HeldServlet();
        try (GuardedServer bounded =
                new GuardedServer(redis, directory, atOnce(",\"mode\":\"shadow\""), Map.of("/held", held))) {
            List<CompletableFuture<Integer>> three = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                three.add(begin(bounded, "/held", key));
                held.awaitHeld(i + 1);
            }
            held.release();
            for (CompletableFuture<Integer> one : three) {
                assertThat(one.get(5, TimeUnit.SECONDS)).isEqualTo(200);
            }
            assertThat(bounded.counts.refusedByCode()).containsEntry("CONCURRENCY_LIMIT_EXCEEDED", 1L);
        }
    }

    /** A servlet whose requests wait until they are released. */
    private static final class HeldServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        private final transient AtomicInteger waiting = new AtomicInteger();
        private transient volatile CountDownLatch gate = new CountDownLatch(1);

        void awaitHeld(int count) {
            Ports.await(count + " under way", Duration.ofSeconds(5), () -> waiting.get() == count);
        }

        void hold() {
            waiting.set(0);
            gate = new CountDownLatch(1);
        }

        void letPass() {
            gate.countDown();
        }

        /** Lets those that wait go on; later ones wait again. */
        void release() {
            CountDownLatch before = gate;
            hold();
            before.countDown();
        }

        private void pass() {
            CountDownLatch before = gate;
            waiting.incrementAndGet();
            try {
                before.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            boolean again = request.getDispatcherType() == DispatcherType.ASYNC;
            String how = again ? "" : String.valueOf(request.getQueryString());
            switch (how) {
                case "throw" -> throw new IOException("on purpose");
                case "timeout" -> request.startAsync().setTimeout(1);
                case "async" -> {
                    AsyncContext later = request.startAsync();
                    new Thread(() -> {
                                pass();
                                later.complete();
                            })
                            .start();
                }
                case "late" -> {
                    AsyncContext late = request.startAsync();
                    late.setTimeout(20);
                    late.addListener(new TimeoutListener(() -> late.dispatch("/held")));
                }
                default -> {
                    pass();
                    response.getWriter().print("served".repeat(10_000));
                }
            }
        }
    }

    @Test
    void aPlainRequestIsMeteredUnderItsRoutesProviderAndElseUnderTheContextPath() throws Exception {
        RoutePolicyFile file = RoutePolicyFile.parse(
                "routes.json",
                "{\"routes\":[{\"name\":\"plain\",\"path\":\"/plain\",\"action\":\"limit\",\"provider\":\"backend\"}]}");
        GuardedServer.Setup setup = new GuardedServer.Setup(
                RoutePolicies.ofApplication(Optional.of(file)), List.of(), List.of(), FailureMode.OPEN);
        try (GuardedServer routed = node(setup)) {
            for (String path : List.of("/plain", "/later")) {
                send(HttpRequest.newBuilder(routed.uri(path)).header("X-API-Key", key));
            }
            Ports.await("both metered", Duration.ofSeconds(5), () -> routed.usage.size() == 2);
            assertThat(routed.usage).extracting(UsageEvent::provider).containsExactly("backend", "app");
        }
    }
}
