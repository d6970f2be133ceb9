package dev.tollgate.postgres.audit;

import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.audit.AuditSink;
import dev.tollgate.core.trace.CurrentRequest;
import dev.tollgate.postgres.support.Database;
import dev.tollgate.postgres.support.DatabaseErrors;
import dev.tollgate.postgres.support.DetailsJson;
import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * An audit sink that writes events to PostgreSQL in the background: a bounded queue, one thread, and batches in order of arrival.
 * Thread-safe; {@link #note} never blocks.
 *
 * <p>While PostgreSQL is unavailable, the current batch is tried again at growing intervals of up to {@link #MAX_PAUSE}, and
 * further events are queued. At the bound of the queue, new events are dropped and counted. A batch whose commit was cut off is
 * written again, so rows may be there twice but are not missing. A row that the database rejects is dropped, counted and
 * logged; the rest of its batch is written. An event caused by a request has the request's ID.
 *
 * <p><b>Known limitation</b>: queued events are lost if the process is killed.
 */
public final class JpaAuditSink implements AuditSink, AutoCloseable {

    /** The longest pause between two attempts while the database is unavailable. */
    public static final Duration MAX_PAUSE = Duration.ofSeconds(2);

    private static final System.Logger LOG = System.getLogger(JpaAuditSink.class.getName());
    private static final String REQUEST = "request";
    private static final int BATCH = 500;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LAST_ATTEMPTS = Duration.ofSeconds(5);
    private static final String INSERT =
            "INSERT INTO audit_logs (at, type, caller, actor, details) VALUES (?, ?, ?, ?, CAST(? AS jsonb))";

    /** {@code undefined_table}, by PostgreSQL's appendix A. */
    private static final String NO_TABLES = "42P01";

    private final Database database;
    private final BlockingQueue<AuditEvent> queue;
    private final LongAdder dropped = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final Thread writer;
    private volatile boolean full;
    private volatile boolean unavailable;
    private volatile boolean closing;
    private volatile long closingSince;

    /**
     * Creates the sink and starts its thread.
     *
     * @param capacity queued events at most
     * @param threads creates the thread; inside a server the container's, so that it can use transactions
     */
    public JpaAuditSink(Database database, int capacity, ThreadFactory threads) {
        this.database = database;
        this.queue = new ArrayBlockingQueue<>(capacity);
        this.writer = threads.newThread(this::write);
        this.writer.setName("tollgate-audit");
        this.writer.setDaemon(true);
        this.writer.start();
    }

    @Override
    public void note(AuditEvent event) {
        AuditEvent withRequest =
                CurrentRequest.id().map(id -> event.with(REQUEST, id)).orElse(event);
        if (closing || !queue.offer(withRequest)) {
            dropped.increment();
            if (!full) {
                full = true;
                LOG.log(System.Logger.Level.WARNING, "the audit trail is full; events are being dropped");
            }
        }
    }

    private void logIfNoLongerFull() {
        if (full && !isFull()) {
            full = false;
            LOG.log(
                    System.Logger.Level.INFO,
                    "the audit trail takes events again: dropped={0,number,#}",
                    dropped.sum());
        }
    }

    /** Returns the number of events dropped at the bound or at the end. */
    public long dropped() {
        return dropped.sum();
    }

    /** Returns the number of events that the database rejected. */
    public long refused() {
        return refused.sum();
    }

    /** Returns the number of queued events. */
    public int waiting() {
        return queue.size();
    }

    /** Returns whether the last attempt to write failed because the database was unavailable. */
    public boolean isUnavailable() {
        return unavailable;
    }

    /** Returns whether events were dropped and the queue has been more than half full since. */
    public boolean isFull() {
        return full && queue.remainingCapacity() <= queue.size();
    }

    private void write() {
        List<AuditEvent> batch = new ArrayList<>(BATCH);
        try {
            while (!(closing && queue.isEmpty())) {
                AuditEvent first = queue.poll(200, TimeUnit.MILLISECONDS);
                if (first != null) {
                    batch.add(first);
                    queue.drainTo(batch, BATCH - 1);
                    store(batch);
                    batch.clear();
                    logIfNoLongerFull();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        int left = batch.size() + queue.size();
        if (left > 0) {
            dropped.add(left);
            LOG.log(
                    System.Logger.Level.WARNING,
                    "audit events were lost, since they could not be written before the application stopped: events={0,number,#}",
                    left);
        }
    }

    private void store(List<AuditEvent> batch) throws InterruptedException {
        try {
            storeWhenReachable(batch);
        } catch (RuntimeException e) {
            logIfReachable();
            if (batch.size() > 1) {
                for (AuditEvent event : batch) {
                    store(List.of(event));
                }
            } else {
                refused.increment();
                LOG.log(
                        System.Logger.Level.ERROR,
                        "an audit row of type " + batch.get(0).type() + " was rejected by the database",
                        e);
            }
        }
    }

    private void logIfReachable() {
        if (unavailable) {
            unavailable = false;
            LOG.log(System.Logger.Level.INFO, "the audit trail is being written again");
        }
    }

    private void storeWhenReachable(List<AuditEvent> batch) throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        while (true) {
            try {
                database.inTransaction(entities -> insert(entities, batch));
                logIfReachable();
                return;
            } catch (DatabaseUnavailableException e) {
                if (!unavailable) {
                    unavailable = true;
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "the audit trail cannot be written, events are queued: {0}",
                            DatabaseErrors.reason(e));
                }
                if (closing && System.nanoTime() - closingSince > LAST_ATTEMPTS.toNanos()) {
                    throw new InterruptedException("closed while the database was unavailable");
                }
                TimeUnit.NANOSECONDS.sleep(pause.toNanos());
                pause = pause.multipliedBy(2).compareTo(MAX_PAUSE) > 0 ? MAX_PAUSE : pause.multipliedBy(2);
            }
        }
    }

    private static int insert(EntityManager entities, List<AuditEvent> batch) {
        try (PreparedStatement insert = entities.unwrap(Connection.class).prepareStatement(INSERT)) {
            for (AuditEvent event : batch) {
                insert.setTimestamp(1, Timestamp.from(Instant.ofEpochMilli(event.atMillis())));
                insert.setString(2, event.type().name());
                insert.setString(3, event.caller() == null ? null : DetailsJson.storable(event.caller()));
                insert.setString(4, DetailsJson.storable(event.actor()));
                insert.setString(5, DetailsJson.write(event.details()));
                insert.addBatch();
            }
            return insert.executeBatch().length;
        } catch (SQLException e) {
            // A restored database without tables gets them from the migration.
            throw NO_TABLES.equals(e.getSQLState())
                    ? new DatabaseUnavailableException(e)
                    : new RefusedStatementException(e);
        }
    }

    /** The failure for a statement that the database rejected, with its exception as the cause. */
    private static final class RefusedStatementException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RefusedStatementException(SQLException cause) {
            super(cause);
        }
    }

    /** Drops further events and writes the queued ones; gives up if the database is unavailable for five seconds. */
    @Override
    public void close() {
        closingSince = System.nanoTime();
        closing = true;
        try {
            writer.join(LAST_ATTEMPTS.plusSeconds(5).toMillis());
            if (writer.isAlive()) {
                writer.interrupt();
            }
        } catch (InterruptedException e) {
            writer.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
