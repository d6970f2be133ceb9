package dev.tollgate.ops.metrics;

import java.lang.System.Logger.Level;

/** Work done again and again on a schedule. */
public final class SafeTask {

    private static final System.Logger LOG = System.getLogger(SafeTask.class.getName());

    private SafeTask() {}

    /** The same work, but a failure does not get out: an exception would end its schedule for good. */
    public static Runnable of(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.log(Level.DEBUG, "a beat was missed", e);
            }
        };
    }
}
