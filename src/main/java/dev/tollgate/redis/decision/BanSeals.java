package dev.tollgate.redis.decision;

import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.redis.batch.Operation;
import dev.tollgate.redis.batch.Script;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.seal.Sealing;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The seals of permanent bans, and of their lifts, in Redis. Thread-safe; waits for nothing. */
final class BanSeals {

    private static final Script BAN_SEAL = Script.load(Operation.GATE, "decision/ban_seal");
    private static final Duration LIFTED_FOR = Duration.ofMinutes(1);
    private static final Duration FOREVER = Duration.ofDays(36_500);

    private final ScriptBatcher batcher;
    private final RedisKeys keys;
    private final Sealing sealing;

    BanSeals(ScriptBatcher batcher, RedisKeys keys, Sealing sealing) {
        this.batcher = batcher;
        this.keys = keys;
        this.sealing = sealing;
    }

    /** Seals a permanent ban in Redis. Without a secret to seal with it does nothing. */
    void confirm(Caller caller, Ban permanent) {
        if (sealing.isReady()) {
            String ban = GateReplyParser.write(permanent);
            call(caller, ban, sealing.seal(keys.permanentBan(caller), ban));
        }
    }

    /** Completes with whether Redis has a seal of this permanent ban; with false where Redis fails. */
    CompletionStage<Boolean> isConfirmed(Caller caller, Ban permanent) {
        String ban = GateReplyParser.write(permanent);
        return call(caller, ban, "")
                .thenApply(seal -> !seal.isEmpty()
                        && sealing.open(Sealing.Subject.BAN, keys.permanentBan(caller), seal, FOREVER)
                                .filter(opened -> opened.text().equals(ban))
                                .isPresent())
                .exceptionally(failure -> false);
    }

    private CompletableFuture<String> call(Caller caller, String ban, String sealed) {
        return batcher.call(BAN_SEAL, List.of(keys.permanentBan(caller), keys.permanentBanSeal(caller)), ban, sealed);
    }

    /** Returns the seal of a lift that happens now; empty without a secret to seal with. */
    String ofLift(Caller caller) {
        return sealing.isReady() ? sealing.seal(keys.lifted(caller), "lifted") : "";
    }

    /** Returns whether a text is the seal of a lift of the last minute. */
    boolean isLift(Caller caller, String sealed) {
        return sealing.open(Sealing.Subject.LIFT, keys.lifted(caller), sealed, LIFTED_FOR)
                .isPresent();
    }
}
