package dev.tollgate.boot;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.account.AccountDirectory;
import dev.tollgate.core.audit.ReceivedOutboxes;
import dev.tollgate.core.limit.AccountStateSource;
import dev.tollgate.core.limit.BanRepository;
import dev.tollgate.core.limit.BanSink;
import dev.tollgate.core.limit.RouteModeStore;
import dev.tollgate.gate.LocalCaches;
import dev.tollgate.ops.metrics.SafeTask;
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
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.redisson.api.RedissonClient;

/** What this node does for guards, which have no database. */
@ApplicationScoped
public class GuardProducers {

    private static final Logger LOG = System.getLogger(GuardProducers.class.getName());
    private static final int ANSWERING = 4;
    private static final int QUESTIONS_WAITING = 1_000;
    private static final long BEAT_MILLIS = 500;
    private static final long SHARE_NANOS = 60_000_000_000L;

    @Resource
    private ManagedScheduledExecutorService scheduler;

    @Resource
    private ManagedThreadFactory threads;

    @Inject
    private Migration migration;

    private volatile long shareAt = System.nanoTime();
    private ThreadPoolExecutor answering;
    private List<ScheduledFuture<?>> beats = List.of();

    @Produces
    @Singleton
    InvalidationBus.SnapshotPublisher sharing(
            @BatcherFor(BatcherFor.Work.BACKGROUND) ScriptBatcher batcher,
            RedisKeys keys,
            Sealing sealing,
            AccountDirectory directory,
            RouteModeStore modes,
            BanRepository banRepository) {
        ConfigSnapshot lists = new ConfigSnapshot(batcher, keys, sealing);
        return () -> lists.write(() -> new ConfigSnapshot.Content(
                directory.tiers(), modes.all(), banRepository.permanent(LocalCaches.MAX_BANNED)));
    }

    @Produces
    @Singleton
    DirectoryResponder desk(
            RedissonClient redisson,
            RedisKeys keys,
            Sealing sealing,
            AccountDirectory directory,
            AccountStateSource states,
            InvalidationBus.SnapshotPublisher snapshots) {
        answering = new ThreadPoolExecutor(
                ANSWERING, ANSWERING, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUESTIONS_WAITING), threads);
        answering.allowCoreThreadTimeOut(true);
        return new DirectoryResponder(redisson, keys, sealing, directory, states, snapshots, answering);
    }

    @Produces
    @Singleton
    OutboxConsumer intake(
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

    /** Begins, and goes on until the application ends. */
    public void start(DirectoryResponder desk, OutboxConsumer consumer, InvalidationBus.SnapshotPublisher snapshots) {
        beats = List.of(
                scheduler.scheduleWithFixedDelay(
                        SafeTask.of(() -> shareNow(snapshots)), 0, BEAT_MILLIS, TimeUnit.MILLISECONDS),
                scheduler.scheduleWithFixedDelay(SafeTask.of(desk::open), 0, BEAT_MILLIS, TimeUnit.MILLISECONDS),
                scheduler.scheduleWithFixedDelay(
                        SafeTask.of(() -> take(consumer)), BEAT_MILLIS, BEAT_MILLIS, TimeUnit.MILLISECONDS));
    }

    /** Once a minute, whether edited or not: guards believe no lists that are old. */
    private void shareNow(InvalidationBus.SnapshotPublisher snapshots) {
        if (!migration.isDone() || System.nanoTime() - shareAt < 0) {
            return;
        }
        try {
            snapshots.publish();
            shareAt = System.nanoTime() + SHARE_NANOS;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.log(Level.DEBUG, "nothing can be shared with guards now", e);
        }
    }

    private static void take(OutboxConsumer consumer) {
        try {
            consumer.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.log(Level.DEBUG, "nothing can be taken over now", e);
        }
    }

    @PreDestroy
    void stop() {
        beats.forEach(beat -> beat.cancel(false));
        if (answering != null) {
            answering.shutdownNow();
        }
    }
}
