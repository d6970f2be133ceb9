package dev.tollgate.boot;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.account.AccountDirectory;
import dev.tollgate.core.account.RouteModeStore;
import dev.tollgate.core.async.SafeTask;
import dev.tollgate.core.audit.ReceivedOutboxes;
import dev.tollgate.core.limit.AccountStateSource;
import dev.tollgate.core.limit.BanRepository;
import dev.tollgate.core.limit.BanSink;
import dev.tollgate.gate.LocalCaches;
import dev.tollgate.ops.BackgroundWork;
import dev.tollgate.postgres.audit.JpaAuditSink;
import dev.tollgate.redis.batch.BatcherFor;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.seal.Sealing;
import dev.tollgate.redis.sync.ConfigSnapshot;
import dev.tollgate.redis.sync.DirectoryResponder;
import dev.tollgate.redis.sync.InvalidationBus;
import dev.tollgate.redis.sync.OutboxConsumer;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RedissonClient;

/** Produces what a node with a database does for guards: it publishes the snapshot, answers questions, and takes outboxes. */
@ApplicationScoped
public class GuardProducers {

    private static final Logger LOG = System.getLogger(GuardProducers.class.getName());
    private static final int RESPONDER_THREADS = 4;
    private static final int MAX_QUESTIONS = 1_000;
    private static final long PERIOD_MILLIS = 500;
    private static final long PUBLISH_NANOS = 60_000_000_000L;

    @Inject
    @BackgroundWork
    private ScheduledExecutorService scheduler;

    @Resource
    private ManagedThreadFactory threads;

    @Inject
    private Migration migration;

    private volatile long publishAt = System.nanoTime();
    private @Nullable ThreadPoolExecutor responderThreads;
    private List<ScheduledFuture<?>> tasks = List.of();

    @Produces
    @Singleton
    InvalidationBus.SnapshotPublisher snapshots(
            @BatcherFor(BatcherFor.Work.BACKGROUND) ScriptBatcher batcher,
            RedisKeys keys,
            Sealing sealing,
            AccountDirectory directory,
            RouteModeStore modes,
            BanRepository banRepository) {
        ConfigSnapshot snapshot = new ConfigSnapshot(batcher, keys, sealing);
        return () -> snapshot.write(() -> new ConfigSnapshot.Content(
                directory.tiers(), modes.all(), banRepository.permanent(LocalCaches.MAX_BANNED)));
    }

    @Produces
    @Singleton
    DirectoryResponder responder(
            RedissonClient redisson,
            RedisKeys keys,
            Sealing sealing,
            AccountDirectory directory,
            AccountStateSource states,
            InvalidationBus.SnapshotPublisher snapshots) {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                RESPONDER_THREADS,
                RESPONDER_THREADS,
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MAX_QUESTIONS),
                threads);
        executor.allowCoreThreadTimeOut(true);
        responderThreads = executor;
        return new DirectoryResponder(redisson, keys, sealing, directory, states, snapshots, executor);
    }

    @Produces
    @Singleton
    OutboxConsumer outboxConsumer(
            RedissonClient redisson,
            @BatcherFor(BatcherFor.Work.BACKGROUND) ScriptBatcher batcher,
            RedisKeys keys,
            Sealing sealing,
            ReceivedOutboxes taken,
            JpaAuditSink trail,
            BanSink banSink,
            Settings settings) {
        int half = settings.get(SettingCatalog.AUDIT_BUFFER) / 2;
        return new OutboxConsumer(
                redisson,
                batcher,
                keys,
                sealing,
                taken,
                trail,
                banSink,
                () -> migration.isDone() && trail.waiting() < half);
    }

    /** Starts the periodic tasks, which run until the application ends. */
    public void start(
            DirectoryResponder responder, OutboxConsumer consumer, InvalidationBus.SnapshotPublisher snapshots) {
        tasks = List.of(
                scheduler.scheduleWithFixedDelay(
                        SafeTask.of(() -> publishIfDue(snapshots)), 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS),
                scheduler.scheduleWithFixedDelay(
                        SafeTask.of(responder::subscribe), 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS),
                scheduler.scheduleWithFixedDelay(
                        SafeTask.of(() -> take(consumer)), PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS));
    }

    /** Publishes the snapshot once a minute, also without changes, since guards do not use an old one. */
    private void publishIfDue(InvalidationBus.SnapshotPublisher snapshots) {
        if (!migration.isDone() || System.nanoTime() - publishAt < 0) {
            return;
        }
        try {
            snapshots.publish();
            publishAt = System.nanoTime() + PUBLISH_NANOS;
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "the configuration snapshot could not be published", e);
        }
    }

    private static void take(OutboxConsumer consumer) {
        try {
            consumer.run();
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "the outboxes of guards could not be taken", e);
        }
    }

    @PreDestroy
    void stop() {
        tasks.forEach(task -> task.cancel(false));
        if (responderThreads != null) {
            responderThreads.shutdownNow();
        }
    }
}
