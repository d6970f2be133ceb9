package dev.tollgate.bench.redis;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A client that pipelines encoded commands over plain sockets on one thread, as {@code redis-benchmark -P 16 -c 50} does. It
 * shows the most that this Redis can do on this machine. It reads the replies of one connection while the others have commands
 * in flight. Not thread-safe.
 */
public final class RawRedis implements AutoCloseable {

    private static final int PIPELINE = 16;
    private static final int CONNECTIONS = 50;

    private final List<Socket> sockets = new ArrayList<>();
    private final byte[] buffer = new byte[1 << 16];

    public RawRedis(int port) {
        this(port, CONNECTIONS);
    }

    public RawRedis(int port, int connections) {
        try {
            for (int i = 0; i < connections; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                socket.setTcpNoDelay(true);
                sockets.add(socket);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends the commands repeatedly for a time, and returns the replies per second. */
    public double perSecond(List<byte[]> commands, long millis) {
        List<byte[]> portions = new ArrayList<>();
        for (int from = 0; from + PIPELINE <= commands.size(); from += PIPELINE) {
            portions.add(join(commands.subList(from, from + PIPELINE)));
        }
        long start = System.nanoTime();
        long end = start + millis * 1_000_000;
        long answered = 0;
        int next = 0;
        try {
            for (Socket socket : sockets) {
                socket.getOutputStream().write(portions.get(next++ % portions.size()));
            }
            while (System.nanoTime() < end) {
                for (Socket socket : sockets) {
                    replies(socket.getInputStream(), PIPELINE);
                    answered += PIPELINE;
                    socket.getOutputStream().write(portions.get(next++ % portions.size()));
                }
            }
            for (Socket socket : sockets) {
                replies(socket.getInputStream(), PIPELINE);
                answered += PIPELINE;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return answered * 1e9 / (System.nanoTime() - start);
    }

    /** Sends each command once. */
    public void all(Iterable<byte[]> commands) {
        try {
            OutputStream out = sockets.get(0).getOutputStream();
            InputStream in = sockets.get(0).getInputStream();
            List<byte[]> portion = new ArrayList<>();
            for (byte[] command : commands) {
                portion.add(command);
                if (portion.size() == 500) {
                    out.write(join(portion));
                    replies(in, portion.size());
                    portion.clear();
                }
            }
            if (!portion.isEmpty()) {
                out.write(join(portion));
                replies(in, portion.size());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the length of the reply to a command, with its framing. */
    public int replyBytes(byte[] command) {
        try {
            sockets.get(0).getOutputStream().write(command);
            return sockets.get(0).getInputStream().read(buffer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] join(List<byte[]> commands) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        commands.forEach(bytes::writeBytes);
        return bytes.toByteArray();
    }

    /** Reads that many replies of the forms the benchmark gets: one line, a bulk, or a list of one bulk. */
    private void replies(InputStream in, int count) throws IOException {
        int lines = 0;
        int left = count;
        boolean atStart = true;
        while (left > 0) {
            int read = in.read(buffer);
            if (read < 0) {
                throw new IOException("Redis closed the connection");
            }
            for (int i = 0; i < read; i++) {
                byte b = buffer[i];
                if (atStart) {
                    if (b == '-') {
                        throw new IOException(new String(buffer, i, read - i, StandardCharsets.UTF_8));
                    }
                    // A bulk is a line with its length and a line with its text, a list of one a line more.
                    if (lines == 0) {
                        lines = b == '$' ? 2 : b == '*' ? 3 : 1;
                    }
                    atStart = false;
                }
                if (b == '\n') {
                    lines--;
                    atStart = true;
                    if (lines == 0) {
                        left--;
                    }
                }
            }
        }
    }

    @Override
    public void close() {
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                // The process ends soon.
            }
        }
    }
}
