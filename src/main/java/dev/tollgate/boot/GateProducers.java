package dev.tollgate.boot;

import dev.tollgate.assembly.GateAssembly;
import dev.tollgate.assembly.Ports;
import dev.tollgate.assembly.RedisAssembly;
import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.account.AccountDirectory;
import dev.tollgate.core.account.AddressParser;
import dev.tollgate.core.account.ApiKeyFormat;
import dev.tollgate.core.account.RouteModeStore;
import dev.tollgate.core.account.RouteWindows;
import dev.tollgate.core.audit.AuditSink;
import dev.tollgate.core.limit.AccountStateSource;
import dev.tollgate.core.limit.BanRepository;
import dev.tollgate.core.limit.BanSink;
import dev.tollgate.core.limit.GateStore;
import dev.tollgate.core.limit.ViolationLog;
import dev.tollgate.core.refusal.RefusalBuffer;
import dev.tollgate.core.refusal.RefusalSampler;
import dev.tollgate.core.traffic.Traffic;
import dev.tollgate.core.usage.PendingUsage;
import dev.tollgate.core.usage.UsageRecorder;
import dev.tollgate.gate.ApiKeyCache;
import dev.tollgate.gate.BanCache;
import dev.tollgate.gate.DecisionAuditor;
import dev.tollgate.gate.DecisionCounts;
import dev.tollgate.gate.Gate;
import dev.tollgate.gate.LocalCaches;
import dev.tollgate.gate.PrincipalAccounts;
import dev.tollgate.gate.ShadowModes;
import dev.tollgate.gate.TierCache;
import dev.tollgate.gate.lease.Leases;
import dev.tollgate.http.address.CallerAddressParser;
import dev.tollgate.http.admin.LoginStats;
import dev.tollgate.ops.BackgroundWork;
import dev.tollgate.redis.decision.RepairLog;
import dev.tollgate.redis.sync.InvalidationBus;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.ScheduledExecutorService;

/** Produces the gate with the ports of the WAR, and its parts. */
@ApplicationScoped
public class GateProducers {

    @Inject
    @BackgroundWork
    private ScheduledExecutorService scheduler;

    @Resource
    private ManagedThreadFactory threads;

    /** One argument for each port, which is more than five. */
    @Produces
    @Singleton
    Ports ports(
            AccountDirectory directory,
            RouteModeStore routeModes,
            AccountStateSource states,
            BanRepository banRepository,
            BanSink banSink,
            AuditSink audit,
            RefusalBuffer refusals,
            InvalidationBus.SnapshotPublisher snapshots) {
        return new Ports(directory, routeModes, states, banRepository::permanent, banSink, audit, refusals, snapshots);
    }

    @Produces
    @Singleton
    GateAssembly assembly(Settings settings, RedisAssembly redis, Ports ports) {
        return new GateAssembly(settings, redis, ports, scheduler, threads);
    }

    /** Closes it after a failed start. Otherwise {@link ApplicationStartup} has closed it, while Redis was still connected. */
    void close(@Disposes GateAssembly assembly) {
        assembly.close();
    }

    @Produces
    @Singleton
    GateStore store(GateAssembly assembly) {
        return assembly.store();
    }

    @Produces
    @Singleton
    RepairLog repairs(GateAssembly assembly) {
        return assembly.repairs();
    }

    @Produces
    @Singleton
    BanCache bans(GateAssembly assembly) {
        return assembly.bans();
    }

    @Produces
    @Singleton
    Gate gate(GateAssembly assembly) {
        return assembly.gate();
    }

    @Produces
    @Singleton
    PrincipalAccounts principals(GateAssembly assembly) {
        return assembly.principals();
    }

    @Produces
    @Singleton
    ApiKeyCache keys(GateAssembly assembly) {
        return assembly.keys();
    }

    @Produces
    @Singleton
    TierCache tiers(GateAssembly assembly) {
        return assembly.tiers();
    }

    @Produces
    @Singleton
    ShadowModes modes(GateAssembly assembly) {
        return assembly.modes();
    }

    /** Called by {@link InvalidationBus} and at the start; editors call the bus. */
    @Produces
    @Singleton
    @Typed(LocalCaches.class)
    LocalCaches caches(GateAssembly assembly) {
        return assembly.caches();
    }

    @Produces
    @Singleton
    InvalidationBus changes(GateAssembly assembly) {
        return assembly.changes();
    }

    @Produces
    @Singleton
    RouteWindows routeWindows(GateAssembly assembly) {
        return assembly.routeWindows();
    }

    @Produces
    @Singleton
    PendingUsage pending(GateAssembly assembly) {
        return assembly.pending();
    }

    @Produces
    @Singleton
    UsageRecorder recorder(GateAssembly assembly) {
        return assembly.usage();
    }

    @Produces
    @Singleton
    DecisionCounts counts(GateAssembly assembly) {
        return assembly.counts();
    }

    @Produces
    @Singleton
    ViolationLog violations(GateAssembly assembly) {
        return assembly.violations();
    }

    @Produces
    @Singleton
    DecisionAuditor auditor(GateAssembly assembly) {
        return assembly.auditor();
    }

    @Produces
    @Singleton
    Traffic traffic(GateAssembly assembly) {
        return assembly.traffic();
    }

    @Produces
    @Singleton
    RefusalSampler refusals(GateAssembly assembly) {
        return assembly.refusals();
    }

    /** Closed by {@link GateAssembly}. */
    @Produces
    @Singleton
    Leases leases(GateAssembly assembly) {
        return assembly.leases();
    }

    @Produces
    @Singleton
    ApiKeyFormat keyFormat(Settings settings) {
        return settings.get(SettingCatalog.KEYS_PREFIXES, ApiKeyFormat::new);
    }

    @Produces
    @Singleton
    AddressParser addresses(Settings settings) {
        return new CallerAddressParser(settings.get(SettingCatalog.ADDRESS_IPV6_PREFIX));
    }

    @Produces
    @Singleton
    LoginStats signIns() {
        return new LoginStats();
    }
}
