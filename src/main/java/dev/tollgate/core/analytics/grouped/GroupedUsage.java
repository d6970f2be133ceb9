package dev.tollgate.core.analytics.grouped;

import dev.tollgate.core.analytics.Inlined;
import dev.tollgate.core.paging.PageRequest;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A port to the settled usage of all accounts, summed by groups, in PostgreSQL. Rows are there for groups with usage, also of
 * closed accounts and revoked keys. Each call reads one snapshot, so the sums of one range are the same whatever they are
 * grouped by. Methods block. Thread-safe.
 */
public interface GroupedUsage {

    /** The most rows that a table has. */
    int MAX_TABLE_ROWS = 1_000_000;

    /**
     * Sums, which may be larger than a long.
     *
     * @param totalRequests successful and failed ones
     * @param successfulRequests those served
     * @param failedRequests those not served
     * @param totalFilesUploaded files stored
     * @param totalFileSize bytes stored
     */
    record Sums(
            BigInteger totalRequests,
            BigInteger successfulRequests,
            BigInteger failedRequests,
            BigInteger totalFilesUploaded,
            BigInteger totalFileSize) {}

    /**
     * The usage of a group. What it is not grouped by is null.
     *
     * @param accountId the account's id; null unless grouped by account or key
     * @param account the account's name as it is now; null unless grouped by account or key
     * @param keyId the API key's id; null unless grouped by key
     * @param keyName what people call the key; null unless grouped by key
     * @param keyPrefix the key's first characters; null unless grouped by key
     * @param provider the provider's name; null unless grouped by provider
     * @param day the UTC day; null unless grouped by day
     * @param month the UTC month, as 2026-11; null unless grouped by month
     * @param sums of the group
     */
    record Row(
            @Nullable String accountId,
            @Nullable String account,
            @Nullable String keyId,
            @Nullable String keyName,
            @Nullable String keyPrefix,
            @Nullable String provider,
            @Nullable LocalDate day,
            @Nullable String month,
            @Inlined Sums sums) {}

    /**
     * A page of groups, and what all of them have together.
     *
     * @param rows those of the page
     * @param groups how many groups there are
     * @param totals of all groups
     * @param lastSettledAt when the last batch was settled that is in the sums; empty if there is none
     */
    record Result(List<Row> rows, long groups, Sums totals, Optional<Instant> lastSettledAt) {
        public Result {
            rows = List.copyOf(rows);
        }
    }

    /**
     * Returns a page; only its number and size count, since the order is the query's.
     *
     * @throws ReportRefusedException if it takes too long, or too many reports are under way
     * @throws dev.tollgate.core.account.DatabaseUnavailableException if the database cannot be asked
     */
    Result page(GroupedUsageQuery query, PageRequest page);

    /**
     * Reads all rows in order, one after the other, and holds few of them in memory. It holds a connection until it returns. A
     * reader that waits longer than a minute between rows loses it.
     *
     * @param reader gets each row; what it throws ends the reading and is thrown
     * @throws ReportRefusedException before the first row, if there are more than {@value #MAX_TABLE_ROWS}, if it takes too
     *     long, or if too many reports are under way
     * @throws dev.tollgate.core.account.DatabaseUnavailableException if the database cannot be asked, perhaps amid the rows
     */
    void read(GroupedUsageQuery query, Consumer<Row> reader);
}
