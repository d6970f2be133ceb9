package dev.tollgate.core.account;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A cache of what hashes of keys resolve to, in Redis, shared by all nodes. Thread-safe. */
public interface KeyCache {

    /**
     * A key as it was at some moment.
     *
     * @param known the key
     * @param asOfMillis when the database said so, milliseconds since the epoch on the clock of the node that asked it
     */
    record Cached(ResolvedKey known, long asOfMillis) {}

    /**
     * Returns what is known of a hash, under a seal that was checked; empty if nothing is, which does not mean the key is
     * unknown. It may be older than an edit.
     */
    CompletionStage<Optional<Cached>> find(String hash);

    /**
     * Remembers what the database said, unless something newer is there.
     *
     * @param asOfMillis a moment before the database was asked
     */
    CompletionStage<Void> fill(String hash, ResolvedKey known, long asOfMillis);
}
