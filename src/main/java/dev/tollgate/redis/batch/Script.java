package dev.tollgate.redis.batch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A Lua script with its digest, by which {@code EVALSHA} names it.
 *
 * @param name the name of its last file, without {@code .lua}
 * @param body the text
 * @param sha1 the SHA-1 of the text, 40 hexadecimal digits
 * @param operation what the script is run for
 */
public record Script(String name, String body, String sha1, Operation operation) {

    /** Scripts by digest, to name them in Redis's slow log and to know their commands. Bounded by the number of files. */
    private static final Map<String, Script> LOADED = new ConcurrentHashMap<>();

    private static final Pattern COMMAND = Pattern.compile("redis[.]p?call[(]'([A-Z]+)'");

    /** Returns the file name of a loaded script, such as {@code gate.lua}. */
    public static Optional<String> named(String sha1) {
        return Optional.ofNullable(LOADED.get(sha1)).map(script -> script.name() + ".lua");
    }

    /**
     * Reads files from the class path and joins them into one script.
     *
     * @param operation what the script is run for
     * @param names files of {@code src/main/resources/redis} as {@code <room>/<name>}, without {@code .lua}, in order: functions
     *     that the last one uses go before it
     * @throws IllegalStateException if a file is missing
     */
    public static Script load(Operation operation, String... names) {
        StringBuilder body = new StringBuilder();
        for (String name : names) {
            body.append(read(name));
        }
        String last = names[names.length - 1];
        Script script = of(last.substring(last.lastIndexOf('/') + 1), body.toString(), operation);
        LOADED.put(script.sha1(), script);
        return script;
    }

    /** Returns all scripts that were loaded. */
    public static Collection<Script> loaded() {
        return List.copyOf(LOADED.values());
    }

    /** Returns the commands that it calls, in capital letters. */
    public Set<String> commands() {
        return COMMAND.matcher(body).results().map(found -> found.group(1)).collect(Collectors.toSet());
    }

    /** Creates a script from its text. */
    static Script of(String name, String body, Operation operation) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(body.getBytes(StandardCharsets.UTF_8));
            return new Script(name, body, HexFormat.of().formatHex(digest), operation);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    /** Reads a file from below this class's parent package, which has another name in the guard's jar. */
    private static String read(String name) {
        String here = Script.class.getPackageName();
        String resource = "/" + here.substring(0, here.lastIndexOf('.')).replace('.', '/') + "/" + name + ".lua";
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
