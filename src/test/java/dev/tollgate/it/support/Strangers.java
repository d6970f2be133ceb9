package dev.tollgate.it.support;

import dev.tollgate.fixture.Http2Connection;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Ten strangers with ten connections each, every stranger at an address of its own on loopback, who announce bodies and never send
 * them. A connection that the server closes is opened again, and so is an HTTP/2 stream that it resets.
 */
public final class Strangers implements Closeable {

    private static final int ADDRESSES = 10;
    private static final int CONNECTIONS = 10;
    private static final int FIRST_ADDRESS = 11;
    private static final int STREAMS = 12;
    private static final long PAUSE_NANOS = 300_000_000;
    private static final long PATIENCE_NANOS = 1_000_000_000;

    /** How they announce a body. */
    public enum Way {
        /** HTTP/1.1 with a length, of which one byte comes. */
        LENGTH,
        /** The same, and a byte now and then. */
        LENGTH_TRICKLED,
        /** HTTP/1.1 in chunks, of which the first never ends. */
        CHUNKED,
        /** Many HTTP/2 streams per connection that are never ended. PINGs keep the connection open. */
        STREAMS,
        /** The same, and a byte now and then on each. */
        STREAMS_TRICKLED
    }

    private final InetSocketAddress server;
    private final Way way;
    private final String method;
    private final String path;
    private final String key;
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong begun = new AtomicLong();
    private final CountDownLatch firsts = new CountDownLatch(ADDRESSES * CONNECTIONS);
    private final List<Thread> threads = new ArrayList<>();

    /**
     * Begins.
     *
     * @param at what they ask for, the server's address and port included
     * @param key an API key; null for none
     */
    public Strangers(URI at, Way way, String method, String key) throws IOException {
        this.server = new InetSocketAddress(at.getHost(), at.getPort());
        this.way = way;
        this.method = method;
        this.path = at.getPath();
        this.key = key;
        for (int i = 0; i < ADDRESSES; i++) {
            InetAddress address = InetAddress.getByName("127.0.0." + (FIRST_ADDRESS + i));
            for (int k = 0; k < CONNECTIONS; k++) {
                Thread thread = new Thread(() -> attack(address), "stranger");
                threads.add(thread);
                thread.start();
            }
        }
    }

    /** Waits until every connection has the answers to its first requests, or has waited for them. */
    public void awaitFirsts() throws InterruptedException {
        firsts.await(30, TimeUnit.SECONDS);
    }

    /** Requests begun so far. */
    public long begun() {
        return begun.get();
    }

    private void attack(InetAddress from) {
        while (!over.get()) {
            try {
                if (way == Way.STREAMS || way == Way.STREAMS_TRICKLED) {
                    streams(from);
                } else {
                    connection(from);
                }
            } catch (IOException e) {
                // Closed by the server: once more.
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void streams(InetAddress from) throws IOException {
        try (Http2Connection connection = new Http2Connection(server, from)) {
            long opened = System.nanoTime();
            List<Integer> open = new ArrayList<>();
            while (!over.get() && !connection.isOver()) {
                open.removeIf(stream -> connection.reset(stream).isPresent());
                while (open.size() < STREAMS) {
                    open.add(
                            key == null
                                    ? connection.request(method, path, false, "content-type", "application/json")
                                    : connection.request(
                                            method, path, false, "content-type", "application/json", "x-api-key", key));
                    begun.incrementAndGet();
                }
                LockSupport.parkNanos(PAUSE_NANOS);
                if (connection.answered() >= STREAMS || System.nanoTime() - opened > PATIENCE_NANOS) {
                    firsts.countDown();
                }
                if (way == Way.STREAMS_TRICKLED) {
                    for (int stream : open) {
                        connection.data(stream, new byte[] {'{'}, false);
                    }
                }
                connection.ping();
            }
        }
    }

    private void connection(InetAddress from) throws IOException {
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(from, 0));
            socket.connect(server);
            socket.setSoTimeout(1);
            OutputStream out = socket.getOutputStream();
            String length =
                    way == Way.CHUNKED ? "Transfer-Encoding: chunked\r\n\r\n5\r\n" : "Content-Length: 8000\r\n\r\n";
            out.write((method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            + (key == null ? "" : "X-API-Key: " + key + "\r\n") + length + "{")
                    .getBytes(StandardCharsets.US_ASCII));
            begun.incrementAndGet();
            while (!over.get() && isOpen(socket.getInputStream())) {
                LockSupport.parkNanos(PAUSE_NANOS);
                firsts.countDown();
                if (way == Way.LENGTH_TRICKLED) {
                    out.write('x');
                }
            }
        }
    }

    private static boolean isOpen(InputStream in) throws IOException {
        try {
            return in.read(new byte[4_096]) >= 0;
        } catch (SocketTimeoutException e) {
            return true;
        }
    }

    @Override
    public void close() {
        over.set(true);
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
        }
        for (Thread thread : threads) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(10));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
