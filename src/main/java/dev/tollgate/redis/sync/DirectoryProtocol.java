package dev.tollgate.redis.sync;

import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.limit.AccountStateSource.AccountState;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import java.util.Optional;
import java.util.OptionalLong;

/** The text form of questions and answers between guards and nodes with a database: one line each, words separated by a space. */
public final class DirectoryProtocol {

    /** The request to write the configuration snapshot; it has no answer. */
    public static final String SNAPSHOT = "lists";

    /** The answer while the database cannot be used. */
    static final String UNAVAILABLE = "away";

    static final String KEY = "key ";
    static final String HISTORY = "history ";
    private static final String NONE = "none";

    private DirectoryProtocol() {}

    /** Returns the question for the API key of a hash. */
    public static String key(String hash) {
        return KEY + hash;
    }

    /** Returns the question for the state of an account in a month. */
    public static String history(Caller caller, BillingMonth month) {
        return HISTORY + caller.id() + " " + month;
    }

    static String answer(Optional<ResolvedKey> key) {
        return key.map(found -> found.tier() + " " + RedisKeyCache.write(found.key()))
                .orElse(NONE);
    }

    static String answer(AccountState state) {
        return state.usedThisMonth()
                + state.permanentBan()
                        .map(ban -> " " + ban.bannedAt() + " " + ban.reason())
                        .orElse("");
    }

    /** Returns whether the answering node could not use its database. */
    public static boolean isUnavailable(String answer) {
        return answer.equals(UNAVAILABLE);
    }

    /**
     * Reads the answer to {@link #key}.
     *
     * @throws IllegalArgumentException if the text is no such answer
     */
    public static Optional<ResolvedKey> readKey(String answer) {
        if (answer.equals(NONE)) {
            return Optional.empty();
        }
        String[] words = answer.split(" ", 2);
        if (words.length < 2) {
            throw new IllegalArgumentException("not an answer about a key");
        }
        ApiKey key = RedisKeyCache.read(words[1]);
        return Optional.of(new ResolvedKey(key, words[0]));
    }

    /**
     * Reads the answer to {@link #history}.
     *
     * @throws IllegalArgumentException if the text is no such answer
     */
    public static AccountState readHistory(String answer) {
        String[] words = answer.split(" ", 3);
        return new AccountState(
                Long.parseLong(words[0]),
                words.length < 2
                        ? Optional.empty()
                        : Optional.of(new Ban(
                                BanLevel.PERMANENT,
                                words.length < 3 ? "" : words[2],
                                Long.parseLong(words[1]),
                                OptionalLong.empty())));
    }
}
