package dev.tollgate.http.filter;

import dev.tollgate.config.Settings;
import dev.tollgate.core.account.ApiKeyFormat;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.limit.AccountStateSource;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.BanSink;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.limit.InMemoryGateStore;
import dev.tollgate.core.refusal.RefusedRequest;
import dev.tollgate.core.trace.Tracing;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.gate.ApiKeyCache;
import dev.tollgate.gate.BanCache;
import dev.tollgate.gate.CircuitBreaker;
import dev.tollgate.gate.DecisionAuditor;
import dev.tollgate.gate.DecisionCounts;
import dev.tollgate.gate.Gate;
import dev.tollgate.gate.GivenQuotaWarnings;
import dev.tollgate.gate.LocalCaches;
import dev.tollgate.gate.PermanentBanWriter;
import dev.tollgate.gate.RecordingViolationLog;
import dev.tollgate.gate.ShadowModes;
import dev.tollgate.gate.TierCache;
import dev.tollgate.gate.lease.Leases;
import dev.tollgate.gate.lease.SystemClock;
import dev.tollgate.http.address.CidrSet;
import dev.tollgate.http.address.ForwardedAddressResolver;
import dev.tollgate.http.route.RoutePolicies;
import dev.tollgate.http.servlet.CrossOrigin;
import dev.tollgate.http.undertow.HeaderFieldsHandler;
import dev.tollgate.redis.batch.BatchLimits;
import dev.tollgate.redis.batch.LatencyRecorder;
import dev.tollgate.redis.batch.QueueLimits;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.ConnectionTracker;
import dev.tollgate.redis.connection.MissingRights;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.decision.RedisGateStore;
import dev.tollgate.redis.decision.RepairLog;
import dev.tollgate.redis.sync.InvalidationBus;
import dev.tollgate.redis.sync.RedisKeyCache;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.ErrorPage;
import io.undertow.servlet.api.InstanceFactory;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.redisson.api.RedissonClient;

/**
 * One node: the filter with everything behind it on a real Redis, before servlets of the test's own in WildFly's servlet
 * container. The account directory is a map, which several nodes may share and which can be switched off.
 */
final class GuardedServer implements AutoCloseable {

    final List<UsageEvent> usage = new CopyOnWriteArrayList<>();
    final List<AuditEvent> audit = new CopyOnWriteArrayList<>();
    /** The first refusals that were noted; tests of floods have millions. */
    final List<RefusedRequest> refusals = new CopyOnWriteArrayList<>();

    final DecisionCounts counts = new DecisionCounts();
    final InvalidationBus changes;
    final RedisGateStore store;
    final RedissonClient client;
    final RateLimitFilter filter;
    final Gate gate;
    final Leases leases;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    private final DeploymentManager deployment;
    private final Undertow server;

    /** What a node is set up with, besides the defaults. A length of zero is no leases. */
    record Setup(
            RoutePolicies routes,
            List<String> trustedProxies,
            List<String> allowedAddresses,
            FailureMode failureMode,
            Tracing tracing,
            Duration leaseLength,
            ApiKeyCredential.Reader reader,
            CrossOrigin crossOrigin) {

        Setup(
                RoutePolicies routes,
                List<String> trustedProxies,
                List<String> allowedAddresses,
                FailureMode failureMode,
                Tracing tracing) {
            this(
                    routes,
                    trustedProxies,
                    allowedAddresses,
                    failureMode,
                    tracing,
                    Duration.ZERO,
                    ApiKeyCredential.alone(ApiKeyFormat.STANDARD),
                    CrossOrigin.OFF);
        }

        static Setup withLeases(RoutePolicies routes, Duration length) {
            return of(routes, List.of(), length, ApiKeyCredential.alone(ApiKeyFormat.STANDARD), CrossOrigin.OFF);
        }

        /** Before an application that has credentials of its own. */
        static Setup amongOthers(List<String> trustedProxies) {
            return amongOthers(RoutePolicies.ofApplication(Optional.empty()), trustedProxies, CrossOrigin.OFF);
        }

        /** With pages of other origins. */
        static Setup withPagesOf(CrossOrigin crossOrigin) {
            return amongOthers(RoutePolicies.ofApplication(Optional.empty()), List.of(), crossOrigin);
        }

        /** Before an application that has credentials and policies of its own. */
        static Setup amongOthers(RoutePolicies routes, List<String> proxies, CrossOrigin crossOrigin) {
            return of(routes, proxies, Duration.ZERO, ApiKeyCredential.amongOthers(ApiKeyFormat.STANDARD), crossOrigin);
        }

        private static Setup of(
                RoutePolicies routes,
                List<String> proxies,
                Duration leases,
                ApiKeyCredential.Reader reader,
                CrossOrigin crossOrigin) {
            return new Setup(routes, proxies, List.of(), FailureMode.OPEN, Tracing.NONE, leases, reader, crossOrigin);
        }

        Setup(
                RoutePolicies routes,
                List<String> trustedProxies,
                List<String> allowedAddresses,
                FailureMode failureMode) {
            this(routes, trustedProxies, allowedAddresses, failureMode, Tracing.NONE);
        }

        static final Setup PLAIN =
                new Setup(RoutePolicies.ofApplication(Optional.empty()), List.of(), List.of(), FailureMode.OPEN);
    }

    /**
     * How Redis is reached and how long it may take.
     *
     * @param url Redis's
     * @param budget the longest a request waits for it
     * @param patience how long calls may wait in line
     * @param timeout the longest time a batch may be in flight
     * @param breaker before it
     * @param history what an emptied Redis is given back
     */
    record Way(
            String url,
            Duration budget,
            Duration patience,
            Duration timeout,
            CircuitBreaker breaker,
            AccountStateSource history) {

        /** Waits long: for tests of what Redis decides. */
        static Way patient(RealRedis redis) {
            return new Way(
                    redis.url(),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(2),
                    Duration.ofSeconds(2),
                    new CircuitBreaker(5, 0, 100, 400),
                    (caller, month) -> CompletableFuture.completedFuture(AccountStateSource.AccountState.NONE));
        }

        /** As the WAR is by default: for tests of what Redis in trouble does to callers. */
        static Way byDefault(String url, AccountStateSource states) {
            return within(Duration.ofMillis(50), url, states);
        }

        /** As the WAR is with another budget. */
        static Way within(Duration budget, String url, AccountStateSource states) {
            Duration patience = Gate.queueTimeout(budget);
            return new Way(url, budget, patience, patience, CircuitBreaker.beforeRedis(budget), states);
        }
    }

    GuardedServer(RealRedis redis, InMemoryDirectory directory, Setup setup, Map<String, Servlet> servlets)
            throws Exception {
        this(Way.patient(redis), directory, setup, servlets);
    }

    GuardedServer(Way way, InMemoryDirectory directory, Setup setup, Map<String, Servlet> servlets) throws Exception {
        ConnectionTracker connections = new ConnectionTracker();
        client = RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", way.url())), connections);
        client.getKeys().count(); // connects
        ScriptBatcher batcher = new ScriptBatcher(
                client,
                BatchLimits.of(4, 128),
                new QueueLimits(10_000, way.patience(), way.timeout()),
                () -> true,
                new LatencyRecorder());
        RedisKeys keys = new RedisKeys("");
        store = new RedisGateStore(
                batcher,
                keys,
                System::currentTimeMillis,
                connections,
                directory.sealing,
                new RepairLog(System::currentTimeMillis));
        BanCache banCache = new BanCache(10_000, System::currentTimeMillis);
        InMemoryGateStore local = new InMemoryGateStore(System::currentTimeMillis, 1_000);
        BanSink banSink = new PermanentBanWriter(directory.bans, executor);
        leases = new Leases(
                store,
                new SystemClock(),
                (task, millis) -> executor.schedule(task, millis, TimeUnit.MILLISECONDS),
                setup.leaseLength(),
                1_000,
                "node");
        gate = new Gate(
                store,
                local,
                leases,
                way.history(),
                banCache,
                banSink,
                way.breaker(),
                way.budget(),
                Duration.ofSeconds(2),
                FailureMode.OPEN);
        RedisKeyCache cache = new RedisKeyCache(client, keys, directory.sealing, () -> true);
        ApiKeyCache known = new ApiKeyCache(cache, directory, way.budget(), Duration.ofSeconds(1), 1_000);
        TierCache tiers = new TierCache(directory);
        tiers.reload();
        changes = new InvalidationBus(
                client,
                batcher,
                keys,
                directory.sealing,
                cache,
                directory,
                new LocalCaches(
                        known,
                        tiers,
                        banCache,
                        directory.bans::permanent,
                        local,
                        banSink,
                        new ShadowModes(directory),
                        leases),
                executor,
                InvalidationBus.SnapshotPublisher.NONE,
                new MissingRights("test"));
        changes.subscribe();
        GateRequestFactory requests = new GateRequestFactory(
                tiers,
                BanLadder.STANDARD,
                directory.allowedAccounts,
                new CidrSet(setup.allowedAddresses()),
                setup.failureMode(),
                () -> System.currentTimeMillis() + directory.aheadMillis.get());
        ForwardedAddressResolver addresses = new ForwardedAddressResolver(setup.trustedProxies());
        filter = new RateLimitFilter(
                setup::routes,
                new CallerResolver(
                        addresses,
                        known,
                        gate,
                        requests,
                        () -> System.currentTimeMillis() + directory.aheadMillis.get(),
                        setup.reader(),
                        directory.principals(addresses, known)),
                requests,
                gate,
                new RateLimitHeaders(true),
                setup.crossOrigin(),
                new RequestListener(
                        new DecisionAuditor(audit::add, new RecordingViolationLog(), new GivenQuotaWarnings()),
                        counts,
                        setup.tracing(),
                        usage::add,
                        this::keepFirst,
                        System::currentTimeMillis));
        deployment = Servlets.defaultContainer().addDeployment(info(filter, servlets));
        deployment.deploy();
        server = Undertow.builder()
                .addHttpListener(0, "127.0.0.1")
                .setServerOption(io.undertow.UndertowOptions.MAX_HEADER_SIZE, 1 << 18)
                .setHandler(Handlers.path().addPrefixPath("/app", deployment.start()))
                .build();
        server.start();
    }

    private void keepFirst(RefusedRequest refused) {
        if (refusals.size() < 100) {
            refusals.add(refused);
        }
    }

    /** The pages of the application for its errors: by an exception's class, and for all else. */
    static final String PAGE_OF_EXCEPTION = "/page-of-exception";

    static final String PAGE_OF_ERRORS = "/page-of-errors";

    private static DeploymentInfo info(RateLimitFilter filter, Map<String, Servlet> servlets) {
        InstanceFactory<Filter> filters = new ImmediateInstanceFactory<>(filter);
        DeploymentInfo info = Servlets.deployment()
                .setClassLoader(GuardedServer.class.getClassLoader())
                .setContextPath("/app")
                .setDeploymentName("app")
                .addFilter(Servlets.filter("tollgate", RateLimitFilter.class, filters)
                        .setAsyncSupported(true))
                .addFilterUrlMapping("tollgate", "/*", DispatcherType.REQUEST);
        HeaderFieldsHandler.install(info);
        if (servlets.containsKey(PAGE_OF_EXCEPTION)) {
            info.addErrorPage(new ErrorPage(PAGE_OF_EXCEPTION, IllegalStateException.class));
        }
        if (servlets.containsKey(PAGE_OF_ERRORS)) {
            info.addErrorPage(new ErrorPage(PAGE_OF_ERRORS));
        }
        servlets.forEach((path, servlet) ->
                info.addServlet(Servlets.servlet(path, servlet.getClass(), new ImmediateInstanceFactory<>(servlet))
                        .addMapping(path)
                        .setAsyncSupported(true)));
        return info;
    }

    URI uri(String path) {
        var address = (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
        return URI.create("http://127.0.0.1:" + address.getPort() + "/app" + path);
    }

    List<AuditEvent.Type> audited(Caller caller) {
        return audit.stream()
                .filter(event -> caller.id().equals(event.caller()))
                .map(AuditEvent::type)
                .toList();
    }

    @Override
    public void close() throws ServletException {
        changes.close();
        server.stop();
        deployment.stop();
        deployment.undeploy();
        leases.close();
        executor.shutdownNow();
        client.shutdown();
    }
}
