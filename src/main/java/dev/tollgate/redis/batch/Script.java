package dev.tollgate.redis.batch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A Lua script and the digest Redis knows it by.
 *
 * @param name the resource it came from
 * @param body its text
 * @param sha1 SHA-1 of the text, 40 hexadecimal digits
 * @param purpose what it is run for
 */
public record Script(String name, String body, String sha1, Purpose purpose) {

    /** Names by digest, for those who read Redis's log of slow commands. As many as there are files. */
    private static final Map<String, String> LOADED = new ConcurrentHashMap<>();

    /** The name of the script of that digest, such as {@code gate.lua}, if it was loaded. */
    public static Optional<String> named(String sha1) {
        return Optional.ofNullable(LOADED.get(sha1));
    }

    /** With the purpose its name tells. */
    Script(String name, String body, String sha1) {
        this(name, body, sha1, Purpose.of(name));
    }

    /**
     * Reads scripts from the class path and joins them to one.
     *
     * @param names of files {@code <name>.lua} of {@code src/main/resources/redis}, in order: what they share goes first
     */
    public static Script load(String... names) {
        StringBuilder body = new StringBuilder();
        for (String name : names) {
            body.append(read(name + ".lua"));
        }
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-1").digest(body.toString().getBytes(StandardCharsets.UTF_8));
            Script script = new Script(
                    names[names.length - 1], body.toString(), HexFormat.of().formatHex(digest));
            LOADED.put(script.sha1(), script.name() + ".lua");
            return script;
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
