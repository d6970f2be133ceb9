package dev.tollgate.boot;

import dev.tollgate.gate.LocalCaches;
import dev.tollgate.postgres.account.JpaSharedSecrets;
import dev.tollgate.postgres.support.Schema;
import dev.tollgate.redis.seal.Sealing;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * Brings the schema up to date when the application starts, or, if PostgreSQL is away then, as soon as it is back: the gate
 * works meanwhile for keys that Redis knows, if {@code tollgate.redis.seal} is set. Without it the secret that seals them is in
 * PostgreSQL, and keys are answered with 503 until that is there.
 */
@ApplicationScoped
public class Migration {

    private static final Logger LOG = System.getLogger(Migration.class.getName());
    private static final long RETRY_SECONDS = 2;
    private static final String SEAL = "redis.seal";

    @Resource
    private ManagedScheduledExecutorService executor;

    @Inject
    private DataSource database;

    @Inject
    private LocalCaches caches;

    private volatile boolean done;
    private boolean told;

    @Inject
    private Sealing sealing;

    @Inject
    private JpaSharedSecrets secrets;

    /** Tries now, and again in the background until it worked. */
    public void start() {
        Optional<String> problem = new Schema(database).migrate().or(this::seal);
        if (problem.isPresent()) {
            if (!told) {
                LOG.log(Level.WARNING, "The database schema is not up to date yet, trying on: {0}", problem.get());
                told = true;
            }
            executor.schedule(this::start, RETRY_SECONDS, TimeUnit.SECONDS);
            return;
        }
        done = true;
        caches.load();
        LOG.log(Level.INFO, "The database schema is up to date");
    }

    /** Nodes that were given no secret share the one that PostgreSQL keeps. Returns what went wrong. */
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

    /** Whether the schema is up to date. */
    public boolean isDone() {
        return done;
    }
}
