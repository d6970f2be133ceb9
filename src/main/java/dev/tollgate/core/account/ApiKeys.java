package dev.tollgate.core.account;

import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A port to the API keys in PostgreSQL. Methods block, each in a transaction of its own, and throw
 * {@link DatabaseUnavailableException} when the database cannot be reached. No method takes or returns a secret, except as
 * the token that was just made.
 */
public interface ApiKeys {

    /** The longest name. */
    int MAX_NAME = 200;

    /**
     * Makes a key.
     *
     * @param accountId an account there is
     * @param name 1 to {@value #MAX_NAME} characters
     * @param token the secret, of which only hash and prefix are kept
     * @param expiresAt when it stops being valid; null for never
     * @param windowLimit a window of its own; empty for none
     * @param postUsage whether usage may be posted with it; null if that is as {@code tollgate.usage.post} says
     */
    ApiKey create(
            String accountId,
            String name,
            ApiKeyToken token,
            @Nullable Instant expiresAt,
            OptionalLong windowLimit,
            @Nullable Boolean postUsage);

    /** Returns the key with this id; empty for none, also where the text is no id at all. */
    Optional<ApiKey> find(String id);

    /**
     * Keys, newest first; a text is searched in names and at the start of prefixes, also of secrets that were rotated away, and
     * an id is found whole.
     *
     * @param accountId only this account's keys; empty for all
     */
    Page<ApiKey> page(Optional<String> accountId, PageRequest request);

    /** Revokes a key for good; once revoked, revoking it again changes nothing. Empty if there is none with this id. */
    Optional<Edit> revoke(String id);

    /**
     * Says whether usage may be posted with an active key; saying it again changes nothing. Empty if there is none with this id.
     *
     * @param postUsage null if that is to be as {@code tollgate.usage.post} says
     */
    Optional<Edit> permitPosting(String id, @Nullable Boolean postUsage);

    /**
     * Gives an active key another secret. The old one stops being valid, and is remembered as one that was. Empty if there is
     * none with this id.
     */
    Optional<Edit> rotate(String id, ApiKeyToken token);

    /**
     * What an edit did.
     *
     * @param key the key afterwards
     * @param hash the hash it was known by before
     * @param done false if there was nothing to do: the key had been revoked before, or was so already
     */
    record Edit(ApiKey key, String hash, boolean done) {}
}
