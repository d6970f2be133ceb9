package dev.tollgate.it.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.server.AppServer;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.fixture.server.WildFly;
import dev.tollgate.fixture.server.WildFlyBase;
import dev.tollgate.it.support.PlainHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Strangers who guess administrators' passwords, on a server of their own: WildFly 39's realm disables a user for 15 minutes after
 * ten failures. The attack at one moment comes first: a server that has just started is slow, so all of it is under way at once. Each test has an administrator of its own, and addresses of its own on loopback.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SignInAttackIT {

    private static final String PASSWORD = "right:password";
    private static AppServer server;
    private static int port;

    @BeforeAll
    static void start() {
        Map<String, String> settings = IntegrationServers.settings();
        settings.remove("tollgate.trusted-proxies");
        server = IntegrationServers.start("sign-ins", settings, WildFly.QUICK);
        port = URI.create(server.baseUrl()).getPort();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void administrator(String name) {
        server.putUser(name, PASSWORD, List.of(WildFlyBase.ADMIN_ROLE));
    }

    private static String path(String below) {
        return URI.create(server.baseUrl()).getPath() + below;
    }

    /** The status of a sign-in with the console's form. */
    private static int form(String from, String user, String password) {
        return PlainHttp.ask(
                        from,
                        port,
                        "POST " + path("/console/session"),
                        "{\"user\":\"" + user + "\",\"password\":\"" + password + "\"}",
                        "Content-Type: application/json")
                .status();
    }

    /** The status of a script's request. */
    private static int basic(String from, String user, String password) {
        String login = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        return PlainHttp.ask(from, port, "GET " + path("/api/v1/admin/tiers"), null, "Authorization: Basic " + login)
                .status();
    }

    /** Wrong passwords whose requests are all there but for their last byte before any of them is whole. */
    private static List<Integer> inOneMoment(int many, String from, String user) {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < many; i++) {
                String body = "{\"user\":\"" + user + "\",\"password\":\"guess " + i + "\"}";
                Socket socket = new Socket();
                sockets.add(socket);
                socket.setTcpNoDelay(true);
                socket.setSoTimeout(30_000);
                socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
                socket.connect(new InetSocketAddress("127.0.0.1", port));
                socket.getOutputStream()
                        .write(("POST " + path("/console/session")
                                        + " HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                        + "Content-Length: " + body.length() + "\r\n\r\n"
                                        + body.substring(0, body.length() - 1))
                                .getBytes(StandardCharsets.US_ASCII));
            }
            for (Socket socket : sockets) {
                socket.getOutputStream().write('}');
            }
            List<Integer> statuses = new ArrayList<>();
            for (Socket socket : sockets) {
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                statuses.add(Integer.parseInt(answer.split(" ")[1]));
                socket.close();
            }
            return statuses;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Integer> atOnce(int many, IntFunction<Integer> attempt) {
        ExecutorService threads = Executors.newFixedThreadPool(many);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<Integer>> under = IntStream.range(0, many)
                    .mapToObj(i -> threads.submit(() -> {
                        start.await();
                        return attempt.apply(i);
                    }))
                    .toList();
            start.countDown();
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> one : under) {
                statuses.add(one.get());
            }
            return statuses;
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    @Order(1)
    void twelveWrongPasswordsAtOnceFromOneAddressDoNotLockTheUserOut() {
        administrator("anna");
        assertThat(inOneMoment(12, "127.0.4.1", "anna")).allMatch(status -> status == 401 || status == 429);
        assertThat(form("127.0.4.2", "anna", PASSWORD))
                .as("from elsewhere, never seen before")
                .isEqualTo(200);
    }

    @Test
    void hundredWrongPasswordsFromTenAddressesDoNotLockOutWhoSignedInBefore() {
        administrator("berta");
        assertThat(basic("127.0.5.99", "berta", PASSWORD)).isEqualTo(200);
        atOnce(12, i -> basic("127.0.5.1", "berta", "guess " + i));
        for (int round = 0; round < 5; round++) {
            int of = round;
            assertThat(atOnce(20, i -> form("127.0.5." + (2 + i % 10), "berta", "guess " + of + " " + i)))
                    .allMatch(status -> status == 401 || status == 429);
        }
        assertThat(form("127.0.5.99", "berta", PASSWORD))
                .as("where it signed in before")
                .isEqualTo(200);
        assertThat(basic("127.0.5.98", "berta", PASSWORD))
                .as("from elsewhere, never seen before")
                .isEqualTo(200);
    }

    @Test
    void otherSpellingsOfTheNameShareItsFailures() {
        administrator("clara");
        List<String> spellings = List.of("clara", "Clara", "CLARA", " clara", "clara ");
        for (int i = 0; i < 30; i++) {
            form("127.0.6." + (1 + i), spellings.get(i % spellings.size()), "guess");
        }
        long heard = IntStream.range(0, 10)
                .filter(i -> form("127.0.6." + (50 + i), spellings.get(i % spellings.size()), "guess") == 401)
                .count();
        assertThat(heard)
                .as("guesses the realm was asked about after thirty of them")
                .isZero();
    }

    @Test
    void administratorsScriptIsHeardAtOnceInParallelFromAnAddressNeverSeenBefore() {
        administrator("dora");
        assertThat(atOnce(10, i -> basic("127.0.7.1", "dora", PASSWORD))).containsOnly(200);
    }
}
