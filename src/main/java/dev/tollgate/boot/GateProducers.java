package dev.tollgate.boot;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.core.account.AccountDirectory;
import dev.tollgate.core.account.RouteModeStore;
import dev.tollgate.core.limit.AccountStateSource;
import dev.tollgate.core.limit.AddressParser;
import dev.tollgate.core.limit.BanRepository;
import dev.tollgate.core.limit.BanSink;
import dev.tollgate.core.limit.GateStore;
import dev.tollgate.core.limit.InMemoryGateStore;
import dev.tollgate.gate.ApiKeyCache;
import dev.tollgate.gate.BanCache;
import dev.tollgate.gate.CircuitBreaker;
import dev.tollgate.gate.DecisionCounts;
import dev.tollgate.gate.Gate;
import dev.tollgate.gate.LocalCaches;
import dev.tollgate.gate.ShadowModes;
import dev.tollgate.gate.TierCache;
import dev.tollgate.http.address.CallerAddressParser;
import dev.tollgate.http.admin.LoginStats;
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

/** Produces the gate and the node's caches. */
@ApplicationScoped
public class GateProducers {

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

    /** Not injected as a {@link GateStore}: the gate uses it in failure mode {@code local}. */
    @Produces
    @Singleton
    @Typed(InMemoryGateStore.class)
    InMemoryGateStore local() {
        return new InMemoryGateStore(System::currentTimeMillis, LOCAL_CALLERS);
    }

    @Produces
    @Singleton
    AddressParser addresses(Settings settings) {
        return new CallerAddressParser(settings.get(SettingCatalog.ADDRESS_IPV6_PREFIX));
    }

    @Produces
    @Singleton
    BanCache guard(Settings settings) {
        return new BanCache(settings.get(SettingCatalog.BAN_CACHE), System::currentTimeMillis);
    }

    @Produces
    @Singleton
    LoginStats signIns() {
        return new LoginStats();
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
            InMemoryGateStore local,
            AccountStateSource states,
            BanCache banCache,
            BanSink banSink,
            Settings settings) {
        return new Gate(
                store,
                local,
                states,
                banCache,
                banSink,
                CircuitBreaker.beforeRedis(settings.get(SettingCatalog.REDIS_BUDGET)),
                settings.get(SettingCatalog.REDIS_BUDGET),
                DATABASE_BUDGET);
    }

    @Produces
    @Singleton
    ApiKeyCache knownKeys(RedisKeyCache shared, AccountDirectory directory, Settings settings) {
        return new ApiKeyCache(
                shared,
                directory,
                settings.get(SettingCatalog.REDIS_BUDGET),
                DATABASE_BUDGET,
                settings.get(SettingCatalog.KEY_CACHE));
    }

    @Produces
    @Singleton
    TierCache tiers(AccountDirectory directory) {
        return new TierCache(directory);
    }

    @Produces
    @Singleton
    ShadowModes modes(RouteModeStore store) {
        return new ShadowModes(store);
    }

    /** Called by {@link InvalidationBus} alone; editors call the bus. */
    @Produces
    @Singleton
    @Typed(LocalCaches.class)
    LocalCaches memory(
            ApiKeyCache keys,
            TierCache tiers,
            BanCache bans,
            BanRepository banRepository,
            InMemoryGateStore local,
            BanSink banSink,
            ShadowModes modes) {
        return new LocalCaches(keys, tiers, bans, banRepository::permanent, local, banSink, modes);
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
            LocalCaches caches,
            InvalidationBus.SnapshotPublisher snapshots) {
        return new InvalidationBus(redisson, batcher, keys, sealing, cache, directory, caches, scheduler, snapshots);
    }
}
