package dev.tollgate.it.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A relay of bytes between an HTTP/1.1 client and a server, which passes them on unchanged. It notes when the client sends a
 * request for one path, and what the server answers and when. Times are those at which bytes come by, so the wait between an
 * answer and the next request holds what the client waits and nothing less. Thread-safe.
 */
final class RecordingRelay implements AutoCloseable {

    private static final int CHUNK = 8_192;

    /**
     * A request and its answer.
     *
     * @param askedNanos when the request came by, as {@link System#nanoTime()} counts
     * @param askedMillis the same by the clock, milliseconds since the epoch
     * @param answeredNanos when the head of the answer had come by
     * @param head the head of the answer
     */
    record Exchange(long askedNanos, long askedMillis, long answeredNanos, String head) {

        int status() {
            return Integer.parseInt(head.substring(9, 12));
        }

        /** A whole number in a header field of the answer; empty if it has none. */
        Optional<Long> number(String field) {
            Matcher found = Pattern.compile("(?im)^" + field + ": *(\\d+)\\r?$").matcher(head);
            return found.find() ? Optional.of(Long.valueOf(found.group(1))) : Optional.empty();
        }
    }

    private final ServerSocket listener;
    private final InetSocketAddress server;
    private final String path;
    private final List<Exchange> exchanges = new ArrayList<>();
    private final List<Socket> sockets = new ArrayList<>();

    /**
     * Starts one on a free port of loopback.
     *
     * @param path the path whose requests are noted
     */
    RecordingRelay(InetSocketAddress server, String path) throws IOException {
        this.server = server;
        this.path = path;
        this.listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        start(this::accept);
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "recording-relay");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return listener.getLocalPort();
    }

    /** What came by so far, in the order it was asked. */
    synchronized List<Exchange> exchanges() {
        return exchanges.stream()
                .sorted(Comparator.comparingLong(Exchange::askedNanos))
                .toList();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Connection connection = new Connection(keep(listener.accept()), keep(new Socket()));
                connection.behind.connect(server);
                start(connection::forward);
                start(connection::backward);
            } catch (IOException e) {
                // Closed, or the server is away: the client finds out.
            }
        }
    }

    private synchronized Socket keep(Socket socket) {
        sockets.add(socket);
        return socket;
    }

    private synchronized void note(Exchange exchange) {
        exchanges.add(exchange);
    }

    /** One connection of the client, and the one to the server that belongs to it. Requests follow answers. */
    private final class Connection {

        private final Socket client;
        private final Socket behind;
        private volatile long askedNanos;
        private volatile long askedMillis;

        Connection(Socket client, Socket behind) {
            this.client = client;
            this.behind = behind;
        }

        /** Notes the time of a request before the server can answer it. */
        void forward() {
            byte[] chunk = new byte[CHUNK];
            try (client;
                    behind) {
                InputStream in = client.getInputStream();
                OutputStream out = behind.getOutputStream();
                for (int length = in.read(chunk); length > 0; length = in.read(chunk)) {
                    if (new String(chunk, 0, length, StandardCharsets.ISO_8859_1).startsWith("GET " + path + " ")) {
                        askedMillis = System.currentTimeMillis();
                        askedNanos = System.nanoTime();
                    }
                    out.write(chunk, 0, length);
                }
            } catch (IOException e) {
                // One of the two is gone, and so is the other now.
            }
        }

        /** Notes an answer before the client can know of it. */
        void backward() {
            StringBuilder head = new StringBuilder();
            byte[] chunk = new byte[CHUNK];
            try (client;
                    behind) {
                InputStream in = behind.getInputStream();
                OutputStream out = client.getOutputStream();
                for (int length = in.read(chunk); length > 0; length = in.read(chunk)) {
                    if (askedNanos != 0) {
                        head.append(new String(chunk, 0, length, StandardCharsets.ISO_8859_1));
                        int end = head.indexOf("\r\n\r\n");
                        if (end > 0) {
                            note(new Exchange(askedNanos, askedMillis, System.nanoTime(), head.substring(0, end)));
                            askedNanos = 0;
                            head.setLength(0);
                        }
                    }
                    out.write(chunk, 0, length);
                }
            } catch (IOException e) {
                // One of the two is gone, and so is the other now.
            }
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        synchronized (this) {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }
}
