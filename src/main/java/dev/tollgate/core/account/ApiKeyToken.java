package dev.tollgate.core.account;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The secret of an API key: {@code tg_} and 32 random bytes in base64url. Tollgate shows it once, when it makes the key,
 * and keeps only its SHA-256 and its first characters. A fast hash suffices: 256 random bits cannot be guessed offline, and
 * every request computes the hash.
 */
public final class ApiKeyToken {

    /** What every key begins with. */
    public static final String MARK = "tg_";

    /** How many characters of a key are kept for display. */
    public static final int PREFIX_LENGTH = 8;

    private static final int LENGTH = MARK.length() + 43;
    private static final SecureRandom RANDOM = new SecureRandom();
    /**
     * Digests to use again, since a request needs one and a copy is half a kilobyte. A thread takes the one of its slot, or makes a
     * copy. No thread-local, which would outlive an undeployment.
     */
    private static final AtomicReferenceArray<MessageDigest> DIGESTS = new AtomicReferenceArray<>(64);

    private static final MessageDigest SHA_256 = lookUp();

    private final String secret;

    private ApiKeyToken(String secret) {
        this.secret = secret;
    }

    /** Returns a new random key. */
    public static ApiKeyToken generate() {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return new ApiKeyToken(MARK + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    /** Returns whether a presented text has the form of a key. Anything else is refused without being looked up or stored. */
    public static boolean isWellFormed(String presented) {
        if (presented.length() != LENGTH || !presented.startsWith(MARK)) {
            return false;
        }
        for (int i = MARK.length(); i < LENGTH; i++) {
            char c = presented.charAt(i);
            boolean base64url =
                    (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
            if (!base64url) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns the hash a key is known by: SHA-256 of its ASCII text, 64 hexadecimal digits in lower case. Looking a key up
     * by its hash needs no constant-time comparison: what timing could tell is about the hash, not the secret.
     */
    public static String hash(String presented) {
        int slot = (int) Thread.currentThread().getId() & (DIGESTS.length() - 1);
        MessageDigest pooled = DIGESTS.getAndSet(slot, null);
        MessageDigest digest = pooled == null ? sha256() : pooled;
        byte[] hash = digest.digest(presented.getBytes(StandardCharsets.US_ASCII));
        DIGESTS.set(slot, digest);
        return HexFormat.of().formatHex(hash);
    }

    /** Returns a fresh digest: a copy of one that was looked up among the security providers once. */
    private static MessageDigest sha256() {
        try {
            return (MessageDigest) SHA_256.clone();
        } catch (CloneNotSupportedException e) {
            return lookUp();
        }
    }

    private static MessageDigest lookUp() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Returns the secret itself: for the one answer that shows it. */
    public String reveal() {
        return secret;
    }

    /** Returns the hash to keep. */
    public String hash() {
        return hash(secret);
    }

    /** Returns the first characters, to show. */
    public String prefix() {
        return secret.substring(0, PREFIX_LENGTH);
    }

    /** Says nothing of the secret, so that a log line cannot leak it. */
    @Override
    public String toString() {
        return prefix() + "…";
    }
}
