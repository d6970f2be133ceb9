package dev.tollgate.guard;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.redisson.config.Config;

/**
 * The guard's own threads, all started before the first request. A thread started by a request would keep that application's
 * class loader from being collected after the application is undeployed.
 */
final class GuardThreads implements ThreadFactory, AutoCloseable {

    private static final int SCHEDULED = 3;

    private final AtomicInteger count = new AtomicInteger();
    private final ScheduledThreadPoolExecutor scheduler;
    private @Nullable ThreadPoolExecutor workers;
    private @Nullable ThreadPoolExecutor loops;

    GuardThreads() {
        scheduler = new ScheduledThreadPoolExecutor(SCHEDULED, this);
        scheduler.setRemoveOnCancelPolicy(true);
        scheduler.prestartAllCoreThreads();
    }

    /** Sets the threads of a Redisson client, as many as its configuration asks for. */
    void configure(Config config) {
        workers = pool(config.getThreads());
        loops = pool(config.getNettyThreads());
        config.setExecutor(workers).setNettyExecutor(loops);
    }

    private ThreadPoolExecutor pool(int size) {
        // Redisson's own default.
        int threads = size > 0 ? size : 2 * Runtime.getRuntime().availableProcessors();
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), this);
        pool.prestartAllCoreThreads();
        return pool;
    }

    @Override
    public Thread newThread(Runnable work) {
        // Without inherited thread locals.
        Thread thread = new Thread(null, work, "tollgate-guard-" + count.incrementAndGet(), 0, false);
        thread.setContextClassLoader(GuardThreads.class.getClassLoader());
        thread.setDaemon(true);
        return thread;
    }

    /** Returns the executor of periodic tasks and of tasks that may block. */
    ScheduledThreadPoolExecutor scheduler() {
        return scheduler;
    }

    /** Stops the threads; queued tasks are dropped. */
    @Override
    public void close() {
        scheduler.shutdownNow();
        if (workers != null) {
            workers.shutdownNow();
        }
        if (loops != null) {
            loops.shutdownNow();
        }
    }
}
