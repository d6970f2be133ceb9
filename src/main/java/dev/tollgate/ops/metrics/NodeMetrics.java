package dev.tollgate.ops.metrics;

import dev.tollgate.core.analytics.Analytics;
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

/** What is counted of reports, uploads, the database and the audit trail, and what was lost. */
@Dependent
public class NodeMetrics {

    private static final String VERSION =
            String.valueOf(NodeMetrics.class.getPackage().getImplementationVersion());

    @Inject
    private Analytics analytics;

    @Inject
    private StorageProviders uploads;

    @Inject
    private JtaDatabase database;

    @Inject
    private JpaAuditSink audit;

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
                        "Analytics answered, by where the settled part came from.",
                        List.of("source"),
                        this::reports)
                .counters(
                        "tollgate_uploads_total",
                        "Files that came to a provider, by what became of them.",
                        List.of("provider", "outcome"),
                        this::uploads)
                .counters(
                        "tollgate_upload_bytes_total",
                        "Bytes of files kept.",
                        List.of("provider"),
                        () -> MetricsProducers.byLabel(uploads.bytes()))
                .seconds(
                        "tollgate_database_seconds",
                        "Transactions but the settlement's, waiting for a connection included.",
                        database::times)
                .counter("tollgate_database_failures_total", "Transactions that failed.", database::failures)
                .counters(
                        "tollgate_dropped_total",
                        "What a full buffer gave up: requests of usage, audit events.",
                        List.of("buffer"),
                        () -> List.of(Sample.of("usage", usage.dropped()), Sample.of("audit", audit.dropped())))
                .counter("tollgate_audit_refused_total", "Audit events PostgreSQL refused.", audit::refused)
                .gauge("tollgate_audit_waiting", "Audit events that wait for PostgreSQL.", audit::waiting)
                .counters(
                        "tollgate_sign_ins_total",
                        "Sign-ins to administration, by how they ended; refused ones were not put to the server's realm.",
                        List.of("outcome"),
                        () -> MetricsProducers.byLabel(signIns.byOutcome()))
                .gauge("tollgate_sessions", "Sessions of the console on this node.", signIns::sessions)
                .gauge("tollgate_streams", "Streams of the overview on this node.", streams::count)
                .gauges(
                        "tollgate_health",
                        "1 for the state each component is in, as /health/ready tells it.",
                        List.of("component", "state"),
                        this::health)
                .gauges(
                        "tollgate_info",
                        "The version that runs.",
                        List.of("version"),
                        () -> List.of(Sample.of(VERSION, 1)));
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
