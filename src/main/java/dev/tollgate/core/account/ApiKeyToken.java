package dev.tollgate.core.account;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The secret of an API key: a prefix such as {@code tg_} and 32 random bytes in base64url. Tollgate shows it once, when it
 * makes the key, and keeps only its SHA-256 and its first characters. A fast hash suffices: 256 random bits cannot be guessed offline, and
 * every request computes the hash.
 */
public final class ApiKeyToken {

    /** What keys begin with by default. */
    public static final String MARK = "tg_";

    /** The length of what follows the prefix: 32 bytes in base64url. */
    static final int RANDOM_LENGTH = 43;

    /** How many random characters of a key are kept for display, after its prefix. */
    private static final int SHOWN = 5;

    private static final SecureRandom RANDOM = new SecureRandom();
    /**
     * Digests to use again, since a request needs one and a copy is half a kilobyte. A thread takes the one of its slot, or makes a
     * copy. No thread-local, which would outlive an undeployment.
     */
    private static final AtomicReferenceArray<MessageDigest> DIGESTS = new AtomicReferenceArray<>(64);

    private static final MessageDigest SHA_256 = lookUp();

    private final String secret;
    private final int markLength;

    private ApiKeyToken(String mark, String random) {
        this.secret = mark + random;
        this.markLength = mark.length();
    }

    /** Returns a new random key that begins as keys do by default. */
    public static ApiKeyToken generate() {
        return generate(MARK);
    }

    /** Returns a new random key that begins with the given text. */
    static ApiKeyToken generate(String mark) {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return new ApiKeyToken(mark, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    /**
     * Returns the hash a key is known by: SHA-256 of its text in UTF-8, 64 hexadecimal digits in lower case. Looking a key up
     * by its hash needs no constant-time comparison: what timing could tell is about the hash, not the secret.
     */
    public static String hash(String presented) {
        int slot = (int) Thread.currentThread().getId() & (DIGESTS.length() - 1);
        MessageDigest pooled = DIGESTS.getAndSet(slot, null);
        MessageDigest digest = pooled == null ? sha256() : pooled;
        byte[] hash = digest.digest(presented.getBytes(StandardCharsets.UTF_8));
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

    /** Returns the first characters, to show: what the key begins with and five more. */
    public String prefix() {
        return secret.substring(0, markLength + SHOWN);
    }

    /** Says nothing of the secret, so that a log line cannot leak it. */
    @Override
    public String toString() {
        return prefix() + "…";
    }
}
