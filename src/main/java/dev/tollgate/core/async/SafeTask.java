package dev.tollgate.core.async;

import java.lang.System.Logger.Level;

/** A periodic task whose exceptions are caught, since an executor cancels a task that throws. */
public final class SafeTask {

    private static final System.Logger LOG = System.getLogger(SafeTask.class.getName());

    private SafeTask() {}

    /** Returns a task that runs the work and logs its exceptions. */
    public static Runnable of(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.log(Level.DEBUG, "a periodic task failed", e);
            }
        };
    }
}
