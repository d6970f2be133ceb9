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

/** Questions and answers as they travel: one line each, words apart by a blank. */
public final class DirectoryProtocol {

    /** Asks that the shared lists be written anew; answered by writing them. */
    public static final String LISTS = "lists";

    /** The answer that the database cannot be asked. */
    static final String UNAVAILABLE = "away";

    static final String KEY = "key ";
    static final String HISTORY = "history ";
    private static final String NONE = "none";

    private DirectoryProtocol() {}

    /** Asks which key a hash is. */
    public static String key(String hash) {
        return KEY + hash;
    }

    /** Asks what is remembered of a caller. */
    public static String history(Caller caller, BillingMonth month) {
        return HISTORY + caller.id() + " " + month;
    }

    static String answer(Optional<ResolvedKey> known) {
        return known.map(key -> key.tier() + " " + RedisKeyCache.write(key.key()))
                .orElse(NONE);
    }

    static String answer(AccountState remembered) {
        return remembered.usedThisMonth()
                + remembered
                        .permanentBan()
                        .map(ban -> " " + ban.bannedAt() + " " + ban.reason())
                        .orElse("");
    }

    /** Whether the answer says that the database is away. */
    public static boolean isUnavailable(String answer) {
        return answer.equals(UNAVAILABLE);
    }

    /**
     * Reads the answer to {@link #key}.
     *
     * @throws IllegalArgumentException if it is none
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
     * @throws IllegalArgumentException if it is none
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
