package dev.tollgate.core.analytics.query;

/**
 * A query about one API key's usage. Every instance is valid and canonical: two queries mean the same if and only if they
 * are equal, and no two have the same name. So an answer may be cached under {@link #cacheName}.
 */
public sealed interface ReportQuery permits UploadQuery, DailyQuery, ProvidersQuery, FileTypesQuery {

    /**
     * Names the query for one API key, as {@code analytics:daily:{K}:none:none:30}.
     *
     * @param keyId the API key's id; the braces make it the key's hash tag in Redis Cluster
     */
    String cacheName(String keyId);
}
