package dev.tollgate.analytics;

/** Asks what types of files a key stored. */
public record FileTypesQuery() implements ReportQuery {

    @Override
    public String cacheName(String keyId) {
        return "analytics:filetypes:{" + keyId + "}";
    }
}
