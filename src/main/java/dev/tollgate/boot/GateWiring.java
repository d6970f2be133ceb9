package dev.tollgate.boot;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.account.AccountDirectory;
import dev.tollgate.core.limit.BanRecords;
import dev.tollgate.core.limit.BanRegister;
import dev.tollgate.core.limit.CallerHistory;
import dev.tollgate.core.limit.GateStore;
import dev.tollgate.core.limit.LocalGate;
import dev.tollgate.core.limit.RouteModeStore;
import dev.tollgate.gate.Breaker;
import dev.tollgate.gate.DecisionCounts;
import dev.tollgate.gate.Gate;
import dev.tollgate.gate.KnownKeys;
import dev.tollgate.gate.MemoryGuard;
import dev.tollgate.gate.NodeMemory;
import dev.tollgate.gate.RouteModes;
import dev.tollgate.gate.TierTable;
import dev.tollgate.http.admin.SignInCounts;
import dev.tollgate.redis.batch.BatcherFor;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.ConnectionTracker;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.decision.RedisGateStore;
import dev.tollgate.redis.decision.RepairLog;
import dev.tollgate.redis.seal.Sealing;
import dev.tollgate.redis.sync.InvalidationBus;
import dev.tollgate.redis.sync.RedisKeyCache;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.redisson.api.RedissonClient;

/** The gate and what a node remembers. */
@ApplicationScoped
public class GateWiring {

    private static final Duration DATABASE_BUDGET = Duration.ofSeconds(2);
    private static final int LOCAL_CALLERS = 100_000;

    @Resource
    private ManagedScheduledExecutorService scheduler;

    @Produces
    @Singleton
    GateStore store(
            @BatcherFor(BatcherFor.Work.DECISIONS) ScriptBatcher batcher,
            RedisKeys keys,
            ConnectionTracker connections,
            Sealing sealing,
            RepairLog repairs) {
        return new RedisGateStore(batcher, keys, System::currentTimeMillis, connections, sealing, repairs);
    }

    /** Not a {@link GateStore} to inject: it stands in where the gate says so. */
    @Produces
    @Singleton
    @Typed(LocalGate.class)
    LocalGate local() {
        return new LocalGate(System::currentTimeMillis, LOCAL_CALLERS);
    }

    @Produces
    @Singleton
    MemoryGuard guard(Settings settings) {
        return new MemoryGuard(settings.get(SettingCatalog.BAN_CACHE), System::currentTimeMillis);
    }

    @Produces
    @Singleton
    SignInCounts signIns() {
        return new SignInCounts();
    }

    @Produces
    @Singleton
    DecisionCounts counts() {
        return new DecisionCounts();
    }

    @Produces
    @Singleton
    Gate gate(
            GateStore store,
            LocalGate local,
            CallerHistory history,
            MemoryGuard guard,
            BanRegister register,
            Settings settings) {
        return new Gate(
                store,
                local,
                history,
                guard,
                register,
                Breaker.beforeRedis(settings.get(SettingCatalog.REDIS_BUDGET)),
                settings.get(SettingCatalog.REDIS_BUDGET),
                DATABASE_BUDGET);
    }

    @Produces
    @Singleton
    KnownKeys knownKeys(RedisKeyCache shared, AccountDirectory directory, Settings settings) {
        return new KnownKeys(
                shared,
                directory,
                settings.get(SettingCatalog.REDIS_BUDGET),
                DATABASE_BUDGET,
                settings.get(SettingCatalog.KEY_CACHE));
    }

    @Produces
    @Singleton
    TierTable tiers(AccountDirectory directory) {
        return new TierTable(directory);
    }

    @Produces
    @Singleton
    RouteModes modes(RouteModeStore store) {
        return new RouteModes(store);
    }

    /** Told by {@link InvalidationBus} only; whoever edits tells that one. */
    @Produces
    @Singleton
    @Typed(NodeMemory.class)
    NodeMemory memory(
            KnownKeys keys,
            TierTable tiers,
            MemoryGuard bans,
            BanRecords records,
            LocalGate local,
            BanRegister register,
            RouteModes modes) {
        return new NodeMemory(keys, tiers, bans, records::permanent, local, register, modes);
    }

    @Produces
    @Singleton
    InvalidationBus changes(
            RedissonClient redisson,
            @BatcherFor(BatcherFor.Work.BACKGROUND) ScriptBatcher batcher,
            RedisKeys keys,
            Sealing sealing,
            RedisKeyCache cache,
            AccountDirectory directory,
            NodeMemory memory,
            InvalidationBus.SnapshotPublisher snapshots) {
        return new InvalidationBus(redisson, batcher, keys, sealing, cache, directory, memory, scheduler, snapshots);
    }
}
