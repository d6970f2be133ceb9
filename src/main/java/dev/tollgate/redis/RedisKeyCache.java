package dev.tollgate.redis;

import dev.tollgate.account.ApiKey;
import dev.tollgate.account.KeyCache;
import dev.tollgate.account.KnownKey;
import dev.tollgate.limit.Caller;
import dev.tollgate.trace.CurrentRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/**
 * Keys and tiers as Redis holds them: {@code apikey:{hash}} says which key and account a hash is, {@code tier:{account}} which
 * tier the account has, so that a change of tier is one write however many keys there are. A fill never overwrites; an edit
 * always does: whoever read the database before an edit cannot bring old values back. Thread-safe.
 */
public final class RedisKeyCache implements KeyCache {

    private static final Duration KEPT = Duration.ofMinutes(10);
    private static final String NONE = "-";

    /** Stands where a key was: whoever read it from the database before it went cannot fill it in again. */
    private static final String GONE = "gone";

    /** What the previous release writes has fewer, and does not say what the key may do: the database is asked instead. */
    private static final int WORDS = 7;

    private final RedissonClient redisson;
    private final RedisKeys keys;
    private final BooleanSupplier open;
    private final Latency latency;

    /**
     * @param redisson the client
     * @param keys the keys' names
     * @param open whether there is a connection; until there is, nothing is found and nothing kept
     * @param latency is told how long look-ups took
     */
    public RedisKeyCache(RedissonClient redisson, RedisKeys keys, BooleanSupplier open, Latency latency) {
        this.redisson = redisson;
        this.keys = keys;
        this.open = open;
        this.latency = latency;
    }

    /** The same, timed by nobody. */
    public RedisKeyCache(RedissonClient redisson, RedisKeys keys, BooleanSupplier open) {
        this(redisson, keys, open, new Latency());
    }

    @Override
    public CompletionStage<Optional<KnownKey>> find(String hash) {
        if (!open.getAsBoolean()) {
            return CompletableFuture.completedStage(Optional.empty());
        }
        long asked = System.nanoTime();
        String requestId = CurrentRequest.idOrNull();
        return redisson.<String>getBucket(keys.apiKey(hash), StringCodec.INSTANCE)
                .getAsync()
                .whenComplete((text, failure) -> {
                    long now = System.nanoTime();
                    latency.record(Purpose.KEYS, now, now - asked, requestId);
                })
                .thenCompose(text -> {
                    if (text == null || text.equals(GONE) || text.split(" ").length < WORDS) {
                        return CompletableFuture.completedStage(Optional.empty());
                    }
                    ApiKey key = read(text);
                    return redisson.<String>getBucket(keys.tier(Caller.account(key.accountId())), StringCodec.INSTANCE)
                            .getAsync()
                            .thenApply(tier -> Optional.ofNullable(tier).map(name -> new KnownKey(key, name)));
                });
    }

    @Override
    public CompletionStage<Void> fill(String hash, KnownKey known) {
        if (!open.getAsBoolean()) {
            return CompletableFuture.completedStage(null);
        }
        return redisson.<String>getBucket(keys.apiKey(hash), StringCodec.INSTANCE)
                .setIfAbsentAsync(write(known.key()), KEPT)
                .thenCompose(done -> redisson.<String>getBucket(
                                keys.tier(Caller.account(known.key().accountId())), StringCodec.INSTANCE)
                        .setIfAbsentAsync(known.tier(), KEPT))
                .thenApply(done -> null);
    }

    /** After an edit: replaces what Redis holds of a key, or says that the key is gone. */
    CompletionStage<Void> replace(String hash, Optional<KnownKey> known) {
        var bucket = redisson.<String>getBucket(keys.apiKey(hash), StringCodec.INSTANCE);
        return bucket.setAsync(
                known.map(KnownKey::key).map(RedisKeyCache::write).orElse(GONE), KEPT);
    }

    /** After an edit: replaces the tier Redis holds for an account. */
    CompletionStage<Void> replaceTier(String accountId, String tier) {
        return redisson.<String>getBucket(keys.tier(Caller.account(accountId)), StringCodec.INSTANCE)
                .setAsync(tier, KEPT);
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
