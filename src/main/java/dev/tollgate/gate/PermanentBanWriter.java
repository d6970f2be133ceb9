package dev.tollgate.gate;

import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanRepository;
import dev.tollgate.core.limit.BanSink;
import dev.tollgate.core.limit.Caller;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A queue that writes permanent bans to PostgreSQL in the background, and retries while it is unavailable. At most {@value
 * #MAX_WAITING} callers wait. A ban beyond that is written by the next node or request that sees it. Thread-safe.
 */
public final class PermanentBanWriter implements BanSink {

    private static final Logger LOG = System.getLogger(PermanentBanWriter.class.getName());
    private static final int MAX_WAITING = 10_000;
    private static final long RETRY_SECONDS = 5;

    private final BanRepository banRepository;
    private final ScheduledExecutorService executor;
    private final Map<Caller, Ban> waiting = new ConcurrentHashMap<>();

    /**
     * @param banRepository PostgreSQL
     * @param executor does the writing
     */
    public PermanentBanWriter(BanRepository banRepository, ScheduledExecutorService executor) {
        this.banRepository = banRepository;
        this.executor = executor;
    }

    @Override
    public void keep(Caller caller, Ban ban) {
        if (waiting.size() < MAX_WAITING && waiting.put(caller, ban) == null) {
            executor.execute(() -> write(caller, ban));
        }
    }

    @Override
    public void supersede(Caller caller) {
        waiting.remove(caller);
    }

    private void write(Caller caller, Ban ban) {
        if (!waiting.containsKey(caller)) {
            return; // an administrator's change has superseded it
        }
        try {
            banRepository.keepUnlessLifted(caller, ban);
            waiting.remove(caller);
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "a permanent ban could not be written yet", e);
            executor.schedule(() -> write(caller, ban), RETRY_SECONDS, TimeUnit.SECONDS);
        }
    }
}
