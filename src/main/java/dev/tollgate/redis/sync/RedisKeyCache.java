package dev.tollgate.redis.sync;

import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.KeyCache;
import dev.tollgate.core.account.LimitOverride;
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
import org.jspecify.annotations.Nullable;
import org.redisson.api.RScript;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/**
 * A cache of API keys in Redis: {@code apikey:{hash}} holds, sealed, the key of a hash, its account and the account's tier.
 *
 * <p>A value without a right seal is treated as absent. {@link #fill} replaces only older values and those without a right seal;
 * {@link #replace} replaces any. Thread-safe; never blocks.
 *
 * <p>A value of the previous release is treated as absent, too, since it lacks what that release does not know.
 *
 * <p>The first six words of a value are those of the previous release, which skips the rest. {@code tier:{account}} is written
 * only for that release.
 */
public final class RedisKeyCache implements KeyCache {

    /** The expiry of a value in Redis, and the greatest age of its seal. */
    static final Duration TTL = Duration.ofMinutes(10);

    private static final Script FILL = Script.load(Operation.KEYS, "sync/key_replace");
    private static final String NONE = "-";

    /** The value of a deleted key, so that a node that read the key before the deletion cannot fill it in again. */
    private static final String GONE = "gone";

    /**
     * The word before the tier, which the previous release skips and does not write. Without it a value says nothing of what a
     * key is restricted to, nor of limits of its account.
     */
    private static final String RELEASE = " v=2 ";

    /** The beginning of the word with the account's own limits, which the previous release skips. */
    private static final String OVERRIDE = " limits=";

    /** Values of the previous release have fewer words: the last one, the permission to post usage, is missing. */
    private static final int WORDS = 7;

    private final RedissonClient redisson;
    private final RedisKeys keys;
    private final Sealing sealing;
    private final BooleanSupplier connected;
    private final LatencyRecorder latency;

    /**
     * @param sealing seals and opens values; without a secret the cache is empty
     * @param connected whether there has been a connection; until then the cache is empty
     * @param latency records how long lookups took
     */
    public RedisKeyCache(
            RedissonClient redisson,
            RedisKeys keys,
            Sealing sealing,
            BooleanSupplier connected,
            LatencyRecorder latency) {
        this.redisson = redisson;
        this.keys = keys;
        this.sealing = sealing;
        this.connected = connected;
        this.latency = latency;
    }

    /** Creates a cache whose lookups are not recorded. */
    public RedisKeyCache(RedissonClient redisson, RedisKeys keys, Sealing sealing, BooleanSupplier connected) {
        this(redisson, keys, sealing, connected, new LatencyRecorder());
    }

    @Override
    public CompletionStage<Optional<Cached>> find(String hash) {
        if (!connected.getAsBoolean()) {
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

    private Optional<Cached> opened(String hash, @Nullable String text) {
        if (text == null || text.equals(GONE)) {
            return Optional.empty();
        }
        return sealing.open(Sealing.Subject.KEY, keys.apiKey(hash), text, TTL)
                .filter(opened -> opened.text().contains(RELEASE))
                .map(opened -> new Cached(readWithTier(opened.text()), opened.atMillis()));
    }

    @Override
    public CompletionStage<Void> fill(String hash, ResolvedKey known, long asOfMillis) {
        if (!connected.getAsBoolean() || !sealing.isReady()) {
            return CompletableFuture.completedStage(null);
        }
        String value = sealed(hash, known, asOfMillis);
        return get(hash)
                // A value of another type: the script deletes it.
                .exceptionally(failure -> "")
                .thenCompose(current -> isBetter(hash, current, asOfMillis)
                        ? CompletableFuture.completedStage(null)
                        : put(hash, current, value, known));
    }

    private boolean isBetter(String hash, @Nullable String current, long asOfMillis) {
        if (current == null || current.isEmpty()) {
            return false;
        }
        return current.equals(GONE)
                || opened(hash, current)
                        .filter(found -> found.asOfMillis() >= asOfMillis)
                        .isPresent();
    }

    /** Replaces the value that was found, unless it has changed meanwhile. */
    private CompletionStage<Void> put(String hash, String current, String value, ResolvedKey known) {
        RScript scripts = redisson.getScript(StringCodec.INSTANCE);
        return scripts.<String>evalAsync(
                        RScript.Mode.READ_WRITE,
                        FILL.body(),
                        RScript.ReturnType.STRING,
                        List.of(keys.apiKey(hash)),
                        current == null ? "" : current,
                        value,
                        Long.toString(TTL.toMillis()))
                .thenCompose(done -> redisson.<String>getBucket(tierOf(known), StringCodec.INSTANCE)
                        .setIfAbsentAsync(known.tier(), TTL))
                .thenApply(done -> null);
    }

    private String tierOf(ResolvedKey known) {
        return keys.tier(Caller.account(known.key().accountId()));
    }

    private String sealed(String hash, ResolvedKey known, long asOfMillis) {
        return sealing.seal(keys.apiKey(hash), writeWithTier(known), asOfMillis);
    }

    /**
     * Replaces the value of a key after a change, or marks the key as deleted.
     *
     * @param asOfMillis a time before the database was read
     */
    public CompletionStage<Void> replace(String hash, Optional<ResolvedKey> known, long asOfMillis) {
        var bucket = redisson.<String>getBucket(keys.apiKey(hash), StringCodec.INSTANCE);
        return bucket.setAsync(known.map(key -> sealed(hash, key, asOfMillis)).orElse(GONE), TTL);
    }

    /** Replaces, after a change, the tier that nodes of the previous release read. */
    public CompletionStage<Void> replaceTier(String accountId, String tier) {
        return redisson.<String>getBucket(keys.tier(Caller.account(accountId)), StringCodec.INSTANCE)
                .setAsync(tier, TTL);
    }

    /** Writes a key, its account's own limits and, as the last word, its account's tier. */
    public static String writeWithTier(ResolvedKey known) {
        return writeWithOverride(known) + RELEASE + known.tier();
    }

    /** Reads what {@link #writeWithTier} wrote. */
    static ResolvedKey readWithTier(String text) {
        return readWithOverride(text, text.substring(text.lastIndexOf(' ') + 1));
    }

    /** Writes a key and, as a word that tells what it is, its account's own limits. */
    static String writeWithOverride(ResolvedKey known) {
        LimitOverride override = known.override();
        return write(known.key()) + (override == null ? "" : OVERRIDE + override.write());
    }

    /** Reads what {@link #writeWithOverride} wrote. */
    static ResolvedKey readWithOverride(String text, String tier) {
        int at = text.indexOf(OVERRIDE);
        LimitOverride override = at < 0
                ? null
                : LimitOverride.read(text.substring(at + OVERRIDE.length()).split(" ", 2)[0]);
        return new ResolvedKey(read(text), tier, override);
    }

    /** Writes a key. */
    static String write(ApiKey key) {
        return String.join(
                        " ",
                        key.id(),
                        key.accountId(),
                        key.active() ? "1" : "0",
                        key.expiresAt() == null
                                ? NONE
                                : Long.toString(key.expiresAt().toEpochMilli()),
                        key.windowLimit().isEmpty()
                                ? NONE
                                : Long.toString(key.windowLimit().getAsLong()),
                        key.prefix(),
                        key.postUsage() == null ? NONE : key.postUsage() ? "1" : "0")
                + KeyAccessText.write(key.access());
    }

    /** Reads what {@link #write} wrote. The name and the creation time are not kept. */
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
                words.length < WORDS || words[6].equals(NONE) ? null : Boolean.valueOf(words[6].equals("1")),
                KeyAccessText.read(words));
    }
}
