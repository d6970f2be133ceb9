package dev.tollgate.redis.sync;

import dev.tollgate.core.refusal.RefusalBuffer;
import dev.tollgate.core.refusal.RefusalRow;
import dev.tollgate.redis.batch.Operation;
import dev.tollgate.redis.batch.Script;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.seal.Sealing;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * An outbox for the rows of refusals of a guard, which has no database. It works as {@link Outbox} does, with a list of its own, so
 * that refusals push no permanent bans and audit events out.
 *
 * <p>An entry holds {@value #ROWS_PER_ENTRY} rows at most, and Redis {@value #MAX_IN_REDIS} entries. Beyond that, while no node with
 * a database takes them, new rows are dropped and counted. An entry that Redis did not confirm is sent again, which changes
 * nothing, since a row that is kept twice is one. Without a secret, all rows are dropped. Thread-safe.
 */
public final class RefusalOutbox {

    private static final Logger LOG = System.getLogger(RefusalOutbox.class.getName());
    private static final Script APPEND = Script.load(Operation.EDITS, "sync/outbox_append");
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final int ENTRIES_PER_CALL = 10;

    /** Rows in an entry at most. */
    static final int ROWS_PER_ENTRY = 20;

    /** Entries in Redis at most. */
    static final int MAX_IN_REDIS = 1_000;

    private final ScriptBatcher batcher;
    private final RedisKeys keys;
    private final Sealing sealing;
    private final RefusalBuffer rows;
    private long reported;
    private boolean dropping;
    private boolean taken;

    /**
     * @param rows the rows to send
     */
    public RefusalOutbox(ScriptBatcher batcher, RedisKeys keys, Sealing sealing, RefusalBuffer rows) {
        this.batcher = batcher;
        this.keys = keys;
        this.sealing = sealing;
        this.rows = rows;
    }

    /** Sends the waiting rows to Redis. Called every second or so; blocks two seconds per call at most. */
    public synchronized void flush() {
        taken = false;
        try {
            rows.flush(ENTRIES_PER_CALL * ROWS_PER_ENTRY, this::send);
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "rows of refusals could not be sent yet", e);
        }
        report();
    }

    /** Logs when rows begin to be dropped and when they are taken again. Without a secret the guard's start has said so. */
    private void report() {
        long dropped = rows.dropped();
        boolean more = dropped > reported;
        reported = dropped;
        if (more && !dropping && sealing.isReady()) {
            dropping = true;
            LOG.log(Level.WARNING, "rows of refusals are being dropped: no node with a database takes them");
        } else if (dropping && !more && taken) {
            dropping = false;
            LOG.log(Level.INFO, "rows of refusals are taken again: dropped={0,number,#}", dropped);
        }
    }

    private void send(List<RefusalRow> portion) {
        if (!sealing.isReady()) {
            rows.drop(portion.size());
            return;
        }
        List<String> arguments = new ArrayList<>(List.of(Integer.toString(MAX_IN_REDIS)));
        for (int from = 0; from < portion.size(); from += ROWS_PER_ENTRY) {
            List<RefusalRow> entry = portion.subList(from, Math.min(portion.size(), from + ROWS_PER_ENTRY));
            arguments.add(sealing.seal(keys.refusals(), RefusalCodec.write(entry)));
        }
        String refused = Replies.await(
                batcher.call(APPEND, List.of(keys.refusals()), arguments.toArray(String[]::new)), TIMEOUT);
        taken = refused.equals("0");
        int kept = Math.max(0, arguments.size() - 1 - Integer.parseInt(refused));
        rows.drop(Math.max(0, portion.size() - kept * ROWS_PER_ENTRY));
    }
}
