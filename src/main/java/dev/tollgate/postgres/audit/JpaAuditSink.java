package dev.tollgate.postgres.audit;

import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.audit.AuditSink;
import dev.tollgate.core.trace.CurrentRequest;
import dev.tollgate.postgres.support.Database;
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
 * Writes audit events to PostgreSQL behind the requests' backs: a bounded queue, one thread, batches in the order of
 * arrival. Thread-safe.
 *
 * <p>While PostgreSQL is away the batch in hand is kept and tried again, at growing intervals of up to
 * {@link #LONGEST_PAUSE}, and further events wait in the queue; at its bound new ones are dropped and counted. A batch whose
 * commit was cut off is written again, so at worst rows are there twice, never missing. A row the database refuses is
 * dropped, counted and logged, alone: the rest of its batch is written. What a request brought carries the request's id.
 */
public final class JpaAuditSink implements AuditSink, AutoCloseable {

    /** The longest pause between two attempts while the database is away. */
    public static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

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
    private volatile boolean away;
    private volatile boolean closing;
    private volatile long closingSince;

    /**
     * Starts the writing thread.
     *
     * @param bound how many events wait at most
     * @param threads makes the thread: a container's, so that its transactions can be had on it
     */
    public JpaAuditSink(Database database, int bound, ThreadFactory threads) {
        this.database = database;
        this.queue = new ArrayBlockingQueue<>(bound);
        this.writer = threads.newThread(this::write);
        this.writer.setName("tollgate-audit");
        this.writer.setDaemon(true);
        this.writer.start();
    }

    @Override
    public void note(AuditEvent event) {
        AuditEvent placed =
                CurrentRequest.id().map(id -> event.with(REQUEST, id)).orElse(event);
        if (closing || !queue.offer(placed)) {
            dropped.increment();
            if (!full) {
                full = true;
                LOG.log(System.Logger.Level.WARNING, "the audit trail is full; events are being dropped");
            }
        }
    }

    private void tellWhetherFull() {
        if (full && !isFull()) {
            full = false;
            LOG.log(System.Logger.Level.INFO, "the audit trail takes events again; {0} were dropped", dropped.sum());
        }
    }

    /** How many events were dropped because the trail was at its bound. */
    public long dropped() {
        return dropped.sum();
    }

    /** How many events the database refused for good. */
    public long refused() {
        return refused.sum();
    }

    /** How many events wait. */
    public int waiting() {
        return queue.size();
    }

    /** Whether the last attempt to write failed because the database could not be reached. */
    public boolean isAway() {
        return away;
    }

    /** Whether events were dropped at the bound and it has not emptied by half since. */
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
                    tellWhetherFull();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        int left = batch.size() + queue.size();
        if (left > 0) {
            dropped.add(left);
            LOG.log(System.Logger.Level.WARNING, "{0} audit events could not be written before the end", left);
        }
    }

    private void store(List<AuditEvent> batch) throws InterruptedException {
        try {
            storeUntilReached(batch);
        } catch (RuntimeException e) {
            reached();
            if (batch.size() > 1) {
                for (AuditEvent event : batch) {
                    store(List.of(event));
                }
            } else {
                refused.increment();
                LOG.log(
                        System.Logger.Level.ERROR,
                        "an audit row of type " + batch.get(0).type() + " is refused",
                        e);
            }
        }
    }

    private void reached() {
        if (away) {
            away = false;
            LOG.log(System.Logger.Level.INFO, "the audit trail is being written again");
        }
    }

    private void storeUntilReached(List<AuditEvent> batch) throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        while (true) {
            try {
                database.inTransaction(entities -> insert(entities, batch));
                reached();
                return;
            } catch (DatabaseUnavailableException e) {
                if (!away) {
                    away = true;
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "the audit trail cannot be written and waits: {0}",
                            e.getCause());
                }
                if (closing && System.nanoTime() - closingSince > LAST_ATTEMPTS.toNanos()) {
                    throw new InterruptedException("closed before the database came back");
                }
                TimeUnit.NANOSECONDS.sleep(pause.toNanos());
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
            }
        }
    }

    private static int insert(EntityManager entities, List<AuditEvent> batch) {
        try (PreparedStatement insert = entities.unwrap(Connection.class).prepareStatement(INSERT)) {
            for (AuditEvent event : batch) {
                insert.setTimestamp(1, Timestamp.from(Instant.ofEpochMilli(event.atMillis())));
                insert.setString(2, event.type().name());
                insert.setString(3, DetailsJson.storable(event.caller()));
                insert.setString(4, DetailsJson.storable(event.actor()));
                insert.setString(5, DetailsJson.write(event.details()));
                insert.addBatch();
            }
            return insert.executeBatch().length;
        } catch (SQLException e) {
            // A database that came back without its tables will have them as soon as the schema is migrated.
            throw NO_TABLES.equals(e.getSQLState())
                    ? new DatabaseUnavailableException(e)
                    : new RefusedStatementException(e);
        }
    }

    /** Carries the database's own words out of the work. */
    private static final class RefusedStatementException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RefusedStatementException(SQLException cause) {
            super(cause);
        }
    }

    /** Takes no more events and writes those that wait; gives up on a database that stays away for five seconds. */
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
