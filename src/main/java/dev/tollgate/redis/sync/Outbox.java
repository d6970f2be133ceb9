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
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * The audit trail and the register of permanent bans of a node without a database: both go into a list in Redis, from which a
 * node that has one takes them ({@link OutboxConsumer}). Bounded here, while Redis is away, and there, while no such node is up;
 * at either bound what is new is dropped and counted. Each entry is sealed and has an id, so that what Redis did not confirm can be sent
 * again and is taken once. Without a secret nothing is handed over: nobody would believe it. Thread-safe; never blocks a request.
 */
public final class Outbox implements AuditSink, BanSink {

    private static final Logger LOG = System.getLogger(Outbox.class.getName());
    private static final Script APPEND = Script.load(Operation.EDITS, "sync/outbox_append");
    private static final int BATCH_SIZE = 200;
    private static final long PATIENCE_SECONDS = 2;
    private static final String REQUEST = "request";

    /** The most entries in Redis. */
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
     * @param batcher how entries travel
     * @param keys the list's name
     * @param sealing seals entries
     * @param most how many entries wait here at most
     */
    public Outbox(ScriptBatcher batcher, RedisKeys keys, Sealing sealing, int most) {
        this.batcher = batcher;
        this.keys = keys;
        this.sealing = sealing;
        this.waiting = new LinkedBlockingQueue<>(most);
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

    /** An entry is this node's name, its number there, and what is handed over. */
    private void offer(String text) {
        if (!sealing.isReady()) {
            drop(1);
            return;
        }
        put(sealing.seal(keys.handover(), name + " " + numbers.incrementAndGet() + " " + text));
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
            LOG.log(Level.WARNING, "nobody takes audit events and permanent bans any more; they are being dropped");
        }
    }

    /** Hands over what waits; to be called a few times a second, by one thread at a time. Waits for Redis two seconds at most. */
    public synchronized void flush() {
        List<String> batch = new ArrayList<>(BATCH_SIZE);
        try {
            while (waiting.drainTo(batch, BATCH_SIZE) > 0) {
                String[] arguments = new String[batch.size() + 1];
                arguments[0] = Integer.toString(MAX_IN_REDIS);
                for (int i = 0; i < batch.size(); i++) {
                    arguments[i + 1] = batch.get(i);
                }
                String refused = batcher.call(APPEND, List.of(keys.handover()), arguments)
                        .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                batch.clear();
                acknowledge(Long.parseLong(refused));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            batch.forEach(this::put);
        } catch (Exception e) {
            LOG.log(Level.DEBUG, "cannot be handed over yet", e);
            batch.forEach(this::put);
        }
    }

    private void acknowledge(long refused) {
        if (refused > 0) {
            drop(refused);
        } else if (reported) {
            reported = false;
            LOG.log(Level.INFO, "audit events are taken again; {0} were dropped", dropped.sum());
        }
    }

    /** Entries dropped at either bound. */
    public long dropped() {
        return dropped.sum();
    }

    /** Entries not yet handed over. */
    public int waiting() {
        return waiting.size();
    }
}
