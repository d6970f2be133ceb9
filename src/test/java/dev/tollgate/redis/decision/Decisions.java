package dev.tollgate.redis.decision;

import dev.tollgate.core.limit.AccountStateSource.AccountState;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.StateMissingException;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.usage.RedisPendingUsage;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import org.redisson.api.RedissonClient;

/** A fixture with a node's stores in Redis, over any kind of connection. */
public final class Decisions {

    public static final LocalDate TODAY = Instant.now().atOffset(ZoneOffset.UTC).toLocalDate();

    public final RedisKeys keys;
    public final ScriptBatcher batcher;
    public final RedisGateStore gate;
    public final RedisPendingUsage pending;

    public Decisions(RedissonClient client, String prefix) {
        this(client, prefix, Duration.ofSeconds(2));
    }

    /**
     * @param patience how long a call may take, its connection included
     */
    public Decisions(RedissonClient client, String prefix, Duration patience) {
        keys = new RedisKeys(prefix);
        batcher = new ScriptBatcher(client, 4, 64, 10_000, patience);
        gate = new RedisGateStore(batcher, keys, System::currentTimeMillis);
        pending = new RedisPendingUsage(batcher, keys, client.getConfig().isClusterConfig());
    }

    public static GateRequest request(String account, long limit) {
        return GateRequest.charge(
                Caller.account(account),
                List.of(WindowPolicy.minute(limit), new WindowPolicy("key", "key:k", limit, 60_000)),
                OptionalLong.of(1_000_000),
                1,
                BanLadder.STANDARD);
    }

    /** Decides a request; restores the state of an account if it is missing. */
    public Decision decide(String account, long limit) {
        GateRequest request = request(account, limit);
        try {
            return gate.decide(request).toCompletableFuture().join();
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof StateMissingException needed)) {
                throw e;
            }
            gate.restore(request.caller(), needed.month(), AccountState.NONE)
                    .toCompletableFuture()
                    .join();
            return gate.decide(request).toCompletableFuture().join();
        }
    }

    /** Returns the unsettled requests of a key, by the key's total. */
    public long pendingRequests(String key) {
        return pending.read(key).toCompletableFuture().join().pending().totals().totalRequests();
    }
}
