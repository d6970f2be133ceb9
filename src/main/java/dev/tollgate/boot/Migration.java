package dev.tollgate.boot;

import dev.tollgate.gate.LocalCaches;
import dev.tollgate.ops.BackgroundWork;
import dev.tollgate.ops.health.MigrationStatus;
import dev.tollgate.postgres.account.JpaSharedSecrets;
import dev.tollgate.postgres.support.Schema;
import dev.tollgate.redis.seal.Sealing;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * The migration of the schema, at the start of the application or, if PostgreSQL is unavailable then, as soon as it is back.
 *
 * <p>Until then the gate works for keys that Redis has, if {@code tollgate.redis.seal} is set. Without it, the secret of the
 * seals is in PostgreSQL, and requests with a key get 503 until it is read.
 */
@ApplicationScoped
public class Migration implements MigrationStatus {

    private static final Logger LOG = System.getLogger(Migration.class.getName());
    private static final long RETRY_SECONDS = 2;
    private static final String SEAL = "redis.seal";

    @Inject
    @BackgroundWork
    private ScheduledExecutorService executor;

    @Inject
    private DataSource database;

    @Inject
    private LocalCaches caches;

    private volatile State state = State.UNDER_WAY;

    @Inject
    private Sealing sealing;

    @Inject
    private JpaSharedSecrets secrets;

    /** Migrates now, and again in the background until it succeeds. */
    public void start() {
        Optional<String> problem = new Schema(database).migrate().or(this::seal);
        if (problem.isPresent()) {
            if (state != State.FAILING) {
                LOG.log(
                        Level.WARNING,
                        "the database schema is not up to date yet and the migration is tried again: {0}",
                        problem.get());
                state = State.FAILING;
            }
            executor.schedule(this::start, RETRY_SECONDS, TimeUnit.SECONDS);
            return;
        }
        state = State.DONE;
        caches.load();
        LOG.log(Level.INFO, "the database schema is up to date");
    }

    /** Sets the secret that PostgreSQL keeps if the settings have none. Returns the problem; empty if there is none. */
    private Optional<String> seal() {
        try {
            if (!sealing.isReady()) {
                sealing.use(secrets.get(SEAL), "");
            }
            return Optional.empty();
        } catch (RuntimeException e) {
            return Optional.of("the secret for seals cannot be read");
        }
    }

    @Override
    public State state() {
        return state;
    }
}
