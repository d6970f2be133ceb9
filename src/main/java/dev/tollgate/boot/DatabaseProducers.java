package dev.tollgate.boot;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.audit.AuditSink;
import dev.tollgate.core.limit.AccountStateSource;
import dev.tollgate.core.limit.BanRepository;
import dev.tollgate.core.limit.BanSink;
import dev.tollgate.gate.PermanentBanWriter;
import dev.tollgate.ops.BackgroundWork;
import dev.tollgate.postgres.account.JpaAccountStateSource;
import dev.tollgate.postgres.audit.JpaAuditSink;
import dev.tollgate.postgres.support.Database;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Produces what uses PostgreSQL. Background work gets its threads from the server, since transactions need them.
 */
@ApplicationScoped
public class DatabaseProducers {

    private static final Duration BINDING = Duration.ofSeconds(5);
    private static final int RECALLS = 4;
    private static final int RECALLS_WAITING = 10_000;

    @Inject
    @BackgroundWork
    private ScheduledExecutorService executor;

    @Resource
    private ManagedThreadFactory threads;

    /**
     * A pool of its own: after Redis was emptied, the state of every account is loaded, and polling for changes must not wait
     * for it.
     */
    private @Nullable ThreadPoolExecutor stateLoaders;

    @Produces
    @Singleton
    DataSource dataSource(Settings settings) {
        return settings.get(SettingCatalog.DATA_SOURCE, DatabaseProducers::lookUp);
    }

    /** Looks a data source up, again for a while: WildFly may bind it a moment after the application starts. */
    private static DataSource lookUp(String name) {
        long startedAt = System.nanoTime();
        while (true) {
            try {
                if (new InitialContext().lookup(name) instanceof DataSource source) {
                    return source;
                }
                throw new IllegalArgumentException("is not a data source");
            } catch (NamingException e) {
                if (System.nanoTime() - startedAt > BINDING.toNanos() || !pause()) {
                    throw new IllegalArgumentException(
                            "the server has no such data source; server-config has scripts that create one", e);
                }
            }
        }
    }

    /** Pauses for 50 ms. Returns false if the thread was interrupted. */
    private static boolean pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Produces
    @Singleton
    AccountStateSource callerHistory(Database database) {
        ThreadPoolExecutor loaders = new ThreadPoolExecutor(
                RECALLS,
                RECALLS,
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(RECALLS_WAITING),
                threads,
                new ThreadPoolExecutor.AbortPolicy());
        loaders.allowCoreThreadTimeOut(true);
        stateLoaders = loaders;
        return new JpaAccountStateSource(database, loaders);
    }

    @PreDestroy
    void stop() {
        if (stateLoaders != null) {
            stateLoaders.shutdownNow();
        }
    }

    @Produces
    @Singleton
    BanSink banRegister(BanRepository banRepository) {
        return new PermanentBanWriter(banRepository, executor);
    }

    @Produces
    @Singleton
    @Typed({AuditSink.class, JpaAuditSink.class})
    JpaAuditSink auditTrail(Database database, Settings settings) {
        return new JpaAuditSink(database, settings.get(SettingCatalog.AUDIT_BUFFER), threads);
    }

    /** Writes the queued events. */
    void close(@Disposes JpaAuditSink trail) {
        trail.close();
    }
}
