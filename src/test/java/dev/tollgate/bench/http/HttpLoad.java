package dev.tollgate.bench.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A load client of low cost, since it shares the cores with the server: one blocking socket per thread, requests encoded in
 * advance, and responses parsed only to find their end. Thread-safe: each thread has a connection.
 */
final class HttpLoad implements AutoCloseable {

    private static final byte[] LENGTH = "content-length: ".getBytes(StandardCharsets.US_ASCII);

    private final int port;
    private final int status;
    private final List<byte[]> requests;
    private final List<Connection> open = new ArrayList<>();
    private final ThreadLocal<Connection> mine = ThreadLocal.withInitial(this::connect);

    /**
     * @param port on loopback
     * @param requests as {@link #encode} gives them
     * @param status what every answer must have
     */
    HttpLoad(int port, List<byte[]> requests, int status) {
        this.port = port;
        this.requests = requests;
        this.status = status;
    }

    /**
     * Encodes requests.
     *
     * @param path what is asked for
     * @param keys API keys, one request each; a single null for none
     */
    static List<byte[]> encode(String path, List<String> keys) {
        List<byte[]> requests = new ArrayList<>();
        for (String key : keys) {
            requests.add(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n"
                            + (key == null ? "" : "X-API-Key: " + key + "\r\n") + "\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        }
        return requests;
    }

    int size() {
        return requests.size();
    }

    /** Sends a request and reads its response. */
    void get(int request) {
        try {
            mine.get().exchange(requests.get(request), status);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized Connection connect() {
        try {
            Connection connection = new Connection(new Socket(InetAddress.getLoopbackAddress(), port));
            open.add(connection);
            return connection;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void close() {
        for (Connection connection : open) {
            try {
                connection.socket.close();
            } catch (IOException e) {
                // The process ends soon.
            }
        }
        open.clear();
    }

    private static final class Connection {
        private final Socket socket;
        private final byte[] buffer = new byte[8192];

        Connection(Socket socket) throws IOException {
            this.socket = socket;
            socket.setTcpNoDelay(true);
        }

        void exchange(byte[] request, int status) throws IOException {
            socket.getOutputStream().write(request);
            InputStream in = socket.getInputStream();
            int filled = 0;
            int end = -1;
            while (end < 0 || filled < end) {
                int read = in.read(buffer, filled, buffer.length - filled);
                if (read < 0) {
                    throw new IOException("the server closed the connection");
                }
                filled += read;
                if (end < 0) {
                    end = end(filled);
                }
            }
            int found = (buffer[9] - '0') * 100 + (buffer[10] - '0') * 10 + buffer[11] - '0';
            if (found != status) {
                throw new IOException("answered " + new String(buffer, 0, filled, StandardCharsets.US_ASCII));
            }
        }

        /** Where the answer ends, or -1 while its head is not all there. */
        private int end(int filled) {
            for (int i = 3; i < filled; i++) {
                if (buffer[i] == '\n' && buffer[i - 2] == '\n') {
                    return i + 1 + length(i);
                }
            }
            return -1;
        }

        private int length(int headEnd) {
            for (int i = 0; i < headEnd - LENGTH.length; i++) {
                if (buffer[i] == '\n' && isLength(i + 1)) {
                    int length = 0;
                    for (int at = i + 1 + LENGTH.length; buffer[at] != '\r'; at++) {
                        length = 10 * length + buffer[at] - '0';
                    }
                    return length;
                }
            }
            throw new IllegalStateException("no Content-Length");
        }

        private boolean isLength(int at) {
            for (int i = 0; i < LENGTH.length; i++) {
                if ((buffer[at + i] | 0x20) != (LENGTH[i] | 0x20)) {
                    return false;
                }
            }
            return true;
        }
    }
}
