package dev.tollgate.ops.stop;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The time between the server's decision to stop and the end of service, so that a load balancer notices the stop and sends its
 * requests elsewhere.
 *
 * <p>From the decision on, the node says that it is not ready. It serves requests for {@code tollgate.stop.grace} more. From then
 * on it refuses them. A server that changes its mind resumes the node. Thread-safe.
 */
public final class StopGrace {

    private static final Logger LOG = System.getLogger(StopGrace.class.getName());

    private enum Phase {
        SERVING,
        DRAINING,
        REFUSING
    }

    private final Duration grace;
    private volatile Phase phase = Phase.SERVING;

    /**
     * @param grace how long requests are served after the decision; zero for not at all
     */
    public StopGrace(Duration grace) {
        this.grace = grace;
    }

    /** Returns whether the server is about to stop, so that no load balancer should send requests. */
    public boolean isStopping() {
        return phase != Phase.SERVING;
    }

    /** Returns whether the grace is over, so that requests are refused. */
    public boolean isOver() {
        return phase == Phase.REFUSING;
    }

    /**
     * Begins the stop, and returns when the grace is over. A call during a stop that has begun returns at once. A thread that is
     * interrupted cuts the grace short.
     */
    public synchronized void begin() {
        if (phase != Phase.SERVING) {
            return;
        }
        phase = Phase.DRAINING;
        LOG.log(
                Level.INFO,
                "Tollgate stops: /health/ready is 503 from now on, requests are served for another {0,number,#} ms"
                        + " (tollgate.stop.grace)",
                grace.toMillis());
        long end = System.nanoTime() + grace.toNanos();
        try {
            for (long left = grace.toNanos(); left > 0 && phase == Phase.DRAINING; left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (phase == Phase.DRAINING) {
            phase = Phase.REFUSING;
        }
    }

    /** Takes a stop back: the node serves as before. */
    public synchronized void resume() {
        if (phase != Phase.SERVING) {
            phase = Phase.SERVING;
            notifyAll();
            LOG.log(Level.INFO, "Tollgate does not stop after all");
        }
    }
}
