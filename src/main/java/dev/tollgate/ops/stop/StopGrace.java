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
 * on it refuses them, and the server goes on a moment later. A server that changes its mind resumes the node. Thread-safe.
 */
public final class StopGrace {

    private static final Logger LOG = System.getLogger(StopGrace.class.getName());

    /**
     * How long the node refuses before the server goes on. Clients that kept their connections get a document with
     * {@code Retry-After} then, where the server has a bare page for them, or none.
     */
    private static final Duration REFUSAL = Duration.ofMillis(500);

    private enum Phase {
        SERVING,
        DRAINING,
        REFUSING
    }

    private final Duration grace;
    private volatile Phase phase = Phase.SERVING;

    /**
     * @param grace how long requests are served after the decision; zero for a stop without any wait
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
     * Begins the stop, and returns when the server may go on. A call during a stop that has begun returns at once. A thread that
     * is interrupted cuts the waits short.
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
        try {
            await(grace, Phase.DRAINING);
            if (phase == Phase.DRAINING) {
                phase = Phase.REFUSING;
                await(grace.isZero() ? Duration.ZERO : REFUSAL, Phase.REFUSING);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            if (phase == Phase.DRAINING) {
                phase = Phase.REFUSING;
            }
        }
    }

    /** Waits as long as that, or until the phase is another. */
    private void await(Duration time, Phase expected) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0 && phase == expected; left = end - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
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
