package dev.tollgate.boot;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.audit.AuditSink;
import dev.tollgate.core.limit.AccountStateSource;
import dev.tollgate.core.limit.BanRepository;
import dev.tollgate.core.limit.BanSink;
import dev.tollgate.gate.BanWriter;
import dev.tollgate.postgres.account.JpaAccountStateSource;
import dev.tollgate.postgres.audit.JpaAuditSink;
import dev.tollgate.postgres.support.Database;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;

/**
 * What stands on PostgreSQL. What works on threads of its own gets them from the server, so that its transactions can be had.
 */
@ApplicationScoped
public class DatabaseProducers {

    private static final Duration BINDING = Duration.ofSeconds(5);
    private static final int RECALLS = 4;
    private static final int RECALLS_WAITING = 10_000;

    @Resource
    private ManagedScheduledExecutorService executor;

    @Resource
    private ManagedThreadFactory threads;

    /** Of its own: an emptied Redis asks for every account at once, and looks at edits must not wait behind that. */
    private ThreadPoolExecutor recalling;

    @Produces
    @Singleton
    DataSource dataSource(Settings settings) {
        return settings.get(SettingCatalog.DATA_SOURCE, DatabaseProducers::lookUp);
    }

    /** WildFly binds data sources while it starts applications, so that one may come a moment after its application. */
    private static DataSource lookUp(String name) {
        long begun = System.nanoTime();
        while (true) {
            try {
                if (new InitialContext().lookup(name) instanceof DataSource source) {
                    return source;
                }
                throw new IllegalArgumentException("is not a data source");
            } catch (NamingException e) {
                if (System.nanoTime() - begun > BINDING.toNanos() || !pause()) {
                    throw new IllegalArgumentException(
                            "the server has no such data source; server-config has scripts that make one", e);
                }
            }
        }
    }

    /** Whether nobody interrupted it. */
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
        recalling = new ThreadPoolExecutor(
                RECALLS,
                RECALLS,
                30,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(RECALLS_WAITING),
                threads,
                new ThreadPoolExecutor.AbortPolicy());
        recalling.allowCoreThreadTimeOut(true);
        return new JpaAccountStateSource(database, recalling);
    }

    @PreDestroy
    void stop() {
        if (recalling != null) {
            recalling.shutdownNow();
        }
    }

    @Produces
    @Singleton
    BanSink banRegister(BanRepository banRepository) {
        return new BanWriter(banRepository, executor);
    }

    @Produces
    @Singleton
    @Typed({AuditSink.class, JpaAuditSink.class})
    JpaAuditSink auditTrail(Database database, Settings settings) {
        return new JpaAuditSink(database, settings.get(SettingCatalog.AUDIT_BUFFER), threads);
    }

    /** Writes what waits. */
    void close(@Disposes JpaAuditSink trail) {
        trail.close();
    }
}
