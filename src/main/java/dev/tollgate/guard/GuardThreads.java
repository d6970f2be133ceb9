package dev.tollgate.guard;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.redisson.config.Config;

/**
 * The guard's own threads. All are there before the first request: one begun by a request would take that application's class
 * loader along and hold it for good, however often the application is deployed anew.
 */
final class GuardThreads implements ThreadFactory, AutoCloseable {

    private static final int SCHEDULED = 3;

    private final AtomicInteger count = new AtomicInteger();
    private final ScheduledThreadPoolExecutor scheduler;
    private ThreadPoolExecutor workers;
    private ThreadPoolExecutor loops;

    GuardThreads() {
        scheduler = new ScheduledThreadPoolExecutor(SCHEDULED, this);
        scheduler.setRemoveOnCancelPolicy(true);
        scheduler.prestartAllCoreThreads();
    }

    /** Gives Redisson threads of these, as many as it is told to have. */
    void give(Config config) {
        workers = pool(config.getThreads());
        loops = pool(config.getNettyThreads());
        config.setExecutor(workers).setNettyExecutor(loops);
    }

    private ThreadPoolExecutor pool(int size) {
        // Redisson's own measure where none is given.
        int threads = size > 0 ? size : 2 * Runtime.getRuntime().availableProcessors();
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), this);
        pool.prestartAllCoreThreads();
        return pool;
    }

    @Override
    public Thread newThread(Runnable work) {
        // Inherits no thread locals either.
        Thread thread = new Thread(null, work, "tollgate-guard-" + count.incrementAndGet(), 0, false);
        thread.setContextClassLoader(GuardThreads.class.getClassLoader());
        thread.setDaemon(true);
        return thread;
    }

    /** Does what happens again and again, and what may wait. */
    ScheduledThreadPoolExecutor scheduler() {
        return scheduler;
    }

    /** Ends them; what waits is not done. */
    @Override
    public void close() {
        scheduler.shutdownNow();
        if (workers != null) {
            workers.shutdownNow();
            loops.shutdownNow();
        }
    }
}
