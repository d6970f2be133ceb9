package dev.tollgate.ops.health;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.account.AccountDirectory;
import dev.tollgate.core.ledger.LastLedgerReport;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.core.usage.UsageRecorder;
import dev.tollgate.gate.Gate;
import dev.tollgate.gate.GateResult;
import dev.tollgate.ops.BackgroundWork;
import dev.tollgate.ops.metrics.RedisSampler;
import dev.tollgate.ops.stop.StopGrace;
import dev.tollgate.postgres.audit.JpaAuditSink;
import dev.tollgate.postgres.support.DatabaseErrors;
import dev.tollgate.redis.connection.MissingRights;
import dev.tollgate.rest.support.Health;
import dev.tollgate.rest.support.Health.Component;
import dev.tollgate.rest.support.Health.State;
import dev.tollgate.settlement.SettlementTimer;
import dev.tollgate.storage.StorageProviders;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The probes of what a node depends on: of Redis and PostgreSQL every second, of the storage now and then. They make up the
 * health of the node.
 *
 * <p>Redis is checked by a decision, as requests are. The gate therefore notices without traffic that Redis is back.
 */
@ApplicationScoped
public class HealthProbes {

    private static final Logger LOG = System.getLogger(HealthProbes.class.getName());

    /** A decision that charges nothing. Its name is no address, so it is no caller's. */
    private static final GateRequest READ_ONLY =
            GateRequest.peek(Caller.address("health"), List.of(), OptionalLong.empty(), BanLadder.STANDARD);

    private static final int STORAGE_SECONDS = 5;
    private static final GateRequest WRITE = new GateRequest(
            READ_ONLY.caller(),
            List.of(WindowPolicy.minute(1_000)),
            OptionalLong.empty(),
            1,
            BanLadder.STANDARD.withoutPermanent(),
            GateRequest.Mode.CHARGE_UNENFORCED);

    @Inject
    @BackgroundWork
    private ScheduledExecutorService executor;

    @Inject
    private Gate gate;

    @Inject
    private AccountDirectory directory;

    @Inject
    private StorageProviders stores;

    @Inject
    private MigrationStatus migration;

    @Inject
    private RedisSampler sampler;

    @Inject
    private MissingRights rights;

    private List<ScheduledFuture<?>> tasks = List.of();
    private volatile State redis = State.UP;
    private volatile State postgres = State.UP;
    private volatile State storage = State.UP;

    void start(@Observes Startup event) {
        // Observing the event creates this bean at the start.
    }

    @PostConstruct
    void begin() {
        tasks = List.of(
                executor.scheduleWithFixedDelay(this::checkRedis, 1, 1, TimeUnit.SECONDS),
                executor.scheduleWithFixedDelay(this::checkPostgres, 1, 1, TimeUnit.SECONDS),
                executor.scheduleWithFixedDelay(this::checkStorage, 1, STORAGE_SECONDS, TimeUnit.SECONDS));
    }

    @PreDestroy
    void stop() {
        tasks.forEach(task -> task.cancel(false));
    }

    private void checkRedis() {
        try {
            // If Redis refuses writes, only a write shows that it accepts them again.
            GateRequest request = gate.refusesWrites() ? WRITE : READ_ONLY;
            boolean answers = gate.decide(request, FailureMode.CLOSED).source() == GateResult.Source.STORE;
            boolean complete = rights.all().isEmpty() && !sampler.alarm().isHigh();
            State answered = complete ? State.UP : State.DEGRADED;
            redis = answers ? answered : State.DOWN;
        } catch (RuntimeException e) {
            redis = State.DOWN;
            LOG.log(Level.DEBUG, "Redis could not be checked", e);
        }
    }

    private void checkStorage() {
        State now = stores.areUsable() ? State.UP : State.DOWN;
        if (now != storage) {
            LOG.log(
                    now == State.UP ? Level.INFO : Level.WARNING,
                    now == State.UP ? "uploads can be stored again" : "uploads cannot be stored");
        }
        storage = now;
    }

    private void checkPostgres() {
        if (!migration.isDone()) {
            // There may be no tables yet. The migration logs by itself that the database is unavailable.
            return;
        }
        try {
            directory.tiers();
            if (postgres != State.UP) {
                LOG.log(Level.INFO, "PostgreSQL answers again");
            }
            postgres = State.UP;
        } catch (RuntimeException e) {
            if (postgres != State.DOWN) {
                LOG.log(Level.WARNING, "PostgreSQL does not answer: {0}", DatabaseErrors.reason(e));
            }
            postgres = State.DOWN;
        }
    }

    @Produces
    @Singleton
    Health health(
            Settings settings,
            SettlementTimer settlement,
            UsageRecorder usage,
            LastLedgerReport ledger,
            JpaAuditSink audit,
            StopGrace stop) {
        // Without Redis the failure mode applies; without PostgreSQL, cached keys are served. The node stays ready and
        // reports the problem, unless the failure mode refuses all requests.
        boolean closed = settings.get(SettingCatalog.REDIS_FAILURE_MODE) == FailureMode.CLOSED;
        return new Health(List.of(
                new Component("node", true, () -> stop.isStopping() ? State.DOWN : State.UP),
                new Component("redis", closed, () -> redis),
                new Component("postgres", false, this::postgres),
                new Component("metering", false, () -> degradedIf(usage.isFailing())),
                new Component(
                        "settlement",
                        false,
                        () -> degradedIf(settlement.isFailing()
                                || ledger.setAsideLately().ofOthers() > 0)),
                new Component("ledger", false, () -> degradedIf(!ledger.isBalanced())),
                new Component("audit", false, () -> degradedIf(audit.isUnavailable() || audit.isFull())),
                new Component("storage", false, () -> storage)));
    }

    private State postgres() {
        return switch (migration.state()) {
            case UNDER_WAY -> State.DEGRADED;
            case FAILING -> State.DOWN;
            case DONE -> postgres;
        };
    }

    private static State degradedIf(boolean failing) {
        return failing ? State.DEGRADED : State.UP;
    }
}
