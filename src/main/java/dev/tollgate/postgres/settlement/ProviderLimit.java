package dev.tollgate.postgres.settlement;

import static dev.tollgate.postgres.support.UsageColumnArrays.array;

import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.Provider;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/** The limit of providers per key. New providers beyond it count as {@value Provider#OTHER}; the key's present ones stay. */
final class ProviderLimit {

    private ProviderLimit() {}

    /** Returns the usage of keys that would have too many providers, with the surplus ones renamed. */
    static Map<UUID, KeyUsage> enforce(Connection connection, Map<UUID, KeyUsage> usage) throws SQLException {
        Map<UUID, KeyUsage> renamed = new HashMap<>();
        overLimit(connection, usage)
                .forEach((id, present) ->
                        renamed.put(id, Objects.requireNonNull(usage.get(id)).renamingProviders(provider -> {
                            boolean kept = present.contains(provider)
                                    || present.size() < Provider.MAX_PER_KEY && present.add(provider);
                            return kept ? provider : Provider.OTHER;
                        })));
        return renamed;
    }

    private static Map<UUID, Set<String>> overLimit(Connection connection, Map<UUID, KeyUsage> usage)
            throws SQLException {
        List<UUID> ids = new ArrayList<>();
        List<Long> providers = new ArrayList<>();
        usage.forEach((id, of) -> {
            ids.add(id);
            providers.add((long) of.providers().size());
        });
        Map<UUID, Set<String>> overLimit = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(SettlementSql.OVER_PROVIDER_LIMIT)) {
            statement.setArray(1, array(connection, "uuid", ids));
            statement.setArray(2, array(connection, "bigint", providers));
            statement.setInt(3, Provider.MAX_PER_KEY);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    overLimit
                            .computeIfAbsent(rows.getObject(1, UUID.class), id -> new HashSet<>())
                            .add(rows.getString(2));
                }
            }
        }
        return overLimit;
    }
}
