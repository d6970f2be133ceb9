package dev.tollgate.core.audit;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The periodic work on the audit trail: it records the end of bans and deletes old rows. A node that was away goes on where
 * it stopped, and never writes a row that another node wrote. Not thread-safe; one thread at a time runs it.
 */
public final class AuditMaintenance {

    /** The trail is written behind the requests' backs: a lift or an escalation must have arrived before an end is noted. */
    static final Duration LAG = Duration.ofSeconds(60);

    /** Bans in memory of the trail that may have ended while no node was up, or while the database was away. */
    static final Duration LOOK_BACK = Duration.ofDays(8);

    private static final Duration OVERLAP = Duration.ofMinutes(10);
    private static final int PORTION = 5_000;
    private static final int PORTIONS = 20;

    private final AuditLog log;
    private final Duration retention;
    private @Nullable Instant done;

    /**
     * @param log the trail
     * @param retention how long rows are kept; longer than {@link #LOOK_BACK} by the setting's bound
     */
    public AuditMaintenance(AuditLog log, Duration retention) {
        this.log = log;
        this.retention = retention;
    }

    /**
     * Does what is due. Fails as {@link AuditLog} does; what was not done then is done by the next run.
     *
     * @param now the present
     */
    public void run(Instant now) {
        Instant until = now.minus(LAG);
        Instant after = done == null ? until.minus(LOOK_BACK) : done.minus(OVERLAP);
        log.noteEndedBans(after, until);
        done = until;
        Instant before = now.minus(retention);
        for (int i = 0; i < PORTIONS && log.forget(before, PORTION) == PORTION; i++) {
            // As long as whole portions are found there may be more; a run is bounded all the same.
        }
    }
}
