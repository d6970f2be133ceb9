package dev.tollgate.postgres.settlement;

import static dev.tollgate.postgres.support.UsageColumnArrays.array;

import dev.tollgate.core.ledger.RecentQuarantine;
import dev.tollgate.core.ledger.SettlementStore;
import dev.tollgate.core.usage.ClaimedUsage;
import dev.tollgate.postgres.support.DatabaseErrors;
import dev.tollgate.postgres.support.SettlementStoreException;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * A settlement store in SQL, over a data source whose connections take part in the caller's transaction. It neither commits nor
 * rolls back.
 *
 * <p>{@link #books} and {@link #recount} throw {@code DatabaseUnavailableException} during an outage; all other failures of the
 * database are {@link SettlementStoreException}. Thread-safe; blocks.
 */
public final class JdbcSettlementStore implements SettlementStore {

    private static final int BATCHES_PER_CLEANUP = 1_000;

    private final DataSource database;
    private final String node;

    /**
     * @param database its connections join the current transaction
     * @param node the name of this node, for the rows of batches
     */
    public JdbcSettlementStore(DataSource database, String node) {
        this.database = database;
        this.node = node;
    }

    /** Work with a connection. */
    private interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    private <T> T with(Work<T> work) {
        try (Connection connection = database.getConnection()) {
            return work.on(connection);
        } catch (SQLException e) {
            throw new SettlementStoreException(e);
        }
    }

    @Override
    public boolean tryLock() {
        return with(connection -> {
            try (Statement statement = connection.createStatement()) {
                for (String bound : SettlementSql.BOUNDS) {
                    statement.execute(bound);
                }
                try (ResultSet row = statement.executeQuery(SettlementSql.LOCK)) {
                    return row.next() && row.getBoolean(1);
                }
            }
        });
    }

    @Override
    public long nextBatchId() {
        return with(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(SettlementSql.NEXT_BATCH)) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    @Override
    public void skipBatchIds(long upTo) {
        with(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(SettlementSql.SKIP_BATCHES)) {
                statement.setLong(1, upTo);
                return statement.execute();
            }
        });
    }

    @Override
    public Applied apply(long batchId, Collection<ClaimedUsage> claims) {
        return with(connection -> {
            SettlementWriter batch = new SettlementWriter(connection);
            batch.apply(claims);
            Applied applied = batch.applied();
            batch.addToTotals();
            try (PreparedStatement statement = connection.prepareStatement(SettlementSql.BATCH)) {
                statement.setLong(1, batchId);
                statement.setString(2, node);
                statement.setInt(3, applied.keys());
                statement.setInt(4, applied.repeated());
                statement.setInt(5, applied.setAside());
                statement.setLong(6, applied.requests());
                statement.executeUpdate();
            }
            if (batchId % BATCHES_PER_CLEANUP == 0) {
                try (Statement statement = connection.createStatement()) {
                    statement.executeUpdate(SettlementSql.OLD_BATCHES);
                }
            }
            return applied;
        });
    }

    @Override
    public Instant now() {
        return with(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT clock_timestamp()")) {
                row.next();
                return row.getTimestamp(1).toInstant();
            }
        });
    }

    @Override
    public void settleQuota(String month, Map<String, Long> usedByAccount, Instant askedAt) {
        Map<UUID, Long> used = new TreeMap<>();
        usedByAccount.forEach((account, units) -> uuid(account).ifPresent(id -> used.put(id, units)));
        if (used.isEmpty()) {
            return;
        }
        with(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(SettlementSql.QUOTA)) {
                statement.setArray(1, array(connection, "uuid", List.copyOf(used.keySet())));
                statement.setString(2, month);
                statement.setArray(3, array(connection, "uuid", List.copyOf(used.keySet())));
                statement.setArray(4, array(connection, "bigint", List.copyOf(used.values())));
                statement.setTimestamp(5, Timestamp.from(askedAt));
                return statement.executeUpdate();
            }
        });
    }

    @Override
    public Map<String, String> accountsOf(Collection<String> keyIds) {
        List<UUID> ids = uuids(keyIds);
        return with(connection -> {
            Map<String, String> accounts = new HashMap<>();
            try (PreparedStatement statement = connection.prepareStatement(SettlementSql.ACCOUNTS)) {
                statement.setArray(1, array(connection, "uuid", ids));
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        accounts.put(rows.getString(1), rows.getString(2));
                    }
                }
            }
            return accounts;
        });
    }

    @Override
    public Books books(Collection<String> keyIds) {
        List<String> ids = List.copyOf(keyIds);
        List<UUID> uuids = new ArrayList<>();
        ids.forEach(id -> uuids.add(uuid(id).orElse(null)));
        // As for all readers, an outage is DatabaseUnavailableException.
        return DatabaseErrors.translating(() -> with(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(SettlementSql.BOOKS)) {
                statement.setArray(1, array(connection, "text", ids));
                statement.setArray(2, array(connection, "uuid", uuids));
                try (ResultSet rows = statement.executeQuery()) {
                    return read(rows);
                }
            }
        }));
    }

    @Override
    public BigInteger recount() {
        return DatabaseErrors.translating(() -> with(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(SettlementSql.RECOUNT)) {
                row.next();
                return whole(row, 1);
            }
        }));
    }

    private static Books read(ResultSet rows) throws SQLException {
        Map<String, KeyBook> keys = new HashMap<>();
        Books totals = null;
        while (rows.next()) {
            if (totals == null) {
                totals = new Books(
                        whole(rows, 1),
                        whole(rows, 2),
                        whole(rows, 3),
                        rows.getLong(4),
                        instant(rows.getTimestamp(5)),
                        new RecentQuarantine(rows.getLong(11), rows.getLong(12)),
                        Map.of());
            }
            if (rows.getString(6) != null) {
                keys.put(
                        rows.getString(6),
                        new KeyBook(rows.getBoolean(7), rows.getLong(8), rows.getLong(9), rows.getLong(10)));
            }
        }
        if (totals == null) {
            throw new SQLException("the row of ledger_totals is missing");
        }
        return new Books(
                totals.recorded(),
                totals.settled(),
                totals.setAside(),
                totals.mismatches(),
                totals.lastMismatch(),
                totals.setAsideLately(),
                keys);
    }

    private static BigInteger whole(ResultSet rows, int column) throws SQLException {
        return rows.getBigDecimal(column).toBigInteger();
    }

    private static Optional<Instant> instant(Timestamp timestamp) {
        return Optional.ofNullable(timestamp).map(Timestamp::toInstant);
    }

    private static List<UUID> uuids(Collection<String> ids) {
        List<UUID> uuids = new ArrayList<>();
        ids.forEach(id -> uuid(id).ifPresent(uuids::add));
        return uuids;
    }

    /** Reads an ID; empty if the text is not a UUID in canonical form. */
    static Optional<UUID> uuid(String id) {
        try {
            UUID uuid = UUID.fromString(id);
            return uuid.toString().equals(id) ? Optional.of(uuid) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
