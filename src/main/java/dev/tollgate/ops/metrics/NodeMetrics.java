package dev.tollgate.ops.metrics;

import dev.tollgate.config.Version;
import dev.tollgate.core.analytics.Analytics;
import dev.tollgate.core.refusal.RefusalBuffer;
import dev.tollgate.core.refusal.RefusalSampler;
import dev.tollgate.core.usage.UsageRecorder;
import dev.tollgate.http.admin.LoginStats;
import dev.tollgate.ops.metrics.Metrics.Sample;
import dev.tollgate.postgres.audit.JpaAuditSink;
import dev.tollgate.postgres.support.JtaDatabase;
import dev.tollgate.rest.admin.OverviewBroadcaster;
import dev.tollgate.rest.support.Health;
import dev.tollgate.storage.StorageProviders;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Metrics of reports, uploads, the database, the audit trail, sign-ins and health. */
@Dependent
public class NodeMetrics {

    @Inject
    private Analytics analytics;

    @Inject
    private StorageProviders uploads;

    @Inject
    private JtaDatabase database;

    @Inject
    private JpaAuditSink audit;

    @Inject
    private RefusalBuffer refusals;

    @Inject
    private RefusalSampler sampler;

    @Inject
    private UsageRecorder usage;

    @Inject
    private Health health;

    @Inject
    private LoginStats signIns;

    @Inject
    private OverviewBroadcaster streams;

    void add(Metrics metrics) {
        metrics.counters(
                        "tollgate_reports_total",
                        "Analytics responses, by the source of their settled part.",
                        List.of("source"),
                        this::reports)
                .counters(
                        "tollgate_uploads_total",
                        "Uploaded files, by provider and outcome.",
                        List.of("provider", "outcome"),
                        this::uploads)
                .counters(
                        "tollgate_upload_bytes_total",
                        "Bytes of stored files.",
                        List.of("provider"),
                        () -> MetricsProducers.byLabel(uploads.bytes()))
                .seconds(
                        "tollgate_database_seconds",
                        "Durations of transactions, including the wait for a connection, without those of the settlement.",
                        database::times)
                .counter("tollgate_database_failures_total", "Transactions that failed.", database::failures)
                .counters(
                        "tollgate_dropped_total",
                        "Entries dropped by a full buffer: metered requests, audit events and rows of refusals.",
                        List.of("buffer"),
                        () -> List.of(
                                Sample.of("usage", usage.dropped()),
                                Sample.of("audit", audit.dropped()),
                                Sample.of("refusals", refusals.dropped() + sampler.uncounted())))
                .counter("tollgate_audit_refused_total", "Audit events that PostgreSQL rejected.", audit::refused)
                .gauge("tollgate_audit_waiting", "Audit events queued for PostgreSQL.", audit::waiting)
                .counters(
                        "tollgate_sign_ins_total",
                        "Sign-ins of administrators, by outcome. Refused ones were not passed to the realm of the server.",
                        List.of("outcome"),
                        () -> MetricsProducers.byLabel(signIns.byOutcome()))
                .gauge("tollgate_sessions", "Console sessions on this node.", signIns::sessions)
                .gauge("tollgate_streams", "Open streams of the console's overview on this node.", streams::count)
                .gauges(
                        "tollgate_health",
                        "1 for the current state of each component, as in /health/ready.",
                        List.of("component", "state"),
                        this::health)
                .gauges(
                        "tollgate_info",
                        "The running version.",
                        List.of("version"),
                        () -> List.of(Sample.of(Version.current(), 1)));
    }

    private Collection<Sample> reports() {
        return List.of(
                Sample.of("cache", analytics.hits()),
                Sample.of("database", analytics.misses()),
                Sample.of("database_alone", analytics.withoutRedis()));
    }

    private Collection<Sample> uploads() {
        List<Sample> samples = new ArrayList<>();
        uploads.stored().forEach((name, files) -> samples.add(new Sample(List.of(name, "stored"), files)));
        uploads.refused().forEach((name, files) -> samples.add(new Sample(List.of(name, "refused"), files)));
        return samples;
    }

    private Collection<Sample> health() {
        List<Sample> samples = new ArrayList<>();
        for (Health.Component component : health.components()) {
            Health.State now = component.state().get();
            for (Health.State state : Health.State.values()) {
                samples.add(new Sample(List.of(component.name(), state.label()), state == now ? 1 : 0));
            }
        }
        return samples;
    }
}
