package dev.tollgate.redis.sync;

import dev.tollgate.core.account.AccountDirectory;
import dev.tollgate.core.account.PrincipalName;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.account.Tiers;
import dev.tollgate.core.limit.AccountStateSource.AccountState;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
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
    static final String PRINCIPAL = "principal ";
    private static final String NONE = "none";

    private DirectoryProtocol() {}

    /** Returns the question for the API key of a hash. */
    public static String key(String hash) {
        return KEY + hash;
    }

    /** Returns the question for a new account for a principal. Nodes of the previous release do not answer it. */
    public static String principal(PrincipalName name, String tier, int most) {
        return PRINCIPAL + tier + " " + most + " "
                + Base64.getUrlEncoder().encodeToString(name.text().getBytes(StandardCharsets.UTF_8));
    }

    /** Answers {@link #principal}; empty if the text is no such question. */
    static Optional<String> answerPrincipal(String question, AccountDirectory directory) {
        String[] words = question.substring(PRINCIPAL.length()).split(" ");
        if (words.length != 3 || !Tiers.NAME.matcher(words[0]).matches() || !words[1].matches("[0-9]{1,7}")) {
            return Optional.empty();
        }
        String name = new String(Base64.getUrlDecoder().decode(words[2]), StandardCharsets.UTF_8);
        return PrincipalName.isName(name)
                ? Optional.of(answer(
                        directory.createForPrincipal(new PrincipalName(name), words[0], Integer.parseInt(words[1]))))
                : Optional.empty();
    }

    /** Returns the question for the state of an account in a month. */
    public static String history(Caller caller, BillingMonth month) {
        return HISTORY + caller.id() + " " + month;
    }

    static String answer(Optional<ResolvedKey> key) {
        return key.map(found -> found.tier() + " " + RedisKeyCache.writeWithOverride(found))
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
        return Optional.of(RedisKeyCache.readWithOverride(words[1], words[0]));
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
