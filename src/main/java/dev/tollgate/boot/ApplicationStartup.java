package dev.tollgate.boot;

import dev.tollgate.assembly.GateAssembly;
import dev.tollgate.assembly.RedisAssembly;
import dev.tollgate.assembly.StartReport;
import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import dev.tollgate.config.Version;
import dev.tollgate.core.account.ApiKeyFormat;
import dev.tollgate.core.async.SafeTask;
import dev.tollgate.core.audit.AuditSink;
import dev.tollgate.core.bodylimit.BodyReadLimiter;
import dev.tollgate.core.bodylimit.DrainLimiter;
import dev.tollgate.core.refusal.RefusalBuffer;
import dev.tollgate.core.trace.Tracing;
import dev.tollgate.http.address.CidrSet;
import dev.tollgate.http.address.ForwardedAddressResolver;
import dev.tollgate.http.admin.AdminAccess;
import dev.tollgate.http.admin.AdminHosts;
import dev.tollgate.http.admin.LoginRules;
import dev.tollgate.http.admin.LoginStats;
import dev.tollgate.http.admin.RealmAuthenticator;
import dev.tollgate.http.admin.SessionServlet;
import dev.tollgate.http.admin.SessionStore;
import dev.tollgate.http.filter.ApiKeyCredential;
import dev.tollgate.http.filter.CompositeFilter;
import dev.tollgate.http.filter.RateLimitFilter;
import dev.tollgate.http.forwardauth.ForwardAuth;
import dev.tollgate.http.forwardauth.ForwardAuthServlet;
import dev.tollgate.http.route.RoutePolicies;
import dev.tollgate.http.servlet.CrossOrigin;
import dev.tollgate.http.servlet.CrossOriginFilter;
import dev.tollgate.http.servlet.FormBoundaryFilter;
import dev.tollgate.http.servlet.OpenApiServlet;
import dev.tollgate.http.servlet.ProblemFallbackFilter;
import dev.tollgate.http.servlet.RequestBodyDrainFilter;
import dev.tollgate.http.servlet.SecurityHeadersFilter;
import dev.tollgate.http.servlet.StoppingFilter;
import dev.tollgate.ops.BackgroundWork;
import dev.tollgate.ops.jmx.ManagementBeans;
import dev.tollgate.ops.jmx.Registration;
import dev.tollgate.ops.metrics.BodyMetrics;
import dev.tollgate.ops.metrics.Metrics;
import dev.tollgate.ops.metrics.MetricsServlet;
import dev.tollgate.ops.stop.StopGrace;
import dev.tollgate.ops.stop.StopSignals;
import dev.tollgate.redis.sync.DirectoryResponder;
import dev.tollgate.redis.sync.InvalidationBus;
import dev.tollgate.redis.sync.OutboxConsumer;
import dev.tollgate.redis.sync.RefusalOutboxConsumer;
import jakarta.inject.Inject;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.annotation.WebListener;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The start of the WAR: it registers filters and servlets, waits for Redis, and starts background work. The end stops both. */
@WebListener
public class ApplicationStartup implements ServletContextListener {

    private static final Logger LOG = System.getLogger(ApplicationStartup.class.getName());

    /** Limits of bodies of sign-ins, which are one packet as a rule. */
    private static final BodyReadLimiter.Bounds STRANGERS =
            new BodyReadLimiter.Bounds(2, 2 * Runtime.getRuntime().availableProcessors(), 1_024, Duration.ofSeconds(2));

    private static final String CHECKS = ForwardAuth.PATH + "/*";

    @Inject
    private Settings settings;

    @Inject
    private RedisAssembly redis;

    @Inject
    private GateAssembly assembly;

    @Inject
    private ApiKeyFormat keys;

    @Inject
    private Tracing tracing;

    @Inject
    private Metrics metrics;

    @Inject
    private AuditSink audit;

    @Inject
    private Migration migration;

    @Inject
    private GuardProducers guards;

    @Inject
    private DirectoryResponder responder;

    @Inject
    private OutboxConsumer consumer;

    @Inject
    private InvalidationBus.SnapshotPublisher snapshots;

    @Inject
    private RefusalProducers refusals;

    @Inject
    private RefusalBuffer refusalRows;

    @Inject
    private RefusalOutboxConsumer refusalConsumer;

    @Inject
    private LoginStats signIns;

    @Inject
    private ManagementBeans jmx;

    @Inject
    private BodyReadLimiter bodies;

    @Inject
    @BackgroundWork
    private ScheduledExecutorService executor;

    @Inject
    private StopGrace stop;

    private @Nullable Registration beans;
    private @Nullable StopSignals signals;
    private final List<ScheduledFuture<?>> sweeping = new ArrayList<>();

    @Override
    public void contextInitialized(ServletContextEvent event) {
        BodyReadLimiter strangers = strangers();
        ForwardedAddressResolver addresses = ForwardedAddressResolver.of(settings);
        Optional<Filter> drains = drains(event.getServletContext(), addresses);
        new BodyMetrics(event.getServletContext(), List.of(bodies, strangers)).add(metrics);
        String metricsRole = settings.get(SettingCatalog.METRICS_ROLE);
        LongSupplier clock = System::currentTimeMillis;
        RealmAuthenticator signIn = new RealmAuthenticator(addresses, audit, signIns, clock, signInRules(metricsRole));
        SessionStore sessions = new SessionStore(clock, signIn, signIns, settings.get(SettingCatalog.ADMIN_RECHECK));
        AdminHosts hosts = settings.get(SettingCatalog.ADMIN_HOST, AdminHosts::new);
        SecurityHeadersFilter headers = new SecurityHeadersFilter();
        RoutePolicies policies = RoutePolicies.ofTollgate(settings);
        report(event.getServletContext().getContextPath(), policies);
        CrossOriginFilter crossOrigin = new CrossOriginFilter(CrossOrigin.of(settings));
        FilterRegistration.Dynamic line = event.getServletContext()
                .addFilter(
                        "tollgate",
                        new CompositeFilter(Stream.concat(
                                        drains.stream(),
                                        Stream.of(
                                                headers,
                                                crossOrigin,
                                                new StoppingFilter(stop::isStopping, stop::isOver),
                                                new ForwardAuth(
                                                        settings.get(SettingCatalog.TRUSTED_PROXIES, CidrSet::new)),
                                                filter(addresses, policies),
                                                crossOrigin.preflights(ForwardAuth::isCheck),
                                                new AdminAccess(signIn, sessions, hosts, metricsRole),
                                                new ProblemFallbackFilter(),
                                                new FormBoundaryFilter()))
                                .toList()));
        line.setAsyncSupported(true);
        line.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
        FilterRegistration.Dynamic ofErrors = event.getServletContext().addFilter("headers", headers);
        ofErrors.setAsyncSupported(true);
        ofErrors.addMappingForUrlPatterns(EnumSet.of(DispatcherType.ERROR), false, "/*");
        ServletRegistration.Dynamic session =
                event.getServletContext().addServlet("session", new SessionServlet(signIn, sessions, strangers));
        session.addMapping(AdminAccess.SESSION);
        session.setAsyncSupported(true);
        ServletRegistration.Dynamic check = event.getServletContext().addServlet("check", new ForwardAuthServlet());
        check.addMapping(CHECKS);
        check.setAsyncSupported(true);
        ServletRegistration.Dynamic scrape =
                event.getServletContext().addServlet("metrics", new MetricsServlet(metrics));
        scrape.addMapping("/metrics");
        scrape.setAsyncSupported(true);
        ServletRegistration.Dynamic contract = event.getServletContext().addServlet("contract", new OpenApiServlet());
        contract.addMapping(OpenApiServlet.PATH);
        contract.setAsyncSupported(true);
        redis.awaitConnection();
        assembly.warmUp();
        migration.start();
        assembly.changes().subscribe();
        guards.start(responder, consumer, snapshots);
        refusals.start(refusalRows, refusalConsumer);
        beans = jmx.register(event.getServletContext().getContextPath());
        signals = StopSignals.subscribe(stop);
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        // In this order, while Redis and PostgreSQL are still connected, since the container destroys beans in any
        // order.
        if (signals != null) {
            signals.close();
        }
        if (beans != null) {
            beans.close();
        }
        sweeping.forEach(task -> task.cancel(false));
        assembly.close();
        refusals.stop(refusalRows);
    }

    /** Creates the limiter for bodies of unknown clients. A client that fills it stops no upload, only sign-ins of browsers. */
    private BodyReadLimiter strangers() {
        BodyReadLimiter intake = new BodyReadLimiter(STRANGERS, System::nanoTime);
        sweep(intake::sweep, BodyReadLimiter.SWEEP_MILLIS);
        return intake;
    }

    /** Creates the filter that drains bodies, on servers that leave it to applications. WildFly's limiter is there before this. */
    private Optional<Filter> drains(ServletContext context, ForwardedAddressResolver addresses) {
        if (context.getAttribute(DrainLimiter.ATTRIBUTE) != null) {
            return Optional.empty();
        }
        DrainLimiter limiter = new DrainLimiter(DrainLimiter.BOUNDS);
        context.setAttribute(DrainLimiter.ATTRIBUTE, limiter);
        RequestBodyDrainFilter filter = new RequestBodyDrainFilter(addresses, limiter, System::nanoTime);
        sweep(filter::sweep, RequestBodyDrainFilter.SWEEP_MILLIS);
        return Optional.of(filter);
    }

    private void sweep(Runnable sweep, long millis) {
        sweeping.add(executor.scheduleWithFixedDelay(SafeTask.of(sweep), millis, millis, TimeUnit.MILLISECONDS));
    }

    private LoginRules signInRules(String metricsRole) {
        return new LoginRules(
                settings.get(SettingCatalog.SIGN_IN_ADDRESSES, CidrSet::new),
                settings.get(SettingCatalog.REALM_FAILURES),
                settings.get(SettingCatalog.REALM_MEMORY),
                metricsRole);
    }

    private void report(String contextPath, RoutePolicies policies) {
        int builtIn = RoutePolicies.ofTollgate(Optional.empty()).inOrder().size();
        LOG.log(
                Level.INFO,
                "Tollgate {0} starts: context={1} database={2} {3}",
                Version.current(),
                contextPath,
                settings.get(SettingCatalog.DATA_SOURCE),
                StartReport.of(
                        settings,
                        settings.get(SettingCatalog.ROUTES_FILE),
                        policies.inOrder().size() - builtIn));
    }

    private RateLimitFilter filter(ForwardedAddressResolver addresses, RoutePolicies policies) {
        ApiKeyCredential.Reader ofCheck = ApiKeyCredential.amongOthers(keys);
        ApiKeyCredential.Reader ofTollgate = ApiKeyCredential.alone(keys);
        return assembly.filter(
                policies,
                addresses,
                request -> (ForwardAuth.isCheck(request) ? ofCheck : ofTollgate).read(request),
                // The filter before all of the endpoints does it.
                CrossOrigin.OFF,
                tracing);
    }
}
