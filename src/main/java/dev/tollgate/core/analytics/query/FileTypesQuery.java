package dev.tollgate.core.analytics.query;

/** A query for the types of files that a key stored. */
public record FileTypesQuery() implements ReportQuery {

    @Override
    public String cacheName(String keyId) {
        return "analytics:filetypes:{" + keyId + "}";
    }
}
