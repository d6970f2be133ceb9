package dev.tollgate.core.usage;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;

/**
 * A usage event that another service posts, with an id that the service chose.
 *
 * @param identity what tells it from every other event of the same key: {@link #identity}
 * @param usage what happened
 */
public record PostedEvent(String identity, UsageEvent usage) {

    /** The most events of one batch. */
    public static final int MAX_EVENTS = 1_000;

    /** The most bytes of all events of one batch together: half of what Redis's arithmetic, that of doubles, keeps exact. */
    public static final long MAX_BATCH_BYTES = 1L << 52;

    private static final int DIGEST_BYTES = 12;

    public PostedEvent {
        Objects.requireNonNull(identity, "identity");
        Objects.requireNonNull(usage, "usage");
    }

    /**
     * Returns a digest of an event's id: 96 bits of SHA-256, 16 characters, so that remembering ids takes the same space
     * whatever their length. Among a million ids two are the same once in 10^17 times.
     *
     * @param source where the id is unique; empty for the key itself
     * @param id the id, in one line
     */
    public static String identity(String source, String id) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest((source + "\n" + id).getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, DIGEST_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
