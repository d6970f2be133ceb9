package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.http.route.RoutePolicies;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** More callers and more connections than anybody honest brings, and what they leave behind. */
class OverloadTest {

    /** A tenth of what docs/operations.md tells of, for the sake of the build: -Dtollgate.test.callers=100000. */
    private static final int CALLERS = Integer.getInteger("tollgate.test.callers", 10_000);

    private static final int SENDERS = 16;
    private static final int CONNECTIONS = 2_000;
    private static final int CHECKS = 200;

    private static final Map<String, Servlet> SERVLETS = Map.of("/plain", new HttpServlet() {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) {
            response.setStatus(204);
        }
    });

    private final InMemoryDirectory directory = new InMemoryDirectory();

    private GuardedServer node(RealRedis redis) throws Exception {
        return new GuardedServer(
                redis,
                directory,
                new GuardedServer.Setup(
                        RoutePolicies.ofApplication(Optional.empty()),
                        List.of("127.0.0.1/32"),
                        List.of(),
                        dev.tollgate.core.limit.FailureMode.OPEN),
                SERVLETS);
    }

    private static long redisBytes(RedisWire wire) {
        Matcher used = Pattern.compile("used_memory:(\\d+)").matcher((String) wire.send("INFO", "memory"));
        assertThat(used.find()).isTrue();
        return Long.parseLong(used.group(1));
    }

    private static long heapBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** One connection kept alive, requests one after the other. */
    private static int send(URI uri, int from, int to, boolean made) {
        int answered = 0;
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setSoTimeout(30_000);
            InputStream in = socket.getInputStream();
            for (int i = from; i < to; i++) {
                String address = "X-Forwarded-For: 10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255);
                String key = made ? "\r\nX-API-Key: tg_" + String.format("%043d", i) : "";
                socket.getOutputStream()
                        .write(("GET " + uri.getPath() + " HTTP/1.1\r\nHost: localhost\r\n" + address + key
                                        + "\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                answered += answer(in);
            }
            return answered;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Reads an answer; its status. */
    private static int answer(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("closed after " + head);
            }
            head.append((char) next);
        }
        Matcher length = Pattern.compile("(?i)content-length: (\\d+)").matcher(head);
        if (length.find()) {
            in.readNBytes(Integer.parseInt(length.group(1)));
        }
        return 1;
    }

    private static int sendAll(URI uri, boolean made) throws InterruptedException {
        int[] answered = new int[SENDERS];
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < SENDERS; t++) {
            int at = t;
            Thread thread = new Thread(
                    () -> answered[at] = send(uri, at * CALLERS / SENDERS, (at + 1) * CALLERS / SENDERS, made));
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return Arrays.stream(answered).sum();
    }

    @Test
    void manyCallersLeaveAWindowEachForAMinuteAndNothingInTheHeap() throws Exception {
        try (RealRedis redis = RealRedis.start();
                GuardedServer node = node(redis);
                RedisWire wire = new RedisWire(redis.port())) {
            send(node.uri("/plain"), CALLERS, CALLERS + 2_000, false);
            long heap = heapBytes();
            long before = redisBytes(wire);
            long begun = System.nanoTime();
            assertThat(sendAll(node.uri("/plain"), false)).isEqualTo(CALLERS);
            long keys = (Long) wire.send("DBSIZE");
            long inRedis = redisBytes(wire) - before;
            long inHeap = heapBytes() - heap;
            System.out.printf(
                    "[overload] %d callers in %d ms: %d keys, %d KiB in Redis, %d KiB in the heap after collections%n",
                    CALLERS, (System.nanoTime() - begun) / 1_000_000, keys, inRedis >> 10, inHeap >> 10);
            assertThat(inRedis).isLessThan(CALLERS * 250L);
            assertThat(inHeap).isLessThan(16L << 20);
            for (int i = 0; i < 1_000; i++) {
                String key = (String) wire.send("RANDOMKEY");
                // A key that expired between both calls answers -2.
                assertThat((Long) wire.send("PTTL", key))
                        .as(key)
                        .isNotEqualTo(-1)
                        .isLessThanOrEqualTo(60_000);
            }
        }
    }

    @Test
    void madeUpKeysFromAsManyAddressesStayInTheirBounds() throws Exception {
        try (RealRedis redis = RealRedis.start();
                GuardedServer node = node(redis);
                RedisWire wire = new RedisWire(redis.port())) {
            send(node.uri("/plain"), CALLERS, CALLERS + 2_000, true);
            long heap = heapBytes();
            long before = redisBytes(wire);
            long begun = System.nanoTime();
            assertThat(sendAll(node.uri("/plain"), true)).isEqualTo(CALLERS);
            long inRedis = redisBytes(wire) - before;
            long inHeap = heapBytes() - heap;
            System.out.printf(
                    "[overload] %d made-up keys in %d ms: %d keys, %d KiB in Redis, %d KiB in the heap; %d looked up%n",
                    CALLERS,
                    (System.nanoTime() - begun) / 1_000_000,
                    (Long) wire.send("DBSIZE"),
                    inRedis >> 10,
                    inHeap >> 10,
                    directory.lookups.get());
            assertThat(inRedis).isLessThan(CALLERS * 250L);
            assertThat(inHeap).isLessThan(16L << 20);
        }
    }

    @Test
    void twoThousandConnectionsThatNeitherSendNorReadHoldUpNobody() throws Exception {
        String key = directory.newKey(directory.newAccount(), "enterprise", OptionalLong.empty());
        List<Socket> sockets = new ArrayList<>();
        try (RealRedis redis = RealRedis.start();
                GuardedServer node = node(redis)) {
            URI uri = node.uri("/plain");
            System.out.println("[overload] alone: " + checks(uri, key));
            for (int i = 0; i < CONNECTIONS; i++) {
                Socket socket = new Socket(uri.getHost(), uri.getPort());
                sockets.add(socket);
                // Half of them stop in the middle of a head, half send many requests and never read an answer.
                String head =
                        "GET " + uri.getPath() + " HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 10.0.0." + i % 256;
                socket.getOutputStream()
                        .write((i % 2 == 0 ? head : (head + "\r\n\r\n").repeat(20))
                                .getBytes(StandardCharsets.US_ASCII));
            }
            System.out.println("[overload] with " + CONNECTIONS + " slow connections: " + checks(uri, key));
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static String checks(URI uri, String key) throws Exception {
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        long[] micros = new long[CHECKS];
        for (int i = 0; i < CHECKS; i++) {
            long begun = System.nanoTime();
            assertThat(http.send(
                                    HttpRequest.newBuilder(uri)
                                            .header("X-API-Key", key)
                                            .header("X-Forwarded-For", "192.0.2.1")
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(204);
            micros[i] = (System.nanoTime() - begun) / 1_000;
        }
        Arrays.sort(micros);
        return "p50 " + micros[CHECKS / 2] + " us, p99 " + micros[CHECKS * 99 / 100] + " us";
    }
}
