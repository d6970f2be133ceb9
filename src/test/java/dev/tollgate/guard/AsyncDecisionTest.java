package dev.tollgate.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.redis.RedisWire;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests requests that wait for Redis without a thread. */
class AsyncDecisionTest {

    /** In milliseconds. A response within this time did not wait for Redis, whose budget is ten seconds. */
    private static final long WITHIN_THE_BUDGET = 8_000;

    private static final int THREADS = 2;
    private static final int REQUESTS = 30;
    private static final int ANONYMOUS_WINDOW = 10;

    private RealRedis redis;
    private NodeWithDatabase node;

    @BeforeEach
    void start() {
        redis = RealRedis.start();
        node = new NodeWithDatabase(redis);
    }

    @AfterEach
    void stop() {
        redis.thaw();
        node.close();
        redis.close();
    }

    /** A servlet that writes how it was reached; below {@code /later} it responds asynchronously itself. */
    private static final class Shop extends HttpServlet {
        private static final long serialVersionUID = 1L;

        private static String asked(HttpServletRequest request) {
            StringBuilder asked = new StringBuilder();
            asked.append(request.getRequestURI()).append(' ').append(request.getServletPath());
            asked.append(' ').append(request.getPathInfo()).append(' ').append(request.getQueryString());
            new TreeMap<>(request.getParameterMap())
                    .forEach((name, values) -> asked.append(' ').append(name).append(List.of(values)));
            return asked.toString();
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            DispatcherType reached = request.getDispatcherType();
            if (!"/later".equals(request.getPathInfo())) {
                response.getWriter().print(reached);
                response.setHeader("X-Asked", asked(request));
                return;
            }
            AsyncContext context = request.startAsync();
            context.start(() -> {
                try {
                    context.getResponse().getWriter().print(reached);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                context.complete();
            });
        }
    }

    private GuardedApplication shop(boolean deferring, String budget, String mode) throws Exception {
        Map<String, String> settings = Map.of(
                "tollgate.redis.url",
                redis.url(),
                "tollgate.redis.seal",
                NodeWithDatabase.SEAL,
                "tollgate.redis.budget",
                budget,
                "tollgate.redis.failure-mode",
                mode);
        return new GuardedApplication(settings, deferring, THREADS, new Shop());
    }

    private static List<CompletableFuture<HttpResponse<String>>> flood(GuardedApplication shop) {
        return Stream.generate(() -> shop.ask("/", null)).limit(REQUESTS).toList();
    }

    private static boolean isAnsweredWithin(CompletableFuture<?> answer, long millis) throws Exception {
        try {
            answer.get(millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    @Test
    void whileARequestWaitsForRedisThreadsServeOthers() throws Exception {
        try (GuardedApplication shop = shop(true, "10s", "closed")) {
            assertThat(shop.status("/", null)).isEqualTo(200);
            redis.freeze();
            List<CompletableFuture<HttpResponse<String>>> waiting = flood(shop);
            assertThat(isAnsweredWithin(shop.askUnguarded(), WITHIN_THE_BUDGET)).isTrue();
            assertThat(waiting).noneMatch(CompletableFuture::isDone);
            redis.thaw();
            assertThat(statuses(waiting)).filteredOn(status -> status == 200).hasSize(ANONYMOUS_WINDOW - 1);
            assertThat(statuses(waiting))
                    .filteredOn(status -> status == 429 || status == 403)
                    .hasSize(REQUESTS - ANONYMOUS_WINDOW + 1);
        }
    }

    @Test
    void anApplicationThatIsNotNamedWaitsOnItsThreads() throws Exception {
        try (GuardedApplication shop = shop(false, "10s", "closed")) {
            assertThat(shop.get("/", null).body()).isEqualTo("REQUEST");
            redis.freeze();
            List<CompletableFuture<HttpResponse<String>>> waiting = flood(shop);
            assertThat(isAnsweredWithin(shop.askUnguarded(), 1_000)).isFalse();
            redis.thaw();
            assertThat(statuses(waiting)).contains(200, 429);
        }
    }

    @ParameterizedTest
    @CsvSource({"open,200", "closed,503"})
    void whenTheBudgetIsOverTheFailureModeAnswers(String mode, int status) throws Exception {
        try (GuardedApplication shop = shop(true, "300ms", mode)) {
            assertThat(shop.status("/", null)).isEqualTo(200);
            redis.freeze();
            assertThat(statuses(flood(shop))).containsOnly(status);
        }
    }

    @Test
    void aDeferredRequestIsMeteredOnceAlsoWhereTheApplicationAnswersLater() throws Exception {
        node.open();
        String key = node.newKey("free");
        try (GuardedApplication shop = shop(true, "10s", "closed")) {
            assertThat(shop.status("/", key)).isEqualTo(200);
            redis.freeze();
            CompletableFuture<HttpResponse<String>> now = shop.ask("/now", key);
            CompletableFuture<HttpResponse<String>> later = shop.ask("/later", key);
            assertThat(isAnsweredWithin(shop.askUnguarded(), WITHIN_THE_BUDGET)).isTrue();
            redis.thaw();
            assertThat(now.get().body()).isEqualTo("ASYNC");
            assertThat(later.get().body()).isEqualTo("ASYNC");
        }
        String id = node.keys.get(ApiKeyToken.hash(key)).key().id();
        try (RedisWire wire = new RedisWire(redis.port())) {
            assertThat(wire.send("HGET", "metrics:provider:{" + id + "}:shop", "total_requests"))
                    .isEqualTo("3");
            assertThat(wire.send("HGET", "metrics:provider:{" + id + "}:shop", "successful_requests"))
                    .isEqualTo("3");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/, ASYNC",
        "/a/b.html, ASYNC",
        "/a?x=1, ASYNC",
        "/a?x=1&x=2&y=a%20b+c%26d, ASYNC",
        // A path that could be read differently in the second dispatch waits on its thread.
        "/a%3Fb=c, REQUEST",
        "/%61, REQUEST",
        "/a;v=1/b, REQUEST",
        "/a//b, REQUEST"
    })
    void theApplicationSeesADeferredRequestAsItCame(String path, String reached) throws Exception {
        String undeferred;
        try (GuardedApplication shop = shop(false, "10s", "closed")) {
            undeferred = shop.get(path, null).headers().firstValue("X-Asked").orElseThrow();
        }
        try (GuardedApplication shop = shop(true, "10s", "closed")) {
            assertThat(shop.status("/", null)).isEqualTo(200);
            redis.freeze();
            CompletableFuture<HttpResponse<String>> answer = shop.ask(path, null);
            assertThat(isAnsweredWithin(shop.askUnguarded(), WITHIN_THE_BUDGET)).isTrue();
            assertThat(isAnsweredWithin(answer, 50)).isFalse();
            redis.thaw();
            assertThat(answer.get().body()).isEqualTo(reached);
            assertThat(answer.get().headers().firstValue("X-Asked")).contains(undeferred);
        }
    }

    @Test
    void aRequestForAWebSocketIsWaitedForByAThread() throws Exception {
        try (GuardedApplication shop = shop(true, "10s", "closed")) {
            assertThat(shop.status("/", null)).isEqualTo(200);
            redis.freeze();
            CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> shop.upgrade("/chat"));
            assertThat(isAnsweredWithin(answer, 500)).isFalse();
            redis.thaw();
            assertThat(answer.get(20, TimeUnit.SECONDS)).endsWith("REQUEST");
        }
    }

    private static List<Integer> statuses(List<CompletableFuture<HttpResponse<String>>> answers)
            throws InterruptedException, ExecutionException, TimeoutException {
        List<Integer> statuses = new ArrayList<>();
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            statuses.add(answer.get(20, TimeUnit.SECONDS).statusCode());
        }
        return statuses;
    }
}
