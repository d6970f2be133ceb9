package dev.tollgate.redis.connection;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A reader of the commands that a Redis server gets, by {@code MONITOR} on a connection of its own. */
public final class RedisMonitor implements AutoCloseable {

    private final Socket socket;
    private final BufferedReader lines;

    /** Starts reading. */
    public RedisMonitor(int port) {
        try {
            socket = new Socket("127.0.0.1", port);
            socket.setSoTimeout(10_000);
            lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            socket.getOutputStream().write("MONITOR\r\n".getBytes(StandardCharsets.UTF_8));
            lines.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns the commands of clients since the last call, in upper case and without arguments. Commands within scripts and pings
     * are left out.
     *
     * @param end sends a command that holds the given word, so that the end is known
     */
    public List<String> commands(String word, Runnable end) {
        end.run();
        List<String> commands = new ArrayList<>();
        try {
            for (String line = lines.readLine(); !line.contains(word); line = lines.readLine()) {
                String command = line.substring(line.indexOf('"') + 1);
                command = command.substring(0, command.indexOf('"')).toUpperCase(Locale.ROOT);
                if (!line.contains(" lua]") && !command.equals("PING")) {
                    commands.add(command);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return commands;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
