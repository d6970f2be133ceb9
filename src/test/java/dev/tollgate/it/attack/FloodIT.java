package dev.tollgate.it.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import dev.tollgate.http.admin.AdminAccess;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.ShippedWar;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Somebody holds all the connections it can, sends a byte now and then, or never reads what it asked for; another caller only wants
 * its decision.
 */
class FloodIT extends ShippedWar {

    private static final int CONNECTIONS = 200;
    private static final int CHECKS = 300;

    private final AdminClient operator = new AdminClient(this);

    private Socket begin(AdminClient.Key key) throws IOException {
        URI target = at("/api/v1/uploads/local");
        Socket socket = new Socket(target.getHost(), target.getPort());
        socket.setSoTimeout(60_000);
        socket.getOutputStream()
                .write(("POST " + target.getPath() + " HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + key.secret()
                                + "\r\nContent-Length: 1000000\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private Socket open(int receiveBuffer) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(receiveBuffer);
        socket.setSoTimeout(60_000);
        socket.connect(new InetSocketAddress(at("/").getHost(), at("/").getPort()));
        return socket;
    }

    private String head(String method, String path, String more) {
        return method + " " + at(path).getPath() + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n";
    }

    private static void trickle(List<Socket> sockets, AtomicBoolean over) {
        while (!over.get()) {
            for (Socket socket : sockets) {
                try {
                    OutputStream out = socket.getOutputStream();
                    out.write('x');
                } catch (IOException e) {
                    // It has been ended; its answer is read elsewhere.
                }
            }
            LockSupport.parkNanos(300_000_000);
        }
    }

    private static int statusOf(Socket socket) {
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            String line = in.readLine();
            return line == null ? 0 : Integer.parseInt(line.split(" ")[1]);
        } catch (IOException e) {
            return 0;
        }
    }

    private long[] checks(AdminClient.Key key) {
        long[] micros = new long[CHECKS];
        for (int i = 0; i < CHECKS; i++) {
            long begun = System.nanoTime();
            int status = send(HttpRequest.newBuilder(at("/api/v1/check")).header("X-API-Key", key.secret()))
                    .statusCode();
            micros[i] = (System.nanoTime() - begun) / 1_000;
            assertThat(status).isEqualTo(204);
        }
        Arrays.sort(micros);
        return micros;
    }

    private static String told(long[] sorted) {
        return "p50 " + sorted[CHECKS / 2] + " us, p99 " + sorted[CHECKS * 99 / 100] + " us, longest "
                + sorted[CHECKS - 1] + " us";
    }

    @Test
    void aFloodOfTricklingUploadsIsEndedAndHoldsUpNobodyElse() throws Exception {
        AdminClient.Key flooder = operator.newKey(operator.newAccount("enterprise"));
        AdminClient.Key honest = operator.newKey(operator.newAccount("enterprise"));
        checks(honest);
        System.out.println("[flood] checks of another caller before: " + told(checks(honest)));
        AtomicBoolean over = new AtomicBoolean();
        List<Socket> sockets = new ArrayList<>();
        Map<Integer, Integer> answers = new ConcurrentHashMap<>();
        long begun = System.nanoTime();
        for (int i = 0; i < CONNECTIONS; i++) {
            sockets.add(begin(flooder));
        }
        CompletableFuture<Void> trickling = CompletableFuture.runAsync(() -> trickle(sockets, over));
        List<Thread> readers = sockets.stream()
                .map(socket -> new Thread(() -> answers.merge(statusOf(socket), 1, Integer::sum)))
                .toList();
        readers.forEach(Thread::start);
        Ports.await("the first ended", Duration.ofSeconds(30), () -> !answers.isEmpty());
        System.out.println("[flood] first ended after " + (System.nanoTime() - begun) / 1_000_000 + " ms");
        System.out.println("[flood] checks of another caller meanwhile: " + told(checks(honest)));
        assertThat(send(HttpRequest.newBuilder(at("/api/v1/uploads/local"))
                                .header("X-API-Key", honest.secret())
                                .POST(BodyPublishers.ofByteArray(new byte[100_000])))
                        .statusCode())
                .isEqualTo(201);
        for (Thread reader : readers) {
            reader.join(Duration.ofSeconds(60).toMillis());
        }
        System.out.println("[flood] all ended after " + (System.nanoTime() - begun) / 1_000_000 + " ms: "
                + new TreeMap<>(answers));
        over.set(true);
        trickling.join();
        for (Socket socket : sockets) {
            socket.close();
        }
        assertThat(answers.keySet()).isSubsetOf(408, 429, 0);
        assertThat(answers).containsKeys(408, 429);
    }

    @Test
    void strangersWhoNeverFinishSigningInHoldUpNobody() throws Exception {
        AdminClient.Key honest = operator.newKey(operator.newAccount("enterprise"));
        AtomicBoolean over = new AtomicBoolean();
        List<Socket> sockets = new ArrayList<>();
        Map<Integer, Integer> answers = new ConcurrentHashMap<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            Socket socket = open(65_536);
            socket.getOutputStream()
                    .write(head(
                                    "POST",
                                    AdminAccess.SESSION,
                                    "Content-Type: application/json\r\nContent-Length: 8000\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            sockets.add(socket);
        }
        CompletableFuture<Void> trickling = CompletableFuture.runAsync(() -> trickle(sockets, over));
        List<Thread> readers = sockets.stream()
                .map(socket -> new Thread(() -> answers.merge(statusOf(socket), 1, Integer::sum)))
                .toList();
        readers.forEach(Thread::start);
        Ports.await("the first ended", Duration.ofSeconds(30), () -> !answers.isEmpty());
        System.out.println("[flood] checks while strangers trickle sign-ins: " + told(checks(honest)));
        for (Thread reader : readers) {
            reader.join(Duration.ofSeconds(60).toMillis());
        }
        System.out.println("[flood] sign-ins: " + new TreeMap<>(answers));
        over.set(true);
        trickling.join();
        for (Socket socket : sockets) {
            socket.close();
        }
        assertThat(answers.keySet()).isSubsetOf(408, 503, 0);
        assertThat(answers).containsKey(503);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/check", "/api/v1/uploads/local", "/console/session", "/no-such-page", "/metrics"})
    void strangersWhoNeverSendWhatTheyAnnouncedHoldUpNobody(String path) throws Exception {
        AdminClient.Key honest = operator.newKey(operator.newAccount("enterprise"));
        // With a key: this address must not be banned, which other tests come from, too.
        AdminClient.Key stranger = operator.newKey(operator.newAccount("enterprise"));
        String announced =
                "X-API-Key: " + stranger.secret() + "\r\nContent-Type: application/json\r\nContent-Length: 8000\r\n";
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS / 2; i++) {
                Socket socket = open(65_536);
                sockets.add(socket);
                socket.getOutputStream()
                        .write((head("POST", path, announced) + "{").getBytes(StandardCharsets.US_ASCII));
            }
            System.out.println("[flood] checks while strangers leave " + path + " unfinished: " + told(checks(honest)));
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/openapi.json", "/metrics"})
    void strangersWhoNeverReadWhatTheyAskedForHoldUpNobody(String path) throws Exception {
        AdminClient.Key honest = operator.newKey(operator.newAccount("enterprise"));
        byte[] requests = head("GET", path, "").repeat(1_000).getBytes(StandardCharsets.US_ASCII);
        List<Socket> sockets = new ArrayList<>();
        List<Thread> askers = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS / 2; i++) {
                Socket socket = open(2_048);
                sockets.add(socket);
                Thread asker = new Thread(() -> {
                    try {
                        socket.getOutputStream().write(requests);
                    } catch (IOException e) {
                        // Closed, by either side.
                    }
                });
                askers.add(asker);
                asker.start();
            }
            System.out.println("[flood] checks while strangers do not read " + path + ": " + told(checks(honest)));
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        for (Thread asker : askers) {
            asker.join();
        }
    }

    @Test
    void aFloodOfWholeUploadsLeavesOtherCallersTheirDecisions() {
        AdminClient.Key flooder = operator.newKey(operator.newAccount("enterprise"));
        AdminClient.Key honest = operator.newKey(operator.newAccount("enterprise"));
        checks(honest);
        System.out.println("[flood] checks of another caller before: " + told(checks(honest)));
        AtomicBoolean over = new AtomicBoolean();
        Map<Integer, Integer> answers = new ConcurrentHashMap<>();
        List<CompletableFuture<Void>> floods = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            floods.add(CompletableFuture.runAsync(
                    () -> {
                        while (!over.get()) {
                            int status = send(HttpRequest.newBuilder(at("/api/v1/uploads/local"))
                                            .header("X-API-Key", flooder.secret())
                                            .POST(BodyPublishers.ofByteArray(new byte[64 * 1024])))
                                    .statusCode();
                            answers.merge(status, 1, Integer::sum);
                        }
                    },
                    task -> new Thread(task).start()));
        }
        System.out.println("[flood] while 16 threads upload 64 KiB each: " + told(checks(honest)));
        over.set(true);
        floods.forEach(CompletableFuture::join);
        System.out.println("[flood] uploads meanwhile: " + answers);
        // On a busy machine bytes come late, and whose uploads are waited for has as many as a caller may have.
        int refused = answers.getOrDefault(429, 0);
        answers.remove(429);
        assertThat(answers).containsOnlyKeys(201);
        assertThat(refused).isLessThan(answers.get(201) / 20);
    }
}
