package dev.tollgate.boot;

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
import dev.tollgate.ops.metrics.RedisSampler;
import dev.tollgate.postgres.audit.JpaAuditSink;
import dev.tollgate.rest.support.Health;
import dev.tollgate.rest.support.Health.Component;
import dev.tollgate.rest.support.Health.State;
import dev.tollgate.settlement.SettlementTimer;
import dev.tollgate.storage.StorageProviders;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
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
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Looks every second whether Redis and PostgreSQL answer, so that health can be told at once and while nobody else asks. Redis
 * is asked by the way requests go, which also lets the gate notice without any traffic that it is back.
 */
@ApplicationScoped
public class HealthProducers {

    private static final Logger LOG = System.getLogger(HealthProducers.class.getName());

    /** Looks without charging; the name is no address, so it is nobody's. */
    private static final GateRequest LOOK =
            GateRequest.peek(Caller.address("health"), List.of(), OptionalLong.empty(), BanLadder.STANDARD);

    private static final int STORAGE_SECONDS = 5;
    private static final GateRequest WRITE = new GateRequest(
            LOOK.caller(),
            List.of(WindowPolicy.minute(1_000)),
            OptionalLong.empty(),
            1,
            BanLadder.STANDARD.withoutPermanent(),
            GateRequest.Mode.CHARGE_UNENFORCED);

    @Resource
    private ManagedScheduledExecutorService executor;

    @Inject
    private Gate gate;

    @Inject
    private AccountDirectory directory;

    @Inject
    private StorageProviders stores;

    @Inject
    private Migration migration;

    @Inject
    private RedisSampler sampling;

    private List<ScheduledFuture<?>> looks = List.of();
    private volatile State redis = State.UP;
    private volatile State postgres = State.UP;
    private volatile State storage = State.UP;

    void start(@Observes Startup event) {
        // Its coming here has made this bean.
    }

    @PostConstruct
    void look() {
        looks = List.of(
                executor.scheduleWithFixedDelay(this::lookAtRedis, 1, 1, TimeUnit.SECONDS),
                executor.scheduleWithFixedDelay(this::lookAtPostgres, 1, 1, TimeUnit.SECONDS),
                executor.scheduleWithFixedDelay(this::lookAtStorage, 1, STORAGE_SECONDS, TimeUnit.SECONDS));
    }

    @PreDestroy
    void stop() {
        looks.forEach(look -> look.cancel(false));
    }

    private void lookAtRedis() {
        try {
            // What answers and would not write is only found writing again by writing.
            GateRequest look = gate.refusesWrites() ? WRITE : LOOK;
            boolean answers = gate.decide(look, FailureMode.CLOSED).source() == GateResult.Source.STORE;
            State answered = sampling.alarm().isHigh() ? State.DEGRADED : State.UP;
            redis = answers ? answered : State.DOWN;
        } catch (RuntimeException e) {
            redis = State.DOWN;
            LOG.log(Level.DEBUG, "Redis could not be looked at", e);
        }
    }

    private void lookAtStorage() {
        State now = stores.areUsable() ? State.UP : State.DOWN;
        if (now != storage) {
            LOG.log(
                    now == State.UP ? Level.INFO : Level.WARNING,
                    now == State.UP ? "uploads can be stored again" : "uploads cannot be stored");
        }
        storage = now;
    }

    private void lookAtPostgres() {
        try {
            directory.tiers();
            if (postgres != State.UP) {
                LOG.log(Level.INFO, "PostgreSQL answers again");
            }
            postgres = State.UP;
        } catch (RuntimeException e) {
            if (postgres != State.DOWN) {
                LOG.log(Level.WARNING, "PostgreSQL does not answer: {0}", String.valueOf(e.getCause()));
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
            JpaAuditSink audit) {
        // Without Redis the failure mode answers, without PostgreSQL known keys are served: a node that lives should
        // get traffic and say what is wrong, unless it refuses all of it.
        boolean closed = settings.get(SettingCatalog.REDIS_FAILURE_MODE) == FailureMode.CLOSED;
        return new Health(List.of(
                new Component("redis", closed, () -> redis),
                new Component("postgres", false, () -> migration.isDone() ? postgres : State.DOWN),
                new Component("metering", false, () -> degradedIf(usage.isFailing())),
                new Component(
                        "settlement",
                        false,
                        () -> degradedIf(settlement.isFailing()
                                || ledger.setAsideLately().ofOthers() > 0)),
                new Component("ledger", false, () -> degradedIf(!ledger.isBalanced())),
                new Component("audit", false, () -> degradedIf(audit.isAway() || audit.isFull())),
                new Component("storage", false, () -> storage)));
    }

    private static State degradedIf(boolean failing) {
        return failing ? State.DEGRADED : State.UP;
    }
}
