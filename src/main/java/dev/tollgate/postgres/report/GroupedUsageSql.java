package dev.tollgate.postgres.report;

import static dev.tollgate.core.analytics.grouped.UsageGrouping.ACCOUNT;
import static dev.tollgate.core.analytics.grouped.UsageGrouping.DAY;
import static dev.tollgate.core.analytics.grouped.UsageGrouping.KEY;
import static dev.tollgate.core.analytics.grouped.UsageGrouping.MONTH;
import static dev.tollgate.core.analytics.grouped.UsageGrouping.PROVIDER;

import dev.tollgate.core.analytics.grouped.GroupedUsageQuery;
import dev.tollgate.core.analytics.grouped.UsageColumn;
import dev.tollgate.core.analytics.grouped.UsageGrouping;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The SQL of one query for grouped usage, put together from constants alone; {@link #parameters} are the values of its question
 * marks. Rows have the columns {@code place}, then those of {@link UsageColumn} in their order, then {@code groups} and {@code
 * settled}.
 */
final class GroupedUsageSql {

    private static final List<String> COUNTS = List.of(
            "total_requests", "successful_requests", "failed_requests", "total_files_uploaded", "total_file_size");

    /** PostgreSQL's sum of bigints, which has no bound. */
    private static final String EXACT = "sum";

    /** A sum that is a bigint. Its groups are smaller, and parallel workers hand them over faster. */
    private static final String QUICK = "bigint_sum";

    /** The sums over all groups, of which there may be none. */
    private static final String TOTALS = COUNTS.stream()
            .map(count -> "coalesce(sum(" + count + "), 0) AS " + count)
            .collect(Collectors.joining(", "));

    private static final String OF_ALL = "CAST(NULL AS uuid) AS account_id, CAST(NULL AS text) AS account,"
            + " CAST(NULL AS uuid) AS key_id, CAST(NULL AS text) AS key_name, CAST(NULL AS text) AS key_prefix";

    private static final String OF_KEY = "a.id AS account_id, a.name AS account, k.id AS key_id, k.name AS key_name,"
            + " coalesce(k.long_prefix, k.prefix) AS key_prefix";

    private static final String OF_ACCOUNT = "a.id AS account_id, a.name AS account, CAST(NULL AS uuid) AS key_id,"
            + " CAST(NULL AS text) AS key_name, CAST(NULL AS text) AS key_prefix";

    private static final String NO_PROVIDER = "CAST(NULL AS text) AS provider";
    private static final String NO_DAY = "CAST(NULL AS date) AS usage_date";
    /** The month in sums by identity: its first instant. */
    private static final String MONTH_START = "month_start";

    /** The month in answers: a text. */
    private static final String USAGE_MONTH = "usage_month";

    private static final String NO_MONTH = "CAST(NULL AS text) AS usage_month";

    private static final String LAST_SETTLED = "(SELECT max(settled_at) FROM settlement_batches)";

    private final GroupedUsageQuery query;
    private final Set<UsageGrouping> groupings;
    private final String sum;

    private GroupedUsageSql(GroupedUsageQuery query, String sum) {
        this.query = query;
        this.groupings = query.groupings();
        this.sum = sum;
    }

    /** Returns statements that fail, before the first row, if a sum is beyond the range of a bigint (SQLSTATE 22003). */
    static GroupedUsageSql quick(GroupedUsageQuery query) {
        return new GroupedUsageSql(query, QUICK);
    }

    /** Returns slower statements, whose sums may be of any size. */
    static GroupedUsageSql exact(GroupedUsageQuery query) {
        return new GroupedUsageSql(query, EXACT);
    }

    /**
     * Returns the statement for a row of totals, whose place is 0, and a page. After {@link #parameters} it has two: how many rows
     * at most, and how many are before them. A page in the order of a sum is chosen first, so that only its rows get names.
     */
    String page() {
        String limit = " LIMIT ? OFFSET ?";
        String page = query.sort().column().isSum()
                ? "chosen AS (SELECT * FROM grouped ORDER BY " + order(MONTH_START) + limit + "), page AS ("
                        + named("chosen") + ")"
                : "page AS (SELECT * FROM (" + named("grouped") + ") named ORDER BY " + order(USAGE_MONTH) + limit
                        + ")";
        return groups() + ", " + page + " SELECT 0 AS place, "
                + String.join(", ", OF_ALL, NO_PROVIDER, NO_DAY, NO_MONTH, TOTALS) + ", count(*) AS groups, "
                + LAST_SETTLED + " AS settled FROM grouped UNION ALL SELECT row_number() OVER (ORDER BY "
                + order(USAGE_MONTH) + "), page.*, NULL, NULL FROM page ORDER BY place";
    }

    /** Returns the statement for all rows in order. Each says how many there are. */
    String table() {
        return groups() + " SELECT 1 AS place, named.*, (SELECT count(*) FROM grouped) AS groups,"
                + " CAST(NULL AS timestamptz) AS settled FROM (" + named("grouped") + ") named ORDER BY "
                + order(USAGE_MONTH);
    }

    /** Returns the values that each statement begins with. */
    List<Object> parameters() {
        List<Object> values = new ArrayList<>(List.of(query.from(), query.to()));
        query.filter().accountId().ifPresent(values::add);
        query.filter().keyId().ifPresent(values::add);
        query.filter().provider().ifPresent(values::add);
        return values;
    }

    /** Returns {@code grouped}, the sums by identity. */
    private String groups() {
        return "WITH grouped AS MATERIALIZED (" + grouped() + ")";
    }

    private String grouped() {
        if (groupings.contains(KEY)) {
            return sums("u.api_key_id AS key_id", "");
        } else if (!groupings.contains(ACCOUNT)) {
            return sums("", "");
        } else if (groupings.contains(DAY)) {
            return sums("k.account_id AS account_id", " JOIN api_keys k ON k.id = u.api_key_id");
        }
        // Sums of sums by key: there are fewer keys to look up than rows.
        String columns = names("account_id", parts());
        return "SELECT " + columns + ", " + counts(sum) + " FROM (" + sums("u.api_key_id AS key_id", "")
                + ") u JOIN (SELECT id, account_id FROM api_keys) k ON k.id = u.key_id GROUP BY " + columns;
    }

    /** Returns the sums of the rows that count, by owner (empty for all together) and by what else is asked for. */
    private String sums(String owner, String join) {
        List<String> columns = Stream.concat(Stream.of(owner).filter(column -> !column.isEmpty()), parts().stream())
                .toList();
        String grouping = columns.stream()
                .map(column -> column.substring(0, column.lastIndexOf(" AS ")))
                .collect(Collectors.joining(", "));
        String table = query.needsProviders() ? "provider_usage_daily" : "api_key_usage_daily";
        return "SELECT " + String.join(", ", columns) + ", " + counts(sum) + " FROM " + table + " u" + join + where()
                + " GROUP BY " + grouping;
    }

    private static String counts(String sum) {
        return COUNTS.stream()
                .map(count -> sum + "(u." + count + ") AS " + count)
                .collect(Collectors.joining(", "));
    }

    private String where() {
        StringBuilder where = new StringBuilder(" WHERE u.usage_date BETWEEN ? AND ?");
        if (query.filter().accountId().isPresent()) {
            where.append(" AND u.api_key_id IN (SELECT id FROM api_keys WHERE account_id = ?)");
        }
        if (query.filter().keyId().isPresent()) {
            where.append(" AND u.api_key_id = ?");
        }
        if (query.filter().provider().isPresent()) {
            where.append(" AND u.provider = ?");
        }
        return where.toString();
    }

    /** Returns what usage is summed by beside its owner, as columns with names. */
    private List<String> parts() {
        List<String> parts = new ArrayList<>();
        if (groupings.contains(PROVIDER)) {
            parts.add("u.provider AS provider");
        }
        if (groupings.contains(DAY)) {
            parts.add("u.usage_date AS usage_date");
        } else if (groupings.contains(MONTH)) {
            // Without a time zone, so that the session's does not matter.
            parts.add("date_trunc('month', CAST(u.usage_date AS timestamp)) AS " + MONTH_START);
        }
        return parts;
    }

    private static String names(String first, List<String> parts) {
        return Stream.concat(
                        Stream.of(first),
                        parts.stream().map(part -> part.substring(part.lastIndexOf(" AS ") + " AS ".length())))
                .collect(Collectors.joining(", "));
    }

    /** Returns rows of {@code grouped} with the columns of answers. */
    private String named(String rows) {
        String monthOf = "g." + (groupings.contains(DAY) ? "usage_date" : MONTH_START);
        String columns = String.join(
                ", ",
                groupings.contains(PROVIDER) ? "g.provider" : NO_PROVIDER,
                groupings.contains(DAY) ? "g.usage_date" : NO_DAY,
                groupings.contains(MONTH) ? "to_char(" + monthOf + ", 'YYYY-MM') AS " + USAGE_MONTH : NO_MONTH,
                "g." + String.join(", g.", COUNTS));
        if (groupings.contains(KEY)) {
            return "SELECT " + OF_KEY + ", " + columns + " FROM " + rows
                    + " g JOIN api_keys k ON k.id = g.key_id JOIN accounts a ON a.id = k.account_id";
        } else if (groupings.contains(ACCOUNT)) {
            return "SELECT " + OF_ACCOUNT + ", " + columns + " FROM " + rows
                    + " g JOIN accounts a ON a.id = g.account_id";
        }
        return "SELECT " + OF_ALL + ", " + columns + " FROM " + rows + " g";
    }

    /** Returns the order: the column asked for, and then what tells rows apart. */
    private String order(String month) {
        List<String> columns = new ArrayList<>();
        columns.add(column(query.sort().column()) + (query.sort().descending() ? " DESC" : ""));
        if (groupings.contains(KEY)) {
            columns.add("key_id");
        } else if (groupings.contains(ACCOUNT)) {
            columns.add("account_id");
        }
        if (groupings.contains(PROVIDER)) {
            columns.add("provider");
        }
        if (groupings.contains(DAY)) {
            columns.add("usage_date");
        } else if (groupings.contains(MONTH)) {
            columns.add(month);
        }
        return String.join(", ", columns);
    }

    private static String column(UsageColumn column) {
        return switch (column) {
            case ACCOUNT_ID -> "account_id";
            case ACCOUNT -> "lower(account)";
            case KEY_ID -> "key_id";
            case KEY_NAME -> "lower(key_name)";
            case KEY_PREFIX -> "key_prefix";
            case PROVIDER -> "provider";
            case DAY -> "usage_date";
            case MONTH -> USAGE_MONTH;
            case TOTAL_REQUESTS -> "total_requests";
            case SUCCESSFUL_REQUESTS -> "successful_requests";
            case FAILED_REQUESTS -> "failed_requests";
            case TOTAL_FILES_UPLOADED -> "total_files_uploaded";
            case TOTAL_FILE_SIZE -> "total_file_size";
        };
    }
}
