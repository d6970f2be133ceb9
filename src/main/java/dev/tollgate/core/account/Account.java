package dev.tollgate.core.account;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A customer: the holder of API keys, to whom a tier's limits apply.
 *
 * @param id a UUID in canonical text
 * @param name what people call it, 1 to 200 characters
 * @param tier the name of its tier
 * @param createdAt when it was made
 * @param closedAt when it was closed; null while it is open
 */
public record Account(
        String id,
        String name,
        String tier,
        Instant createdAt,
        @Nullable Instant closedAt) {

    /** An open account. */
    public Account(String id, String name, String tier, Instant createdAt) {
        this(id, name, tier, createdAt, null);
    }
}
