package dev.tollgate.boot;

import dev.tollgate.config.BadSettingException;
import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.async.SafeTask;
import dev.tollgate.core.bodylimit.BodyReadLimiter;
import dev.tollgate.ops.BackgroundWork;
import dev.tollgate.storage.LocalStorage;
import dev.tollgate.storage.StorageProviders;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Produces the storage providers of uploads, and opens them at the deployment. */
@ApplicationScoped
public class StorageProducers {

    private static final String BY_DEFAULT = "tollgate-uploads";

    private static final int PER_PROCESSOR = 8;

    @Inject
    @BackgroundWork
    private ScheduledExecutorService executor;

    private @Nullable ScheduledFuture<?> sweeping;
    private LocalStorage local;

    /** For the proxy of the container. */
    @SuppressWarnings("NullAway.Init") // a proxy reads no field of its own
    protected StorageProducers() {}

    /** Creates it with the settings. */
    @Inject
    StorageProducers(Settings settings) {
        String given = settings.get(SettingCatalog.UPLOADS_DIRECTORY);
        Path directory =
                given.isEmpty() ? Settings.serverData().orElse(Path.of("")).resolve(BY_DEFAULT) : Path.of(given);
        try {
            local = new LocalStorage(directory);
        } catch (UncheckedIOException e) {
            throw new BadSettingException(SettingCatalog.UPLOADS_DIRECTORY.name(), given, e.getMessage());
        }
    }

    /** Opens the providers at the deployment: an unusable directory stops it, and unfinished uploads are removed. */
    void open(@Observes Startup event) {
        providers();
    }

    @Produces
    @Singleton
    StorageProviders providers() {
        return new StorageProviders(List.of(local));
    }

    @Produces
    @Singleton
    BodyReadLimiter intake(Settings settings) {
        int perNode = settings.get(SettingCatalog.UPLOADS_PER_NODE);
        if (perNode == 0) {
            perNode = PER_PROCESSOR * Runtime.getRuntime().availableProcessors();
        }
        int perCaller = settings.get(SettingCatalog.UPLOADS_PER_CALLER);
        BodyReadLimiter intake = new BodyReadLimiter(
                new BodyReadLimiter.Bounds(
                        perCaller == 0 ? Math.max(1, perNode / 2) : perCaller,
                        perNode,
                        settings.get(SettingCatalog.UPLOADS_MIN_RATE),
                        settings.get(SettingCatalog.UPLOADS_IDLE)),
                System::nanoTime);
        sweeping = executor.scheduleWithFixedDelay(
                SafeTask.of(intake::sweep),
                BodyReadLimiter.SWEEP_MILLIS,
                BodyReadLimiter.SWEEP_MILLIS,
                TimeUnit.MILLISECONDS);
        return intake;
    }

    @PreDestroy
    void close() {
        if (sweeping != null) {
            sweeping.cancel(false);
        }
        local.close();
    }
}
