package dev.tollgate.assembly;

import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.config.UnknownPrincipals;
import dev.tollgate.core.account.RouteWindows;
import dev.tollgate.core.async.SafeTask;
import dev.tollgate.core.limit.GateStore;
import dev.tollgate.core.limit.InMemoryGateStore;
import dev.tollgate.core.limit.ViolationLog;
import dev.tollgate.core.refusal.RefusalBuffer;
import dev.tollgate.core.refusal.RefusalSampler;
import dev.tollgate.core.trace.Tracing;
import dev.tollgate.core.traffic.Traffic;
import dev.tollgate.core.traffic.UploadCounts;
import dev.tollgate.core.usage.PendingUsage;
import dev.tollgate.core.usage.UsageRecorder;
import dev.tollgate.gate.ApiKeyCache;
import dev.tollgate.gate.BanCache;
import dev.tollgate.gate.CircuitBreaker;
import dev.tollgate.gate.DecisionAuditor;
import dev.tollgate.gate.DecisionCounts;
import dev.tollgate.gate.Gate;
import dev.tollgate.gate.LocalCaches;
import dev.tollgate.gate.PrincipalAccounts;
import dev.tollgate.gate.ShadowModes;
import dev.tollgate.gate.TierCache;
import dev.tollgate.gate.lease.Leases;
import dev.tollgate.gate.lease.SystemClock;
import dev.tollgate.http.address.ForwardedAddressResolver;
import dev.tollgate.http.filter.ApiKeyCredential;
import dev.tollgate.http.filter.CallerResolver;
import dev.tollgate.http.filter.GateRequestFactory;
import dev.tollgate.http.filter.RateLimitFilter;
import dev.tollgate.http.filter.RateLimitHeaders;
import dev.tollgate.http.filter.RequestListener;
import dev.tollgate.http.principal.PrincipalResolver;
import dev.tollgate.http.route.EffectiveRoutePolicies;
import dev.tollgate.http.route.RoutePolicies;
import dev.tollgate.http.servlet.CrossOrigin;
import dev.tollgate.redis.decision.RedisGateStore;
import dev.tollgate.redis.decision.RedisQuotaWarningLog;
import dev.tollgate.redis.decision.RedisViolationLog;
import dev.tollgate.redis.decision.RepairLog;
import dev.tollgate.redis.sync.InvalidationBus;
import dev.tollgate.redis.sync.RedisKeyCache;
import dev.tollgate.redis.sync.RedisRouteWindows;
import dev.tollgate.redis.usage.RedisPendingUsage;
import dev.tollgate.redis.usage.RedisTrafficStore;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * The gate of a node with everything that belongs to it: caches, the invalidation bus, counters, the recording of usage, and the
 * filter.
 *
 * <p>Creating it calls neither Redis nor the database. Then {@link #warmUp}, and {@link InvalidationBus#subscribe}, in this
 * order. Thread-safe.
 */
public final class GateAssembly implements AutoCloseable {

    /** The longest time a request waits for an account's state, or for another request that looks up the same key. */
    public static final Duration DIRECTORY_TIMEOUT = Duration.ofSeconds(2);

    /** Twice this is the longest that a start is prolonged. */
    private static final Duration WARM_UP = Duration.ofSeconds(1);

    private static final int LOCAL_CALLERS = 100_000;
    private static final int LEASED_CALLERS = 10_000;
    private static final long LEASE_SWEEP_MILLIS = 200;
    private static final long ANNOUNCE_SECONDS = 10;
    private static final LongSupplier CLOCK = System::currentTimeMillis;

    private final Settings settings;
    private final RedisAssembly redis;
    private final RepairLog repairs = new RepairLog(CLOCK);
    private final GateStore store;
    private final ScheduledThreadPoolExecutor leaseThread;
    private final Leases leases;
    private final BanCache bans;
    private final Gate gate;
    private final ApiKeyCache keys;
    private final TierCache tiers;
    private final PrincipalAccounts principals;
    private final ShadowModes modes;
    private final LocalCaches caches;
    private final InvalidationBus changes;
    private final RedisRouteWindows routeWindows;
    private final String nodeName = UUID.randomUUID().toString();
    private final PendingUsage pending;
    private final UsageRecorder usage;
    private final DecisionCounts counts = new DecisionCounts();
    private final UploadCounts uploads = new UploadCounts();
    private final ViolationLog violations;
    private final DecisionAuditor auditor;
    private final Traffic traffic;
    private final RefusalSampler refusals;
    private final RefusalBuffer refusalRows;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * @param redis the way to Redis, which the caller closes after this
     * @param ports what is not in Redis
     * @param executor polls for changes and applies them
     * @param threads makes the thread that records usage, and the one that asks for leases
     */
    public GateAssembly(
            Settings settings,
            RedisAssembly redis,
            Ports ports,
            ScheduledExecutorService executor,
            ThreadFactory threads) {
        this.settings = settings;
        this.redis = redis;
        Duration budget = settings.get(SettingCatalog.REDIS_BUDGET);
        store = new RedisGateStore(
                redis.decisions(), redis.keys(), CLOCK, redis.connections(), redis.sealing(), repairs);
        InMemoryGateStore local = new InMemoryGateStore(CLOCK, LOCAL_CALLERS);
        bans = new BanCache(settings.get(SettingCatalog.BAN_CACHE), CLOCK);
        leaseThread = new ScheduledThreadPoolExecutor(1, threads);
        leases = new Leases(
                store,
                new SystemClock(),
                this::later,
                settings.get(SettingCatalog.LEASE_LENGTH),
                LEASED_CALLERS,
                nodeName);
        gate = new Gate(
                store,
                local,
                leases,
                ports.states(),
                bans,
                ports.banSink(),
                CircuitBreaker.beforeRedis(budget),
                budget,
                DIRECTORY_TIMEOUT,
                settings.get(SettingCatalog.REDIS_FAILURE_MODE));
        RedisKeyCache shared =
                new RedisKeyCache(redis.client(), redis.keys(), redis.sealing(), redis.connection(), redis.latency());
        keys = new ApiKeyCache(
                shared, ports.directory(), budget, DIRECTORY_TIMEOUT, settings.get(SettingCatalog.KEY_CACHE));
        tiers = new TierCache(ports.directory());
        principals = new PrincipalAccounts(
                settings.get(SettingCatalog.PRINCIPALS_UNKNOWN) == UnknownPrincipals.CREATE,
                settings.get(SettingCatalog.PRINCIPALS_MAX),
                ports.directory());
        modes = new ShadowModes(ports.routeModes());
        caches = new LocalCaches(keys, tiers, bans, ports.banned(), local, ports.banSink(), modes, leases);
        changes = new InvalidationBus(
                redis.client(),
                redis.background(),
                redis.keys(),
                redis.sealing(),
                shared,
                ports.directory(),
                caches,
                executor,
                ports.snapshots(),
                redis.rights());
        routeWindows = new RedisRouteWindows(redis.background(), redis.keys(), modes::windows);
        violations = new RedisViolationLog(redis.background(), redis.keys(), settings.get(SettingCatalog.BAN_MEMORY));
        auditor = new DecisionAuditor(
                ports.audit(), violations, new RedisQuotaWarningLog(redis.background(), redis.keys()));
        traffic = new Traffic(
                () -> uploads.with(counts.traffic()), new RedisTrafficStore(redis.background(), redis.keys()));
        refusals = new RefusalSampler(settings.get(SettingCatalog.REFUSALS_ROWS));
        refusalRows = ports.refusals();
        pending = new RedisPendingUsage(redis.background(), redis.keys(), redis.isCluster());
        usage = new UsageRecorder(
                pending,
                nodeName,
                settings.get(SettingCatalog.USAGE_FLUSH),
                settings.get(SettingCatalog.USAGE_BUFFER),
                CLOCK,
                threads);
        leaseThread.scheduleWithFixedDelay(SafeTask.of(routeWindows::announce), 1, ANNOUNCE_SECONDS, TimeUnit.SECONDS);
        leaseThread.scheduleWithFixedDelay(
                SafeTask.of(() -> refusalRows.put(refusals.drain(CLOCK.getAsLong()))), 1, 1, TimeUnit.SECONDS);
        if (leases.isEnabled()) {
            leaseThread.scheduleWithFixedDelay(
                    SafeTask.of(leases::sweep), LEASE_SWEEP_MILLIS, LEASE_SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /**
     * Creates the filter.
     *
     * @param policies the route policies of the file
     * @param addresses finds the client behind trusted proxies
     * @param credentials reads the API key of a request
     * @param crossOrigin which pages may read refusals
     * @param tracing records spans
     * @throws dev.tollgate.config.BadSettingException if a setting cannot be used
     */
    public RateLimitFilter filter(
            RoutePolicies policies,
            ForwardedAddressResolver addresses,
            ApiKeyCredential.Reader credentials,
            CrossOrigin crossOrigin,
            Tracing tracing) {
        GateRequestFactory requests = GateRequestFactory.create(settings, tiers);
        return new RateLimitFilter(
                new EffectiveRoutePolicies(policies, modes),
                new CallerResolver(
                        addresses,
                        keys,
                        gate,
                        requests,
                        CLOCK,
                        credentials,
                        PrincipalResolver.create(settings, addresses, keys, principals)),
                requests,
                gate,
                new RateLimitHeaders(settings.get(SettingCatalog.LEGACY_HEADERS)),
                crossOrigin,
                new RequestListener(
                        auditor,
                        counts,
                        tracing,
                        event -> {
                            usage.record(event);
                            uploads.count(event);
                        },
                        refusals::note,
                        CLOCK));
    }

    /**
     * Makes requests and decisions that have no caller and leave no trace, for two seconds at most, so that the first ones of
     * callers are fast. Without Redis it makes no decisions there.
     */
    public void warmUp() {
        new RequestWarmUp(settings, this::later).run(WARM_UP);
        if (redis.isConnected()) {
            gate.warmUp(WARM_UP);
            redis.decisions().resetLastMinute();
        }
    }

    private void later(Runnable task, long millis) {
        leaseThread.schedule(SafeTask.of(task), millis, TimeUnit.MILLISECONDS);
    }

    /** Returns the store of decisions in Redis. */
    public GateStore store() {
        return store;
    }

    /** Returns the log of values that were repaired. */
    public RepairLog repairs() {
        return repairs;
    }

    /** Returns the cache of bans. */
    public BanCache bans() {
        return bans;
    }

    /** Returns the gate. */
    public Gate gate() {
        return gate;
    }

    /** Returns the cache of API keys. */
    public ApiKeyCache keys() {
        return keys;
    }

    /** Returns the accounts made for principals at first sight. */
    public PrincipalAccounts principals() {
        return principals;
    }

    /** Returns the cache of tiers. */
    public TierCache tiers() {
        return tiers;
    }

    /** Returns the route modes. */
    public ShadowModes modes() {
        return modes;
    }

    /** Returns all caches that an edit invalidates. Editors call the bus instead. */
    public LocalCaches caches() {
        return caches;
    }

    /** Returns the bus for edits. */
    public InvalidationBus changes() {
        return changes;
    }

    /** Returns the windows of all nodes' route policies. */
    public RouteWindows routeWindows() {
        return routeWindows;
    }

    /** Returns the name of this run of this node. No other run has it, so Redis recognizes a recording that is sent twice. */
    public String nodeName() {
        return nodeName;
    }

    /** Returns the usage that waits in Redis for its settlement. */
    public PendingUsage pending() {
        return pending;
    }

    /** Returns the recorder of usage. */
    public UsageRecorder usage() {
        return usage;
    }

    /** Returns the counters of decisions. */
    public DecisionCounts counts() {
        return counts;
    }

    /** Returns the counters of uploads. */
    public UploadCounts uploads() {
        return uploads;
    }

    /** Returns the log of violations. */
    public ViolationLog violations() {
        return violations;
    }

    /** Returns the auditor of decisions. */
    public DecisionAuditor auditor() {
        return auditor;
    }

    /** Returns the traffic by the second. */
    public Traffic traffic() {
        return traffic;
    }

    /** Returns the sampler of refusals, which is drained into the buffer of {@link Ports} every second. */
    public RefusalSampler refusals() {
        return refusals;
    }

    /** Returns the leases on callers' limits. */
    public Leases leases() {
        return leases;
    }

    /**
     * Gives leases back, for a second at most, drains refusals, sends the usage in memory, for ten seconds at most, and stops polling
     * for changes. Further calls do nothing.
     */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            leases.close();
            leaseThread.shutdownNow();
            refusalRows.put(refusals.drainAll());
            usage.close();
            changes.close();
        }
    }
}
