package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.AccountStateSource;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.http.route.RoutePolicies;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Two nodes in mode {@code open} on a machine whose processors are all busy with other things: that nodes are slow then lets
 * nobody pass. The budget is ten times the default's: on such a machine Redis too may wait for a processor for 50 ms, which is
 * its own slowness. That a node's own is not held against Redis, however small the budget, is shown by
 * {@code dev.tollgate.redis.batch.BudgetTest}, without a race.
 */
class BusyMachineTest {

    private static final int ROUNDS = 10;
    private static final Map<String, Servlet> PLAIN = Map.of("/plain", new HttpServlet() {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) {
            response.setStatus(200);
        }
    });

    private final InMemoryDirectory directory = new InMemoryDirectory();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private GuardedServer node(RealRedis redis) throws Exception {
        return new GuardedServer(
                GuardedServer.Way.within(
                        Duration.ofMillis(500),
                        redis.url(),
                        (caller, month) -> CompletableFuture.completedFuture(AccountStateSource.AccountState.NONE)),
                directory,
                new GuardedServer.Setup(
                        RoutePolicies.ofApplication(Optional.empty()), List.of(), List.of(), FailureMode.OPEN),
                PLAIN);
    }

    private CompletableFuture<HttpResponse<String>> ask(GuardedServer node, String key) {
        return http.sendAsync(
                HttpRequest.newBuilder(node.uri("/plain"))
                        .header("X-API-Key", key)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Requests all at once, over both nodes and the given keys in turn; their statuses and bodies. */
    private List<HttpResponse<String>> atOnce(List<GuardedServer> nodes, List<String> keys, int requests) {
        List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, requests)
                .mapToObj(i -> ask(nodes.get(i % 2), keys.get(i / 2 % keys.size())))
                .toList();
        return answers.stream().map(CompletableFuture::join).toList();
    }

    private static long passed(List<HttpResponse<String>> answers) {
        return answers.stream().filter(answer -> answer.statusCode() == 200).count();
    }

    private static long told(List<HttpResponse<String>> answers, String word) {
        return answers.stream().filter(answer -> answer.body().contains(word)).count();
    }

    @Test
    void burstsOverTwoNodesAreDecidedExactlyTenTimesInARow() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        try (RealRedis redis = RealRedis.start();
                GuardedServer first = node(redis);
                GuardedServer second = node(redis)) {
            List<GuardedServer> nodes = List.of(first, second);
            for (GuardedServer node : nodes) {
                // Classes are loaded and connections made before: a node serves when it is warm.
                String warm = directory.newKey(directory.newAccount(), "enterprise", OptionalLong.empty());
                IntStream.range(0, 500).forEach(i -> ask(node, warm).join());
            }
            List<Thread> spinners = new ArrayList<>();
            for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
                Thread spinner = new Thread(() -> {
                    while (!over.get()) {
                        Thread.onSpinWait();
                    }
                });
                spinners.add(spinner);
                spinner.start();
            }
            try {
                for (int round = 1; round <= ROUNDS; round++) {
                    String account = directory.newAccount();
                    List<String> keys = List.of(
                            directory.newKey(account, "pro", OptionalLong.empty()),
                            directory.newKey(account, "pro", OptionalLong.empty()));
                    assertThat(passed(atOnce(nodes, keys, 160)))
                            .as("of 160 of a pro account, round " + round)
                            .isEqualTo(100);
                    String free = directory.newKey(directory.newAccount(), "free", OptionalLong.empty());
                    List<HttpResponse<String>> burst = atOnce(nodes, List.of(free), 200);
                    assertThat(passed(burst)).as("of 200 of a free one").isEqualTo(10);
                    assertThat(told(burst, "\"RATE_LIMIT_EXCEEDED\"")).isEqualTo(4);
                    assertThat(told(burst, "\"BANNED\"")).isEqualTo(186);
                    assertThat(told(burst, "\"5_MIN\"")).isEqualTo(186);
                }
            } finally {
                over.set(true);
                for (Thread spinner : spinners) {
                    spinner.join();
                }
            }
        }
    }
}
