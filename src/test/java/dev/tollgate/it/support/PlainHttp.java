package dev.tollgate.it.support;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** HTTP as text, from an address of choice on loopback and with a request line that no client would send. */
public final class PlainHttp {

    private static final int PATIENCE_MILLIS = 30_000;

    /**
     * An answer.
     *
     * @param headers by name, in any case; all values of each
     */
    public record Answer(int status, Map<String, List<String>> headers, String body) {

        /** A field's one value; null if it is not there. More than one fails. */
        public String header(String name) {
            List<String> values = headers.getOrDefault(name, List.of());
            if (values.size() > 1) {
                throw new AssertionError(name + " is there more than once: " + values);
            }
            return values.isEmpty() ? null : values.get(0);
        }

        public JsonObject json() {
            try (var reader = Json.createReader(new StringReader(body))) {
                return reader.readObject();
            }
        }
    }

    private PlainHttp() {}

    /**
     * Asks, in HTTP/1.0, so that the answer ends with the connection.
     *
     * @param from the client's address, such as {@code 127.0.0.7}
     * @param port where, on 127.0.0.1
     * @param line the method and the target
     * @param body null for none
     * @param fields header fields, each a line
     */
    public static Answer ask(String from, int port, String line, String body, String... fields) {
        return askHost("localhost", from, port, line, body, fields);
    }

    /** The same under another host name. */
    public static Answer askHost(String host, String from, int port, String line, String body, String... fields) {
        StringBuilder request = new StringBuilder(line).append(" HTTP/1.0\r\nHost: " + host + "\r\n");
        for (String field : fields) {
            request.append(field).append("\r\n");
        }
        if (body != null) {
            request.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        request.append("\r\n").append(body == null ? "" : body);
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
            socket.connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.ISO_8859_1));
            return parse(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(line + " got no answer", e);
        }
    }

    private static Answer parse(String text) {
        int end = text.indexOf("\r\n\r\n");
        String[] head = text.substring(0, end).split("\r\n");
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 1; i < head.length; i++) {
            int colon = head[i].indexOf(':');
            headers.computeIfAbsent(head[i].substring(0, colon), name -> new ArrayList<>())
                    .add(head[i].substring(colon + 1).strip());
        }
        return new Answer(Integer.parseInt(head[0].split(" ")[1]), headers, text.substring(end + 4));
    }
}
