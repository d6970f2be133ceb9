package dev.tollgate.it.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/** Somebody who asks politely while strangers do not, and how long that took. */
public final class Bystander {

    private static final int REQUESTS = 100;
    private static final long PAUSE_NANOS = 6_000_000;
    private static final long MEDIAN_MICROS = 20_000;
    private static final long P90_MICROS = 200_000;
    /** Where strangers hold threads, a request waits until a body is given up: well longer than a pause of the machine. */
    private static final long HELD_MICROS = 5_000_000;

    private static final int PORTIONS = 8;

    private final Target target;

    public Bystander(Target target) {
        this.target = target;
    }

    /**
     * Asks and uploads while strangers are at it. Nine of ten answers come within what is promised of ninety-nine on an idle
     * server: a test machine is not idle, and one pause of it is one late answer. Threads that strangers hold make all late.
     *
     * @param uploader a key for an upload whose portions come one by one meanwhile; null for none
     * @param calm the same as measured without strangers: a machine that is busy with something else proves nothing
     */
    public Latency isServedBeside(URI asked, String uploader, Latency calm) {
        CompletableFuture<Integer> upload = uploader == null
                ? CompletableFuture.completedFuture(201)
                : CompletableFuture.supplyAsync(() -> upload(uploader));
        Latency beside = ask(asked);
        assertThat(upload.join()).as("the upload beside").isEqualTo(201);
        assertThat(beside.medianMicros()).as("median, " + beside).isLessThan(MEDIAN_MICROS + 2 * calm.medianMicros());
        assertThat(beside.p90Micros()).as("p90, " + beside).isLessThan(P90_MICROS + 2 * calm.p90Micros());
        assertThat(beside.longestMicros()).as("longest, " + beside).isLessThan(HELD_MICROS);
        return beside;
    }

    /** How long answers took, in microseconds. */
    public record Latency(long medianMicros, long p90Micros, long p99Micros, long longestMicros) {
        @Override
        public String toString() {
            return "p50 %.1f ms, p90 %.1f ms, p99 %.1f ms, longest %.1f ms"
                    .formatted(medianMicros / 1e3, p90Micros / 1e3, p99Micros / 1e3, longestMicros / 1e3);
        }
    }

    /** Asks again and again. */
    public Latency ask(URI asked) {
        long[] micros = new long[REQUESTS];
        for (int i = 0; i < REQUESTS; i++) {
            long begun = System.nanoTime();
            int status = target.send(HttpRequest.newBuilder(asked).timeout(Duration.ofSeconds(20)))
                    .statusCode();
            micros[i] = (System.nanoTime() - begun) / 1_000;
            assertThat(status).isEqualTo(200);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        Arrays.sort(micros);
        return new Latency(
                micros[REQUESTS / 2],
                micros[REQUESTS * 9 / 10 - 1],
                micros[REQUESTS * 99 / 100 - 1],
                micros[REQUESTS - 1]);
    }

    /** An upload over a slow line: its status. */
    private int upload(String key) {
        URI at = target.at("/api/v1/uploads/local");
        byte[] portion = new byte[16 * 1024];
        try (Socket socket = new Socket(at.getHost(), at.getPort())) {
            socket.setSoTimeout(20_000);
            OutputStream out = socket.getOutputStream();
            out.write(("POST " + at.getPath() + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-API-Key: " + key
                            + "\r\nContent-Length: " + PORTIONS * portion.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < PORTIONS; i++) {
                LockSupport.parkNanos(5 * PAUSE_NANOS);
                out.write(portion);
            }
            InputStream in = socket.getInputStream();
            String answer = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
            return Integer.parseInt(answer.split(" ", 3)[1]);
        } catch (IOException e) {
            throw new AssertionError("no answer to the upload", e);
        }
    }
}
