package dev.tollgate.core.account;

import java.time.Instant;

/**
 * A customer: the holder of API keys, to whom a tier's limits apply.
 *
 * @param id a UUID in canonical text
 * @param name what people call it, 1 to 200 characters
 * @param tier the name of its tier
 * @param createdAt when it was made
 */
public record Account(String id, String name, String tier, Instant createdAt) {}
