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
     * What one atomic read returns.
     *
     * @param settled the cached settled part, if there is one
     * @param unsettled the key's unsettled usage at the same instant
     */
    record Snapshot(Optional<SettledUsage> settled, PendingSnapshot unsettled) {}

    /** Reads the query's settled part, and all unsettled usage of the key. */
    CompletionStage<Snapshot> read(String keyId, ReportQuery query);

    /**
     * Keeps a settled part for a while, unless a batch it does not include has been acknowledged, and reads all
     * unsettled usage of the key at the same instant.
     */
    CompletionStage<PendingSnapshot> fill(String keyId, ReportQuery query, SettledUsage settled);

    /** Reads all unsettled usage of the key. */
    CompletionStage<PendingSnapshot> unsettled(String keyId);
}
