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
 * A seal by one secret: an HMAC-SHA256, cut to 128 bits, over the name under which a text lies or travels, the text itself,
 * and a moment. A sealed text is {@code TEXT MOMENT SEAL}: so a reader that knows no seals and looks at the first words alone
 * can still read it. Immutable; thread-safe. One check takes some microseconds.
 */
public final class Seal {

    private static final String ALGORITHM = "HmacSHA256";
    private static final byte[] PURPOSE = "tollgate, what lies in Redis, 1".getBytes(StandardCharsets.US_ASCII);
    private static final int BYTES = 16;
    /** Says how the seal is made, so that another way can come beside it. */
    private static final char FORM = '1';

    private static final int CHARACTERS = 23;
    private static final int MOMENT_DIGITS = 15;

    private final SecretKeySpec key;

    /**
     * @param secret what nodes share; whoever has it can seal
     */
    Seal(String secret) {
        // A key of this purpose's own: the same secret may serve another one day.
        this.key = new SecretKeySpec(
                mac(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM), PURPOSE), ALGORITHM);
    }

    /**
     * What was sealed.
     *
     * @param text the text
     * @param atMillis the moment in its seal, milliseconds since the epoch on the sealer's clock
     * @param by whose seal it is
     */
    public record Opened(String text, long atMillis, Seal by) {}

    /** Seals a text; the name is that of its key or channel, in full. */
    String write(String name, String text, long atMillis) {
        String signed = text + ' ' + atMillis;
        return signed + ' ' + of(name, signed);
    }

    /** Opens a sealed text; empty if this seal is not on it, or not for this name. */
    Optional<Opened> read(String name, String sealed) {
        if (!isSealed(sealed)) {
            return Optional.empty();
        }
        int end = sealed.lastIndexOf(' ');
        String signed = sealed.substring(0, end);
        // Compared as text: several texts of base64 can stand for the same bytes.
        byte[] expected = of(name, signed).getBytes(StandardCharsets.US_ASCII);
        byte[] found = sealed.substring(end + 1).getBytes(StandardCharsets.UTF_8);
        if (!MessageDigest.isEqual(expected, found)) {
            return Optional.empty();
        }
        int moment = signed.lastIndexOf(' ');
        return Optional.of(new Opened(signed.substring(0, moment), Long.parseLong(signed.substring(moment + 1)), this));
    }

    /** Whether a text has the form of a sealed one, whoever sealed it. */
    static boolean isSealed(String text) {
        int seal = text.length() - CHARACTERS;
        if (seal < 2 || text.charAt(seal) != FORM || text.charAt(seal - 1) != ' ') {
            return false;
        }
        int at = seal - 2;
        while (at >= 0 && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at--;
        }
        int digits = seal - 2 - at;
        return at >= 0 && text.charAt(at) == ' ' && digits >= 1 && digits <= MOMENT_DIGITS;
    }

    private String of(String name, String signed) {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + 2 * (name.length() + signed.length()));
        bytes.putInt(name.length());
        // As the characters are: an encoding could make two texts the same bytes.
        bytes.asCharBuffer().put(name).put(signed);
        byte[] cut = Arrays.copyOf(mac(key, bytes.array()), BYTES);
        return FORM + Base64.getUrlEncoder().withoutPadding().encodeToString(cut);
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
