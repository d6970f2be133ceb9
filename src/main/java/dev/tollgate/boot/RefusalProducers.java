package dev.tollgate.boot;

import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.async.SafeTask;
import dev.tollgate.core.refusal.RefusalBuffer;
import dev.tollgate.core.refusal.RefusalLog;
import dev.tollgate.core.refusal.RefusalRow;
import dev.tollgate.ops.BackgroundWork;
import dev.tollgate.redis.batch.BatcherFor;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.seal.Sealing;
import dev.tollgate.redis.sync.RefusalOutboxConsumer;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Produces the way of refusals into the database, of this node's and of guards', and runs it once a second. */
@ApplicationScoped
public class RefusalProducers {

    private static final Logger LOG = System.getLogger(RefusalProducers.class.getName());
    private static final long PERIOD_MILLIS = 1_000;
    private static final int BATCH = 200;

    @Inject
    @BackgroundWork
    private ScheduledExecutorService scheduler;

    @Inject
    private Migration migration;

    @Inject
    private RefusalLog log;

    private List<ScheduledFuture<?>> tasks = List.of();

    @Produces
    @Singleton
    RefusalBuffer buffer() {
        return new RefusalBuffer(RefusalBuffer.CAPACITY);
    }

    @Produces
    @Singleton
    RefusalOutboxConsumer consumer(
            @BatcherFor(BatcherFor.Work.BACKGROUND) ScriptBatcher batcher,
            RedisKeys keys,
            Sealing sealing,
            RefusalBuffer buffer) {
        return new RefusalOutboxConsumer(
                batcher,
                keys,
                sealing,
                buffer,
                () -> migration.isDone() && buffer.waiting() < RefusalBuffer.CAPACITY / 2);
    }

    /** Starts the periodic tasks, which run until {@link #stop}. */
    public void start(RefusalBuffer buffer, RefusalOutboxConsumer consumer) {
        tasks = List.of(
                scheduler.scheduleWithFixedDelay(
                        SafeTask.of(() -> take(consumer)), PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS),
                scheduler.scheduleWithFixedDelay(
                        SafeTask.of(() -> write(buffer)), PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS));
    }

    /** Stops the tasks and writes what waits, if the database answers. Never fails. */
    public void stop(RefusalBuffer buffer) {
        tasks.forEach(task -> task.cancel(false));
        try {
            buffer.flush(BATCH, log::keep);
        } catch (RuntimeException e) {
            // The server may have ended transactions by now.
            LOG.log(Level.DEBUG, "refusals could not be written at the end", e);
        }
    }

    private static void take(RefusalOutboxConsumer consumer) {
        try {
            consumer.run();
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "the refusals of guards could not be taken", e);
        }
    }

    private void write(RefusalBuffer buffer) {
        if (!migration.isDone()) {
            return;
        }
        try {
            buffer.flush(BATCH, rows -> keep(rows, buffer));
        } catch (DatabaseUnavailableException e) {
            // Readiness and the audit trail's writer report the outage.
            LOG.log(Level.DEBUG, "refusals could not be written yet", e);
        }
    }

    /** What the database rejects is dropped, since it would be rejected again and hold all others up. */
    private void keep(List<RefusalRow> rows, RefusalBuffer buffer) {
        try {
            log.keep(rows);
        } catch (DatabaseUnavailableException e) {
            throw e;
        } catch (RuntimeException e) {
            buffer.drop(rows.size());
            LOG.log(Level.ERROR, "rows of refusals were rejected by the database: rows=" + rows.size(), e);
        }
    }
}
