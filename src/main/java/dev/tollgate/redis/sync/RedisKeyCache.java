package dev.tollgate.redis.sync;

import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.KeyCache;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.trace.CurrentRequest;
import dev.tollgate.redis.batch.LatencyRecorder;
import dev.tollgate.redis.batch.Operation;
import dev.tollgate.redis.batch.Script;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.seal.Sealing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.redisson.api.RScript;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/**
 * Keys as Redis holds them: {@code apikey:{hash}} says under seal which key and account a hash is and which tier the account has.
 * What bears no right seal is treated as absent, and replaced. A fill replaces only what is older or not to be believed; an edit
 * replaces whatever is there. Thread-safe.
 *
 * <p>The value's first six words are those of the previous release, which passes over the rest; {@code tier:{account}} is written
 * for that release alone.
 */
public final class RedisKeyCache implements KeyCache {

    /** How long a value lies in Redis, and how old it may be. */
    static final Duration KEPT = Duration.ofMinutes(10);

    private static final Script FILL = Script.load(Operation.KEYS, "sync/key_replace");
    private static final String NONE = "-";

    /** Stands where a key was: whoever read it from the database before it went cannot fill it in again. */
    private static final String GONE = "gone";

    /** What the previous release writes has fewer, and does not say what the key may do. */
    private static final int WORDS = 7;

    private final RedissonClient redisson;
    private final RedisKeys keys;
    private final Sealing sealing;
    private final BooleanSupplier open;
    private final LatencyRecorder latency;

    /**
     * @param redisson the client
     * @param keys the keys' names
     * @param sealing seals and opens values; until it has a secret, nothing is found and nothing kept
     * @param open whether there is a connection; until there is, nothing is found and nothing kept
     * @param latency is told how long look-ups took
     */
    public RedisKeyCache(
            RedissonClient redisson, RedisKeys keys, Sealing sealing, BooleanSupplier open, LatencyRecorder latency) {
        this.redisson = redisson;
        this.keys = keys;
        this.sealing = sealing;
        this.open = open;
        this.latency = latency;
    }

    /** The same, timed by nobody. */
    public RedisKeyCache(RedissonClient redisson, RedisKeys keys, Sealing sealing, BooleanSupplier open) {
        this(redisson, keys, sealing, open, new LatencyRecorder());
    }

    @Override
    public CompletionStage<Optional<Cached>> find(String hash) {
        if (!open.getAsBoolean()) {
            return CompletableFuture.completedStage(Optional.empty());
        }
        long asked = System.nanoTime();
        String requestId = CurrentRequest.idOrNull();
        return get(hash)
                .whenComplete((text, failure) -> {
                    long now = System.nanoTime();
                    latency.record(Operation.KEYS, now, now - asked, requestId);
                })
                .thenApply(text -> opened(hash, text));
    }

    private CompletionStage<String> get(String hash) {
        return redisson.<String>getBucket(keys.apiKey(hash), StringCodec.INSTANCE)
                .getAsync();
    }

    private Optional<Cached> opened(String hash, String text) {
        if (text == null || text.equals(GONE)) {
            return Optional.empty();
        }
        return sealing.open(Sealing.Subject.KEY, keys.apiKey(hash), text, KEPT)
                .map(opened -> new Cached(readWithTier(opened.text()), opened.atMillis()));
    }

    @Override
    public CompletionStage<Void> fill(String hash, ResolvedKey known, long asOfMillis) {
        if (!open.getAsBoolean() || !sealing.isReady()) {
            return CompletableFuture.completedStage(null);
        }
        String value = sealed(hash, known, asOfMillis);
        return get(hash)
                // Another type than text lies there: the script takes it out.
                .exceptionally(failure -> "")
                .thenCompose(there -> isBetter(hash, there, asOfMillis)
                        ? CompletableFuture.completedStage(null)
                        : put(hash, there, value, known));
    }

    private boolean isBetter(String hash, String there, long asOfMillis) {
        if (there == null || there.isEmpty()) {
            return false;
        }
        return there.equals(GONE)
                || opened(hash, there)
                        .filter(found -> found.asOfMillis() >= asOfMillis)
                        .isPresent();
    }

    /** Puts a value in the place of what was found there, unless something else came there meanwhile. */
    private CompletionStage<Void> put(String hash, String there, String value, ResolvedKey known) {
        RScript scripts = redisson.getScript(StringCodec.INSTANCE);
        return scripts.<String>evalAsync(
                        RScript.Mode.READ_WRITE,
                        FILL.body(),
                        RScript.ReturnType.STRING,
                        List.of(keys.apiKey(hash)),
                        there == null ? "" : there,
                        value,
                        Long.toString(KEPT.toMillis()))
                .thenCompose(done -> redisson.<String>getBucket(tierOf(known), StringCodec.INSTANCE)
                        .setIfAbsentAsync(known.tier(), KEPT))
                .thenApply(done -> null);
    }

    private String tierOf(ResolvedKey known) {
        return keys.tier(Caller.account(known.key().accountId()));
    }

    private String sealed(String hash, ResolvedKey known, long asOfMillis) {
        return sealing.seal(keys.apiKey(hash), writeWithTier(known), asOfMillis);
    }

    /**
     * After an edit: replaces what Redis holds of a key, or says that the key is gone.
     *
     * @param asOfMillis a moment before the database was asked
     */
    public CompletionStage<Void> replace(String hash, Optional<ResolvedKey> known, long asOfMillis) {
        var bucket = redisson.<String>getBucket(keys.apiKey(hash), StringCodec.INSTANCE);
        return bucket.setAsync(known.map(key -> sealed(hash, key, asOfMillis)).orElse(GONE), KEPT);
    }

    /** After an edit: replaces the tier that nodes of the previous release read. */
    public CompletionStage<Void> replaceTier(String accountId, String tier) {
        return redisson.<String>getBucket(keys.tier(Caller.account(accountId)), StringCodec.INSTANCE)
                .setAsync(tier, KEPT);
    }

    /** A key with its account's tier, which goes last. */
    public static String writeWithTier(ResolvedKey known) {
        return write(known.key()) + " " + known.tier();
    }

    /** Reads what {@link #writeWithTier} wrote. */
    static ResolvedKey readWithTier(String text) {
        return new ResolvedKey(read(text), text.substring(text.lastIndexOf(' ') + 1));
    }

    /** A key as Redis holds it. */
    static String write(ApiKey key) {
        return String.join(
                " ",
                key.id(),
                key.accountId(),
                key.active() ? "1" : "0",
                key.expiresAt() == null ? NONE : Long.toString(key.expiresAt().toEpochMilli()),
                key.windowLimit().isEmpty()
                        ? NONE
                        : Long.toString(key.windowLimit().getAsLong()),
                key.prefix(),
                key.postUsage() == null ? NONE : key.postUsage() ? "1" : "0");
    }

    /** Reads what {@link #write} wrote; its name and when it was made are not kept. */
    static ApiKey read(String text) {
        String[] words = text.split(" ");
        return new ApiKey(
                words[0],
                words[1],
                "",
                words[5],
                words[2].equals("1"),
                Instant.EPOCH,
                words[3].equals(NONE) ? null : Instant.ofEpochMilli(Long.parseLong(words[3])),
                words[4].equals(NONE) ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(words[4])),
                words.length < WORDS || words[6].equals(NONE) ? null : Boolean.valueOf(words[6].equals("1")));
    }
}
