package dev.tollgate.postgres.support;

import dev.tollgate.core.usage.UsageCounts;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows of counts as one array per column, so that one statement writes them all. Not thread-safe. */
public final class UsageColumnArrays {

    private final List<UUID> keys = new ArrayList<>();
    private final List<LocalDate> days = new ArrayList<>();
    private final List<String> providers = new ArrayList<>();
    private final List<List<Long>> counts = List.of(
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>());

    /** Adds a row. Day and provider are null where the statement has no such parameter. */
    public void add(UUID key, @Nullable LocalDate day, @Nullable String provider, UsageCounts row) {
        keys.add(key);
        days.add(day);
        providers.add(provider);
        counts.get(0).add(row.totalRequests());
        counts.get(1).add(row.successfulRequests());
        counts.get(2).add(row.failedRequests());
        counts.get(3).add(row.totalFiles());
        counts.get(4).add(row.totalBytes());
        counts.get(5).add(row.lastUsedAt());
    }

    /** Runs a statement whose parameters are: key, [day,] [provider,] five counts, [last use unless by day,] and more. */
    public void run(Connection connection, String sql, boolean withDay, boolean withProvider, List<Array> more)
            throws SQLException {
        if (keys.isEmpty()) {
            return;
        }
        List<Array> columns = new ArrayList<>();
        columns.add(array(connection, "uuid", keys));
        if (withDay) {
            columns.add(array(connection, "date", days));
        }
        if (withProvider) {
            columns.add(array(connection, "text", providers));
        }
        for (List<Long> column : withDay ? counts.subList(0, 5) : counts) {
            columns.add(array(connection, "bigint", column));
        }
        columns.addAll(more);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < columns.size(); i++) {
                statement.setArray(i + 1, columns.get(i));
            }
            statement.executeUpdate();
        }
    }

    /** Creates the array of a column, of the elements' own class if the driver then sends bytes instead of text. */
    public static Array array(Connection connection, String type, List<?> values) throws SQLException {
        Object[] elements =
                switch (type) {
                    case "bigint" -> values.toArray(Long[]::new);
                    case "text" -> values.toArray(String[]::new);
                    default -> values.toArray();
                };
        return connection.createArrayOf(type, elements);
    }
}
