package dev.tollgate.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A Lua script and the digest Redis knows it by.
 *
 * @param name the resource it came from
 * @param body its text
 * @param sha1 SHA-1 of the text, 40 hexadecimal digits
 */
public record Script(String name, String body, String sha1) {

    /**
     * Reads scripts from the class path and joins them to one.
     *
     * @param names of files {@code redis/<name>.lua}, in order: what they share goes first
     */
    public static Script load(String... names) {
        StringBuilder body = new StringBuilder();
        for (String name : names) {
            body.append(read("/redis/" + name + ".lua"));
        }
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-1").digest(body.toString().getBytes(StandardCharsets.UTF_8));
            return new Script(
                    names[names.length - 1], body.toString(), HexFormat.of().formatHex(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    private static String read(String resource) {
        try (InputStream in = Script.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("missing script " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
