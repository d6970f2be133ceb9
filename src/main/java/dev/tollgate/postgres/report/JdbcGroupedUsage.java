package dev.tollgate.postgres.report;

import dev.tollgate.core.analytics.grouped.GroupedUsage;
import dev.tollgate.core.analytics.grouped.GroupedUsageQuery;
import dev.tollgate.core.analytics.grouped.ReportRefusedException;
import dev.tollgate.core.analytics.grouped.ReportRefusedException.Reason;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.postgres.support.Database;
import dev.tollgate.postgres.support.SettlementStoreException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Grouped usage by one SQL statement, on the connection of the transaction. A page is sorted by the database. A table is read
 * through a cursor, {@value #FETCHED} rows at a time. At most {@value #MAX_REPORTS} statements of a node run at the same time; the
 * next one waits for {@value #PATIENCE_SECONDS} seconds. Thread-safe; blocks.
 */
@ApplicationScoped
public class JdbcGroupedUsage implements GroupedUsage {

    private static final int MAX_REPORTS = 4;
    private static final int PATIENCE_SECONDS = 5;
    private static final int FETCHED = 1_000;

    /** The number of rows to fetch that stands for all. Through a cursor, PostgreSQL would not work in parallel. */
    private static final int ALL_AT_ONCE = 0;

    private static final Duration LONGEST = Duration.ofSeconds(20);
    private static final String CANCELED = "57014";
    private static final String OUT_OF_RANGE = "22003";

    /**
     * Bounds of the transaction, and memory for the groups of a large report: with the usual 4 MB they would go to the disk. A
     * client that reads no row for a minute loses the connection. Compiling the statement takes longer than it saves.
     */
    private static final String BOUNDS = "SELECT set_config('statement_timeout', ?, true),"
            + " set_config('idle_in_transaction_session_timeout', '60s', true), set_config('work_mem', '64MB', true),"
            + " set_config('jit', 'off', true)";

    private final Database database;
    private final Duration longest;
    private final int maxRows;
    private final Semaphore reports = new Semaphore(MAX_REPORTS);

    /** For the proxy of the container. */
    @SuppressWarnings("NullAway") // a proxy reads no field of its own
    protected JdbcGroupedUsage() {
        this(null, LONGEST, MAX_TABLE_ROWS);
    }

    /** Creates it over a database. */
    @Inject
    public JdbcGroupedUsage(Database database) {
        this(database, LONGEST, MAX_TABLE_ROWS);
    }

    /**
     * @param longest how long a statement, or the reading of some rows more, may take
     * @param maxRows how many rows a table may have
     */
    JdbcGroupedUsage(Database database, Duration longest, int maxRows) {
        this.database = database;
        this.longest = longest;
        this.maxRows = maxRows;
    }

    /** Work with the rows of a statement. */
    private interface Reading<T> {
        T of(ResultSet rows) throws SQLException;
    }

    @Override
    public Result page(GroupedUsageQuery query, PageRequest page) {
        return answer(query, sql -> {
            List<Object> parameters = sql.parameters();
            parameters.add(page.size());
            parameters.add(page.offset());
            return inTransaction(sql.page(), parameters, ALL_AT_ONCE, JdbcGroupedUsage::result);
        });
    }

    @Override
    public void read(GroupedUsageQuery query, Consumer<Row> reader) {
        answer(
                query,
                sql -> inTransaction(sql.table(), sql.parameters(), FETCHED, rows -> {
                    while (rows.next()) {
                        if (rows.getLong("groups") > maxRows) {
                            throw new ReportRefusedException(Reason.TOO_MANY_ROWS);
                        }
                        reader.accept(row(rows));
                    }
                    return true;
                }));
    }

    /** Answers with the quick statement, or with the exact one if a sum is too large for that. */
    private <T> T answer(GroupedUsageQuery query, Function<GroupedUsageSql, T> reading) {
        awaitTurn();
        try {
            return reading.apply(GroupedUsageSql.quick(query));
        } catch (SettlementStoreException e) {
            if (e.getCause() instanceof SQLException sql && OUT_OF_RANGE.equals(sql.getSQLState())) {
                return reading.apply(GroupedUsageSql.exact(query));
            }
            throw e;
        } finally {
            reports.release();
        }
    }

    private <T> T inTransaction(String sql, List<Object> parameters, int fetched, Reading<T> reading) {
        return database.inTransaction(
                entities -> execute(entities.unwrap(Connection.class), sql, parameters, fetched, reading));
    }

    private void awaitTurn() {
        try {
            if (reports.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new ReportRefusedException(Reason.TOO_MANY_REPORTS);
    }

    private <T> T execute(Connection connection, String sql, List<Object> parameters, int fetched, Reading<T> reading) {
        try (PreparedStatement bounds = connection.prepareStatement(BOUNDS);
                PreparedStatement statement = connection.prepareStatement(sql)) {
            bounds.setString(1, longest.toMillis() + "ms");
            bounds.execute();
            for (int i = 0; i < parameters.size(); i++) {
                statement.setObject(i + 1, parameters.get(i));
            }
            statement.setFetchSize(fetched);
            try (ResultSet rows = statement.executeQuery()) {
                return reading.of(rows);
            }
        } catch (SQLException e) {
            if (CANCELED.equals(e.getSQLState())) {
                throw new ReportRefusedException(Reason.TOO_SLOW);
            }
            throw new SettlementStoreException(e);
        }
    }

    private static Result result(ResultSet rows) throws SQLException {
        rows.next();
        Sums totals = sums(rows);
        long groups = rows.getLong("groups");
        Optional<Instant> settled = Optional.ofNullable(rows.getObject("settled", OffsetDateTime.class))
                .map(OffsetDateTime::toInstant);
        List<Row> page = new ArrayList<>();
        while (rows.next()) {
            page.add(row(rows));
        }
        return new Result(page, groups, totals, settled);
    }

    private static Row row(ResultSet rows) throws SQLException {
        return new Row(
                rows.getString("account_id"),
                rows.getString("account"),
                rows.getString("key_id"),
                rows.getString("key_name"),
                rows.getString("key_prefix"),
                rows.getString("provider"),
                rows.getObject("usage_date", LocalDate.class),
                rows.getString("usage_month"),
                sums(rows));
    }

    private static Sums sums(ResultSet rows) throws SQLException {
        return new Sums(
                whole(rows, "total_requests"),
                whole(rows, "successful_requests"),
                whole(rows, "failed_requests"),
                whole(rows, "total_files_uploaded"),
                whole(rows, "total_file_size"));
    }

    private static BigInteger whole(ResultSet rows, String column) throws SQLException {
        BigDecimal sum = rows.getBigDecimal(column);
        return sum.toBigInteger();
    }
}
