package dev.tollgate.core.analytics.query;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A query for a key's totals.
 *
 * @param provider totals of this provider alone; empty for all
 */
public record UploadQuery(Optional<String> provider) implements ReportQuery {

    public UploadQuery {
        provider.ifPresent(ReportParameters::requireProvider);
    }

    /**
     * Reads a query.
     *
     * @param provider as sent; null if not
     * @throws BadQueryException naming the parameter that is bad
     */
    public static UploadQuery parse(@Nullable String provider) {
        return new UploadQuery(ReportParameters.provider(provider));
    }

    @Override
    public String cacheName(String keyId) {
        return "analytics:upload:{" + keyId + "}:" + ReportParameters.orAll(provider);
    }
}
