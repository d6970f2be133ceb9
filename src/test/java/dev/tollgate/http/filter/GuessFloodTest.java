package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.redis.RealRedis;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.redisson.client.codec.StringCodec;

/** A million made-up keys from one address, handed to the filter itself: HTTP would only slow the flood down. */
class GuessFloodTest {

    private static final int KEYS = 1_000_000;

    @Test
    void aMillionMadeUpKeysFromOneAddressLeaveNothingBehind() throws Exception {
        try (RealRedis redis = RealRedis.start()) {
            InMemoryDirectory directory = new InMemoryDirectory();
            try (GuardedServer node = new GuardedServer(redis, directory, GuardedServer.Setup.PLAIN, Map.of())) {
                long lookedUpInRedis = gets(node);
                Map<Integer, Integer> answers = new TreeMap<>();
                for (int i = 0; i < KEYS; i++) {
                    answers.merge(answer(node, "tg_" + String.format("%043d", i)), 1, Integer::sum);
                }
                assertThat(answers.get(401)).as("guesses answered").isLessThanOrEqualTo(10);
                assertThat(answers.get(429)).isGreaterThan(KEYS * 9 / 10);
                assertThat(directory.lookups.get())
                        .as("questions to the database")
                        .isLessThan(KEYS / 100);
                assertThat(gets(node) - lookedUpInRedis)
                        .as("questions to Redis")
                        .isLessThan(KEYS / 4);
                assertThat(node.client.getKeys().count()).as("keys in Redis").isLessThan(10);
            }
        }
    }

    private static long gets(GuardedServer node) {
        String stats = node.client
                .getScript(StringCodec.INSTANCE)
                .eval(
                        org.redisson.api.RScript.Mode.READ_ONLY,
                        "return redis.call('INFO', 'commandstats')",
                        org.redisson.api.RScript.ReturnType.VALUE);
        return stats.lines()
                .filter(line -> line.startsWith("cmdstat_get:") || line.startsWith("cmdstat_hmget:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".*calls=(\\d+),.*", "$1")))
                .sum();
    }

    private static int answer(GuardedServer node, String key) throws Exception {
        AtomicInteger status = new AtomicInteger(200);
        node.filter.doFilter(request(key), response(status), (request, response) -> {});
        return status.get();
    }

    private static HttpServletRequest request(String key) {
        return (HttpServletRequest) Proxy.newProxyInstance(
                GuessFloodTest.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getMethod" -> "GET";
                    case "getServletPath", "getRequestURI" -> "/plain";
                    case "getRemoteAddr" -> "192.0.2.66";
                    case "getHeaders" ->
                        Collections.enumeration("X-API-Key".equals(arguments[0]) ? List.of(key) : List.<String>of());
                    default -> null;
                });
    }

    private static HttpServletResponse response(AtomicInteger status) {
        ServletOutputStream nowhere = new ServletOutputStream() {
            @Override
            public boolean isReady() {
                return true;
            }

            @Override
            public void setWriteListener(WriteListener listener) {
                throw new UnsupportedOperationException("nothing is written asynchronously here");
            }

            @Override
            public void write(int b) {}
        };
        return (HttpServletResponse) Proxy.newProxyInstance(
                GuessFloodTest.class.getClassLoader(),
                new Class<?>[] {HttpServletResponse.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("setStatus")) {
                        status.set((Integer) arguments[0]);
                    }
                    return method.getName().equals("getOutputStream") ? nowhere : null;
                });
    }
}
