package dev.tollgate.redis.seal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A seal with one secret: an HMAC-SHA256, cut to 128 bits, over the name of a key or channel, a text, and a time.
 *
 * <p>A sealed text is {@code TEXT MILLIS SEAL}. A reader of the previous release, which reads the first words alone, can still
 * read it. Immutable; thread-safe. One check takes some microseconds.
 */
public final class Seal {

    private static final String ALGORITHM = "HmacSHA256";
    private static final byte[] PURPOSE = "tollgate, what lies in Redis, 1".getBytes(StandardCharsets.US_ASCII);
    private static final int BYTES = 16;
    /** The version of the algorithm, as the first character of a seal. */
    private static final char VERSION = '1';

    private static final int LENGTH = 23;
    private static final int MAX_TIME_DIGITS = 15;

    private final SecretKeySpec key;

    /**
     * @param secret the secret that all nodes share
     */
    Seal(String secret) {
        // Derived for this purpose, so that the secret can serve others too.
        this.key = new SecretKeySpec(
                mac(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM), PURPOSE), ALGORITHM);
    }

    /**
     * The content of a sealed text.
     *
     * @param text the text
     * @param atMillis the time of the seal, in milliseconds since the epoch on the writer's clock
     * @param by the seal it was opened with
     */
    public record Opened(String text, long atMillis, Seal by) {}

    /** Seals a text under the full name of its key or channel. */
    String write(String name, String text, long atMillis) {
        String signed = text + ' ' + atMillis;
        return signed + ' ' + of(name, signed);
    }

    /** Opens a sealed text; empty if its seal is of another secret, name or text. */
    Optional<Opened> read(String name, String sealed) {
        if (!isSealed(sealed)) {
            return Optional.empty();
        }
        int end = sealed.lastIndexOf(' ');
        String signed = sealed.substring(0, end);
        // Compared as text, since several base64 texts decode to the same bytes.
        byte[] expected = of(name, signed).getBytes(StandardCharsets.US_ASCII);
        byte[] found = sealed.substring(end + 1).getBytes(StandardCharsets.UTF_8);
        if (!MessageDigest.isEqual(expected, found)) {
            return Optional.empty();
        }
        int space = signed.lastIndexOf(' ');
        return Optional.of(new Opened(signed.substring(0, space), Long.parseLong(signed.substring(space + 1)), this));
    }

    /** Returns whether a text has the form of a sealed one, with any secret. */
    static boolean isSealed(String text) {
        int seal = text.length() - LENGTH;
        if (seal < 2 || text.charAt(seal) != VERSION || text.charAt(seal - 1) != ' ') {
            return false;
        }
        int at = seal - 2;
        while (at >= 0 && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at--;
        }
        int digits = seal - 2 - at;
        return at >= 0 && text.charAt(at) == ' ' && digits >= 1 && digits <= MAX_TIME_DIGITS;
    }

    private String of(String name, String signed) {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + 2 * (name.length() + signed.length()));
        bytes.putInt(name.length());
        // UTF-16 units as they are: with UTF-8, two invalid texts could have the same bytes.
        bytes.asCharBuffer().put(name).put(signed);
        byte[] cut = Arrays.copyOf(mac(key, bytes.array()), BYTES);
        return VERSION + Base64.getUrlEncoder().withoutPadding().encodeToString(cut);
    }

    private static byte[] mac(SecretKeySpec key, byte[] bytes) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }
}
