package dev.tollgate.boot;

import dev.tollgate.ops.BackgroundWork;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/**
 * Produces the executor of periodic and delayed work, on threads of the server, which transactions need.
 *
 * <p>It is not the server's own scheduled executor. WildFly suspends that one before it stops an application, and then logs each
 * run that falls between as an error with a trace.
 */
@ApplicationScoped
public class SchedulerProducer {

    /** Most tasks take less than a millisecond; some wait for Redis or PostgreSQL, and must not keep the others waiting. */
    private static final int THREADS = 8;

    @Resource
    private ManagedThreadFactory threads;

    @Produces
    @ApplicationScoped
    @BackgroundWork
    ScheduledExecutorService scheduler() {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(THREADS, threads);
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return executor;
    }

    void stop(@Disposes @BackgroundWork ScheduledExecutorService executor) {
        executor.shutdownNow();
    }
}
