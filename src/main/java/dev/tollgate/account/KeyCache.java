package dev.tollgate.account;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What presented keys' hashes resolve to, shared by all nodes: Redis before PostgreSQL. Thread-safe. */
public interface KeyCache {

    /** What is known of a hash; empty if nothing is, which does not mean the key is unknown. */
    CompletionStage<Optional<KnownKey>> find(String hash);

    /** Remembers what the database said, unless something newer is there. */
    CompletionStage<Void> fill(String hash, KnownKey known);
}
