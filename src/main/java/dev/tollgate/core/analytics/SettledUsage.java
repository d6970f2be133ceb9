package dev.tollgate.core.analytics;

import dev.tollgate.core.usage.KeyUsage;
import java.util.Objects;

/**
 * The settled part of a report: what one database snapshot says, and which batches that includes.
 *
 * @param batch the last batch applied to this key in that snapshot; 0 if there was none
 * @param usage the rows the report's query needs and no others
 */
public record SettledUsage(long batch, KeyUsage usage) {
    public SettledUsage {
        Objects.requireNonNull(usage, "usage");
    }
}
