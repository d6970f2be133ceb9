package dev.tollgate.core.refusal;

import java.time.Duration;
import java.time.Instant;

/** The periodic deletion of old refusals. Several nodes may do it at the same time. Thread-safe; blocks. */
public final class RefusalMaintenance {

    private static final int PORTION = 5_000;
    private static final int PORTIONS = 20;

    private final RefusalLog log;
    private final Duration retention;

    /**
     * @param log the refusals
     * @param retention how long rows are kept
     */
    public RefusalMaintenance(RefusalLog log, Duration retention) {
        this.log = log;
        this.retention = retention;
    }

    /**
     * Deletes what is too old, {@value #PORTIONS} portions of {@value #PORTION} rows at most. Fails as {@link RefusalLog} does;
     * the next run goes on.
     *
     * @param now the present
     */
    public void run(Instant now) {
        Instant before = now.minus(retention);
        for (int i = 0; i < PORTIONS && log.forget(before, PORTION) == PORTION; i++) {
            // As long as whole portions are found there may be more; a run is bounded all the same.
        }
    }
}
