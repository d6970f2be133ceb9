package dev.tollgate.core.analytics;

import dev.tollgate.core.analytics.query.ReportQuery;
import dev.tollgate.core.usage.PendingSnapshot;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A port to Redis, which caches settled parts of reports next to the unsettled usage they are added to. Each method is one
 * round trip and one atomic read. Stages fail if Redis does not answer in time. Thread-safe.
 */
public interface ReportCache {

    /**
     * One atomic look.
     *
     * @param settled the cached settled part, if there is one
     * @param unsettled the key's unsettled usage at the same instant
     */
    record Look(Optional<SettledUsage> settled, PendingSnapshot unsettled) {}

    /** Looks for the query's settled part and at all that is unsettled. */
    CompletionStage<Look> look(String keyId, ReportQuery query);

    /**
     * Keeps a settled part for a while, unless a batch it does not include has been acknowledged, and looks at all that is
     * unsettled in the same instant.
     */
    CompletionStage<PendingSnapshot> fill(String keyId, ReportQuery query, SettledUsage settled);

    /** Looks at all that is unsettled. */
    CompletionStage<PendingSnapshot> unsettled(String keyId);
}
