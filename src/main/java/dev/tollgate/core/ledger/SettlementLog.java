package dev.tollgate.core.ledger;

import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;

/** A port to the record of past settlements in PostgreSQL. Methods block. Thread-safe. */
public interface SettlementLog {

    /**
     * A batch.
     *
     * @param id the batch's id; rising
     * @param node the node that settled it
     * @param settledAt when
     * @param keys keys whose counts were added
     * @param repeated keys whose claim had been applied before
     * @param setAside keys that could not be written
     * @param requests requests added
     */
    record Batch(long id, String node, Instant settledAt, int keys, int repeated, int setAside, BigInteger requests) {}

    /**
     * Usage that could not be written. What it was, whole, stays in the table {@code set_aside_usage}.
     *
     * @param batchId the batch that should have settled it
     * @param keyId the API key's id
     * @param requests its requests
     * @param reason why it could not be written
     * @param setAsideAt when
     */
    record QuarantinedEntry(long batchId, String keyId, BigInteger requests, String reason, Instant setAsideAt) {}

    /** Batches of the last 90 days, newest first; {@code q} is searched in the node. */
    Page<Batch> batches(PageRequest page);

    /** Returns quarantined usage, newest first, of one key or of all; {@code q} is searched in key and reason. */
    Page<QuarantinedEntry> setAside(Optional<String> keyId, PageRequest page);
}
