package dev.tollgate.postgres.report;

import dev.tollgate.core.usage.UsageCounts;
import dev.tollgate.postgres.support.UsageEmbeddable;
import jakarta.persistence.Column;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.UUID;

/** The settled totals in a row of {@code api_keys}. */
@Entity
@Table(name = "api_keys")
public class KeyTotalsEntity {

    @Id
    private UUID id;

    @Embedded
    private UsageEmbeddable usage;

    @Column(name = "settled_batch", insertable = false, updatable = false)
    private long settledBatch;

    /** Creates an empty row, for JPA. */
    protected KeyTotalsEntity() {}

    /** The last batch in these totals. */
    long settledBatch() {
        return settledBatch;
    }

    UsageCounts counts() {
        return usage.counts();
    }
}
