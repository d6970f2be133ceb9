package dev.tollgate.it.rest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Redis's {@code MONITOR}: every command it gets, from clients and from scripts. */
final class RedisMonitor implements AutoCloseable {

    private final Socket socket;
    private final List<String> lines = new CopyOnWriteArrayList<>();

    RedisMonitor(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        BufferedReader in =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        socket.getOutputStream().write("MONITOR\r\n".getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        in.readLine(); // +OK
        Thread reader = new Thread(() -> read(in), "redis-monitor");
        reader.setDaemon(true);
        reader.start();
    }

    private void read(BufferedReader in) {
        try {
            String line;
            while ((line = in.readLine()) != null) {
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add("closed");
        }
    }

    /** Commands that hold both texts. */
    long count(String text, String command) {
        return lines.stream()
                .filter(line -> line.contains(text) && line.toLowerCase().contains("\"" + command))
                .count();
    }

    /** Commands sent by a client, not by a script, that hold the text. */
    long clientCommands(String text) {
        return lines.stream()
                .filter(line -> line.contains(text) && !line.contains(" lua]"))
                .count();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
