package dev.tollgate.redis.sync;

import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.audit.AuditSink;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanSink;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.trace.CurrentRequest;
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
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * An outbox for the audit events and permanent bans of a guard, which has no database.
 *
 * <p>Entries go into a list in Redis, from which a node with a database takes them; see {@link OutboxConsumer}. Two bounds
 * apply: one in memory, while Redis is down, and {@value #MAX_IN_REDIS} entries in Redis, while no such node runs. At either
 * bound, new entries are dropped and counted. Each entry is sealed and has an ID, so an entry that Redis did not confirm is
 * sent again and is still taken once. Without a secret, all entries are dropped. Thread-safe; never blocks a request.
 */
public final class Outbox implements AuditSink, BanSink {

    private static final Logger LOG = System.getLogger(Outbox.class.getName());
    private static final Script APPEND = Script.load(Operation.EDITS, "sync/outbox_append");
    private static final int BATCH_SIZE = 200;
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final String REQUEST = "request";

    /** Entries in Redis at most. */
    static final int MAX_IN_REDIS = 20_000;

    private final ScriptBatcher batcher;
    private final RedisKeys keys;
    private final Sealing sealing;
    private final String name = UUID.randomUUID().toString().replace("-", "");
    private final AtomicLong numbers = new AtomicLong();
    private final BlockingQueue<String> waiting;
    private final LongAdder dropped = new LongAdder();
    private volatile boolean reported;

    /**
     * @param capacity entries in memory at most
     */
    public Outbox(ScriptBatcher batcher, RedisKeys keys, Sealing sealing, int capacity) {
        this.batcher = batcher;
        this.keys = keys;
        this.sealing = sealing;
        this.waiting = new LinkedBlockingQueue<>(capacity);
    }

    @Override
    public void note(AuditEvent event) {
        String id = CurrentRequest.idOrNull();
        offer(OutboxCodec.write(id == null ? event : event.with(REQUEST, id)));
    }

    @Override
    public void keep(Caller caller, Ban permanent) {
        offer(OutboxCodec.write(caller, permanent));
    }

    @Override
    public void supersede(Caller caller) {
        String ban = " " + OutboxCodec.BAN + caller.id() + " ";
        waiting.removeIf(entry -> entry.contains(ban));
    }

    /** Adds an entry: this guard's name, the entry's number, and the text. */
    private void offer(String text) {
        if (!sealing.isReady()) {
            drop(1);
            return;
        }
        put(sealing.seal(keys.outboxes(), name + " " + numbers.incrementAndGet() + " " + text));
    }

    private void put(String entry) {
        if (!waiting.offer(entry)) {
            drop(1);
        }
    }

    private void drop(long count) {
        dropped.add(count);
        if (!reported) {
            reported = true;
            LOG.log(
                    Level.WARNING,
                    "audit events and permanent bans are being dropped: no node with a database takes them");
        }
    }

    /**
     * Sends the waiting entries to Redis. Called a few times a second, by one thread at a time; blocks two seconds per batch at
     * most.
     */
    public synchronized void flush() {
        List<String> batch = new ArrayList<>(BATCH_SIZE);
        try {
            while (waiting.drainTo(batch, BATCH_SIZE) > 0) {
                String[] arguments = new String[batch.size() + 1];
                arguments[0] = Integer.toString(MAX_IN_REDIS);
                for (int i = 0; i < batch.size(); i++) {
                    arguments[i + 1] = batch.get(i);
                }
                String refused = Replies.await(batcher.call(APPEND, List.of(keys.outboxes()), arguments), TIMEOUT);
                batch.clear();
                acknowledge(Long.parseLong(refused));
            }
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "the outbox could not be sent yet", e);
            batch.forEach(this::put);
        }
    }

    private void acknowledge(long refused) {
        if (refused > 0) {
            drop(refused);
        } else if (reported) {
            reported = false;
            LOG.log(Level.INFO, "audit events are taken again: dropped={0,number,#}", dropped.sum());
        }
    }

    /** Returns the number of entries dropped since the start. */
    public long dropped() {
        return dropped.sum();
    }

    /** Returns the number of entries in memory. */
    public int waiting() {
        return waiting.size();
    }
}
