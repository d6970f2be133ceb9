package dev.tollgate.core.account;

import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A port to the API keys in PostgreSQL. Methods block, each in a transaction of its own, and throw
 * {@link DatabaseUnavailableException} when the database cannot be reached. No method takes or returns a secret, except as
 * the token that was just made.
 */
public interface ApiKeys {

    /** The longest name. */
    int MAX_NAME = 200;

    /** The longest note. */
    int MAX_NOTE = 1_000;

    /** The longest prefix that is shown of a key. */
    int MAX_PREFIX = 37;

    /** The longest time for which a secret goes on after its rotation. */
    Duration MAX_OVERLAP = Duration.ofDays(30);

    /** What keys can be sorted by. */
    Set<String> COLUMNS = Set.of(
            "id",
            "kind",
            "accountId",
            "account",
            "name",
            "note",
            "prefix",
            "state",
            "active",
            "suspended",
            "createdAt",
            "expiresAt",
            "lastUsedAt",
            "windowLimit",
            "postUsage",
            "scopes",
            "addresses");

    /**
     * A key to be made.
     *
     * @param accountId an account there is
     * @param hash what it is known by: 64 hexadecimal digits in lower case
     * @param prefix what is shown of it, at most 37 characters
     * @param settings what else there is to say of it
     */
    record NewKey(String accountId, String hash, String prefix, KeySettings settings) {

        /** A key with a secret that was just made. */
        public static NewKey of(String accountId, ApiKeyToken token, KeySettings settings) {
            return new NewKey(accountId, token.hash(), token.prefix(), settings);
        }
    }

    /** Why none of several keys was made: their accounts are closed or gone, or their hashes are known. */
    final class NotCreatedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Set<String> accountIds;
        private final transient Set<String> hashes;

        /**
         * @param accountIds the accounts that are closed or gone
         * @param hashes the hashes of keys there are, or of secrets there were
         */
        public NotCreatedException(Set<String> accountIds, Set<String> hashes) {
            super("no key was made", null, false, false);
            this.accountIds = Set.copyOf(accountIds);
            this.hashes = Set.copyOf(hashes);
        }

        /** Returns the accounts that are closed or gone. */
        public Set<String> accountIds() {
            return accountIds;
        }

        /** Returns the hashes that are known. */
        public Set<String> hashes() {
            return hashes;
        }
    }

    /**
     * Makes keys: all of them or none.
     *
     * @return the keys, in the same order
     * @throws NotCreatedException if one of them cannot be made; then none was
     */
    List<KeyDetails> create(List<NewKey> keys);

    /** Returns the key with this id; empty for none, also where the text is no id at all. */
    Optional<KeyDetails> find(String id);

    /**
     * Keys, newest first or as the request says; a text is searched in names and at the start of prefixes, also of secrets that
     * were rotated away, and an id is found whole.
     *
     * @param accountId only this account's keys; empty for all
     */
    Page<KeyDetails> page(Optional<String> accountId, PageRequest request);

    /** Revokes a key for good; once revoked, revoking it again changes nothing. Empty if there is none with this id. */
    Optional<Edit> revoke(String id);

    /**
     * Sets what administrators set of a key that is not revoked. Empty if there is none with this id.
     *
     * @param change gets what is set, and returns what is to be
     */
    Optional<Edit> change(String id, UnaryOperator<KeySettings> change);

    /**
     * Gives a key that is neither revoked nor suspended another secret. The old one goes on for a while, and is then remembered
     * as one that was. A secret that still goes on from an earlier rotation does so no longer than the one replaced now. Empty if
     * there is no key with this id.
     *
     * @param overlap how long the old secret goes on, at most {@link #MAX_OVERLAP}
     */
    Optional<Edit> rotate(String id, ApiKeyToken token, Duration overlap);

    /**
     * What an edit did.
     *
     * @param before the key before
     * @param key the key afterwards
     * @param hashes the hash it was known by before, then those of secrets that went on from earlier rotations
     * @param done false if there was nothing to do: the key does not allow it, or was so already
     */
    record Edit(KeyDetails before, KeyDetails key, List<String> hashes, boolean done) {

        /** Returns the hash that the key was known by before. */
        public String hash() {
            return hashes.get(0);
        }
    }
}
