package dev.tollgate.it;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** HTTP/2 in clear text by prior knowledge, frame by frame, with pseudo-header fields that no client would send. */
final class Http2Wire {

    private static final int PATIENCE_MILLIS = 10_000;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RESET = 3;
    private static final int SETTINGS = 4;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int ACKNOWLEDGED = 1;

    /** SETTINGS_INITIAL_WINDOW_SIZE of 16 MiB: answers are longer than the 65,535 octets that are the default. */
    private static final byte[] WIDE_STREAMS = {0, 4, 1, 0, 0, 0};

    private static final byte[] MUCH = {1, 0, 0, 0};

    /** The error code of a stream that is not needed any longer (RFC 9113, section 7). */
    private static final byte[] CANCEL = {0, 0, 0, 8};

    private Http2Wire() {}

    /**
     * Asks one question without a body.
     *
     * @param from the client's address on loopback
     * @param fields names and values in turn, pseudo-header fields first
     * @return the answer's body; what ended the stream, in words, if there was no answer
     */
    static String ask(String from, int port, List<String> fields) throws IOException {
        return askAfterGivingUp(0, from, port, fields);
    }

    /**
     * Asks the same a number of times and resets each of those streams at once, then asks again on the same connection, every 100 ms
     * for two seconds as long as it is told that its answers wait to be read.
     *
     * @param given how many streams are reset, up to 100
     * @return what the last stream was answered, as {@link #ask} has it
     */
    static String askAfterGivingUp(int given, String from, int port, List<String> fields) throws IOException {
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
            socket.connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            ByteArrayOutputStream sent = new ByteArrayOutputStream();
            sent.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            frame(sent, SETTINGS, 0, 0, WIDE_STREAMS);
            frame(sent, WINDOW_UPDATE, 0, 0, MUCH);
            for (int i = 0; i < given; i++) {
                frame(sent, HEADERS, END_STREAM | END_HEADERS, 2 * i + 1, block(fields));
                frame(sent, RESET, 0, 2 * i + 1, CANCEL);
            }
            DataInputStream in = new DataInputStream(socket.getInputStream());
            String answer = "nothing was asked";
            for (int i = 0; i == 0 || i < 20 && answer.contains("UNREAD_ANSWERS"); i++) {
                LockSupport.parkNanos(i == 0 ? 0 : 100_000_000);
                int stream = 2 * (given + i) + 1;
                frame(sent, HEADERS, END_STREAM | END_HEADERS, stream, block(fields));
                socket.getOutputStream().write(sent.toByteArray());
                sent.reset();
                answer = answer(stream, in, socket.getOutputStream());
            }
            return answer;
        }
    }

    private static String answer(int stream, DataInputStream in, OutputStream out) throws IOException {
        StringBuilder body = new StringBuilder();
        while (true) {
            int start = in.read();
            if (start < 0) {
                return "the connection was closed";
            }
            int length = start << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int of = in.readInt();
            byte[] payload = in.readNBytes(length);
            if (type == SETTINGS && (flags & ACKNOWLEDGED) == 0) {
                ByteArrayOutputStream acknowledgement = new ByteArrayOutputStream();
                frame(acknowledgement, SETTINGS, ACKNOWLEDGED, 0, new byte[0]);
                out.write(acknowledgement.toByteArray());
            }
            if (type == GOAWAY) {
                return "the connection was given up";
            }
            if (of != stream) {
                continue;
            }
            if (type == DATA) {
                body.append(new String(payload, StandardCharsets.UTF_8));
            }
            if ((type == DATA || type == HEADERS) && (flags & END_STREAM) != 0) {
                return body.toString();
            }
            if (type == RESET) {
                return "the stream was reset";
            }
        }
    }

    private static void frame(ByteArrayOutputStream out, int type, int flags, int stream, byte[] payload) {
        out.write(payload.length >> 16);
        out.write(payload.length >> 8);
        out.write(payload.length);
        out.write(type);
        out.write(flags);
        out.writeBytes(new byte[] {0, 0, 0, (byte) stream});
        out.writeBytes(payload);
    }

    /** Literal fields, none indexed, as RFC 7541, section 6.2.2, has them. */
    private static byte[] block(List<String> fields) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < fields.size(); i += 2) {
            block.write(0);
            text(block, fields.get(i));
            text(block, fields.get(i + 1));
        }
        return block.toByteArray();
    }

    private static void text(ByteArrayOutputStream block, String text) {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        if (octets.length > 126) {
            throw new IllegalArgumentException("longer than this test needs: " + text);
        }
        block.write(octets.length);
        block.writeBytes(octets);
    }
}
