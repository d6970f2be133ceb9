package dev.tollgate.core.analytics;

import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.analytics.query.DailyQuery;
import dev.tollgate.core.analytics.query.FileTypesQuery;
import dev.tollgate.core.analytics.query.ProvidersQuery;
import dev.tollgate.core.analytics.query.ReportQuery;
import dev.tollgate.core.analytics.query.UploadQuery;
import java.util.Optional;

/** A port to settled usage in PostgreSQL, as reports need it. Methods block. Thread-safe. */
public interface UsageReports {

    /**
     * What is settled for a key.
     *
     * <p>Rows and batch are of one and the same snapshot, taken after this method was called. The usage holds what the
     * query's report shows: for {@link UploadQuery} the totals with file types, and the providers; for {@link DailyQuery}
     * the newest {@link DailyQuery#settledDays} days in range; for {@link ProvidersQuery} the providers, the key's newest
     * {@link ProvidersQuery#newestDays} days in range, and each provider on these days; for {@link FileTypesQuery} the
     * totals with file types. Of providers it holds the one asked for, or all.
     *
     * @return empty if there is no such key
     * @throws DatabaseUnavailableException if the database cannot be asked
     */
    Optional<SettledUsage> settled(String keyId, ReportQuery query);
}
