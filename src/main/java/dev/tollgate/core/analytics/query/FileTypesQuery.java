package dev.tollgate.core.analytics.query;

/** Asks what types of files a key stored. */
public record FileTypesQuery() implements ReportQuery {

    @Override
    public String cacheName(String keyId) {
        return "analytics:filetypes:{" + keyId + "}";
    }
}
