package dev.tollgate.redis.sync;

import dev.tollgate.core.refusal.RefusalBuffer;
import dev.tollgate.redis.batch.Operation;
import dev.tollgate.redis.batch.Script;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.seal.Sealing;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A consumer of the rows that guards put into their {@link RefusalOutbox}: it takes them from Redis into this node's buffer.
 *
 * <p>An entry is taken if its seal is right and it is less than a day old. One that comes again changes nothing, since a row that is
 * kept twice is one. While the buffer has no room, entries stay in Redis. For one thread at a time.
 *
 * <p><b>Known limitation</b>: rows that were taken and are not yet written are lost if the process is killed.
 */
public final class RefusalOutboxConsumer {

    private static final Logger LOG = System.getLogger(RefusalOutboxConsumer.class.getName());
    private static final Script TAKE = Script.load(Operation.EDITS, "sync/outbox_take");
    private static final int BATCH_SIZE = 50;
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration LIFE = Duration.ofDays(1);

    private final ScriptBatcher batcher;
    private final RedisKeys keys;
    private final Sealing sealing;
    private final RefusalBuffer rows;
    private final BooleanSupplier hasRoom;

    /**
     * @param rows takes the rows
     * @param hasRoom whether it takes {@value #BATCH_SIZE} entries more
     */
    public RefusalOutboxConsumer(
            ScriptBatcher batcher, RedisKeys keys, Sealing sealing, RefusalBuffer rows, BooleanSupplier hasRoom) {
        this.batcher = batcher;
        this.keys = keys;
        this.sealing = sealing;
        this.rows = rows;
        this.hasRoom = hasRoom;
    }

    /**
     * Takes all entries there are.
     *
     * @throws RedisUnavailableException if Redis did not reply
     */
    public void run() {
        int got = BATCH_SIZE;
        while (got == BATCH_SIZE && hasRoom.getAsBoolean() && sealing.isReady()) {
            List<Object> entries = Replies.await(
                    batcher.callForList(TAKE, List.of(keys.refusals()), Integer.toString(BATCH_SIZE)), TIMEOUT);
            got = entries.size();
            for (Object entry : entries) {
                sealing.open(Sealing.Subject.HANDOVER, keys.refusals(), entry.toString(), LIFE)
                        .ifPresent(opened -> take(opened.text()));
            }
        }
    }

    private void take(String entry) {
        try {
            rows.put(RefusalCodec.read(entry));
        } catch (IllegalArgumentException e) {
            LOG.log(Level.WARNING, "an entry with a guard''s refusals is dropped: {0}", e.getMessage());
        }
    }
}
