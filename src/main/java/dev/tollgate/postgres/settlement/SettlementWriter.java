package dev.tollgate.postgres.settlement;

import static dev.tollgate.postgres.support.UsageColumnArrays.array;

import dev.tollgate.core.ledger.SettlementStore.Applied;
import dev.tollgate.core.ledger.SettlementStore.Mismatch;
import dev.tollgate.core.usage.ClaimedUsage;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.LedgerSnapshot;
import dev.tollgate.postgres.support.UsageColumnArrays;
import dev.tollgate.postgres.support.UsageEmbeddable;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * One batch on its way into the tables, within one transaction. Every claim ends in exactly one of three ways: added,
 * known from before, or set aside. Not thread-safe.
 */
final class SettlementWriter {

    /** A claim of a key that exists, and where the ledger of that key stands once it is done with. */
    private record Entry(UUID id, ClaimedUsage claim, long epoch, long upto) {
        Entry with(KeyUsage usage) {
            ClaimedUsage same = new ClaimedUsage(claim.keyId(), claim.batchId(), usage, claim.mark(), claim.damage());
            return new Entry(id, same, epoch, upto);
        }
    }

    private record Row(long batch, long epoch, long requests) {}

    private final Connection connection;
    private final List<Mismatch> mismatches = new ArrayList<>();
    private final List<Entry> skipped = new ArrayList<>();
    private BigDecimal recorded = BigDecimal.ZERO;
    private BigDecimal quarantinedRequests = BigDecimal.ZERO;
    private BigDecimal settled = BigDecimal.ZERO;
    private int keys;
    private int repeated;
    private int quarantine;

    SettlementWriter(Connection connection) {
        this.connection = connection;
    }

    void apply(Collection<ClaimedUsage> claims) throws SQLException {
        Map<UUID, ClaimedUsage> known = new TreeMap<>();
        for (ClaimedUsage claim : claims) {
            UUID id = JdbcSettlementStore.uuid(claim.keyId()).orElse(null);
            if (id == null) {
                quarantine(claim, QuarantinedUsage.NO_SUCH_KEY);
            } else {
                known.put(id, claim);
            }
        }
        Map<UUID, Row> rows = lock(known.keySet());
        List<Entry> writable = new ArrayList<>();
        for (Map.Entry<UUID, ClaimedUsage> entry : known.entrySet()) {
            sort(entry.getKey(), entry.getValue(), rows.get(entry.getKey()), writable);
        }
        write(boundProviders(writable));
        mark();
    }

    private Map<UUID, Row> lock(Collection<UUID> ids) throws SQLException {
        Map<UUID, Row> rows = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(SettlementSql.LOCK_KEYS)) {
            statement.setArray(1, array(connection, "uuid", List.copyOf(ids)));
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    rows.put(
                            result.getObject(1, UUID.class),
                            new Row(result.getLong(2), result.getLong(3), result.getLong(4)));
                }
            }
        }
        return rows;
    }

    private void sort(UUID id, ClaimedUsage claim, Row row, List<Entry> writable) throws SQLException {
        if (row == null) {
            quarantine(claim, QuarantinedUsage.NO_SUCH_KEY);
            return;
        }
        if (row.batch() >= claim.batchId()) {
            repeated++;
            return;
        }
        Entry entry = entryOf(id, claim, row);
        if (!claim.damage().isEmpty()) {
            skip(entry, QuarantinedUsage.UNREADABLE);
        } else if (!QuarantinedUsage.areCounts(claim.usage())) {
            skip(entry, QuarantinedUsage.NOT_COUNTS);
        } else if (wentBack(claim, row)) {
            skip(entry, QuarantinedUsage.REDIS_WENT_BACK);
        } else {
            writable.add(entry);
        }
    }

    private static Entry entryOf(UUID id, ClaimedUsage claim, Row row) {
        LedgerSnapshot snapshot = claim.mark();
        long claimed = claim.usage().totals().totalRequests();
        return snapshot.isKept()
                ? new Entry(id, claim, snapshot.epoch(), snapshot.takenAfter())
                : new Entry(id, claim, row.epoch(), row.requests() + claimed);
    }

    /**
     * Whether Redis has forgotten that an earlier claim was taken: its append-only file or a replica was behind when it
     * came back. What it now gives may hold that claim's counts again.
     */
    private boolean wentBack(ClaimedUsage claim, Row row) {
        LedgerSnapshot snapshot = claim.mark();
        long claimed = claim.usage().totals().totalRequests();
        if (!snapshot.isKept()) {
            return false;
        }
        if (snapshot.claimed() != claimed) {
            mismatches.add(
                    new Mismatch(claim.keyId(), snapshot.claimed(), claimed, "recorded in Redis, found in the claim"));
        }
        boolean sameEpoch = snapshot.epoch() == row.epoch();
        if (sameEpoch && snapshot.taken() != row.requests()) {
            mismatches.add(
                    new Mismatch(claim.keyId(), snapshot.taken(), row.requests(), "taken from Redis, settled before"));
        } else if (snapshot.epoch() < row.epoch()) {
            mismatches.add(new Mismatch(claim.keyId(), 0, claimed, "older ledger than the one settled from before"));
        }
        return snapshot.epoch() < row.epoch() || sameEpoch && snapshot.taken() < row.requests();
    }

    private void quarantine(ClaimedUsage claim, String reason) throws SQLException {
        if (QuarantinedUsage.write(connection, claim, reason)) {
            quarantine++;
            quarantinedRequests = quarantinedRequests.add(
                    BigDecimal.valueOf(claim.usage().totals().totalRequests()));
            count(claim);
        } else {
            repeated++;
        }
    }

    private void skip(Entry entry, String reason) throws SQLException {
        quarantine(entry.claim(), reason);
        skipped.add(entry);
    }

    private void count(ClaimedUsage claim) {
        recorded = recorded.add(BigDecimal.valueOf(
                claim.mark().isKept()
                        ? claim.mark().claimed()
                        : claim.usage().totals().totalRequests()));
    }

    private List<Entry> boundProviders(List<Entry> entries) throws SQLException {
        Map<UUID, KeyUsage> usage = new HashMap<>();
        entries.forEach(entry -> usage.put(entry.id(), entry.claim().usage()));
        Map<UUID, KeyUsage> renamed = ProviderLimit.enforce(connection, usage);
        return entries.stream()
                .map(entry -> renamed.containsKey(entry.id()) ? entry.with(renamed.get(entry.id())) : entry)
                .toList();
    }

    /** Writes all, or, where the database takes exception to the data, all but the culprits: found by halving. */
    private void write(List<Entry> entries) throws SQLException {
        if (entries.isEmpty()) {
            return;
        }
        execute("SAVEPOINT writing");
        try {
            writeRows(entries);
            execute("RELEASE SAVEPOINT writing");
        } catch (SQLException e) {
            if (!isAboutTheData(e)) {
                throw e;
            }
            execute("ROLLBACK TO SAVEPOINT writing");
            execute("RELEASE SAVEPOINT writing");
            if (entries.size() == 1) {
                skip(entries.get(0), "SQLSTATE " + e.getSQLState());
            } else {
                write(entries.subList(0, entries.size() / 2));
                write(entries.subList(entries.size() / 2, entries.size()));
            }
            return;
        }
        for (Entry entry : entries) {
            keys++;
            settled = settled.add(
                    BigDecimal.valueOf(entry.claim().usage().totals().totalRequests()));
            count(entry.claim());
        }
    }

    /** Data exceptions, constraints, limits: the same data will fail again. */
    private static boolean isAboutTheData(SQLException e) {
        String state = e.getSQLState();
        return state != null && (state.startsWith("22") || state.startsWith("23") || state.startsWith("54"));
    }

    private void writeRows(List<Entry> entries) throws SQLException {
        UsageColumnArrays totals = new UsageColumnArrays();
        UsageColumnArrays providers = new UsageColumnArrays();
        List<String> providerTypes = new ArrayList<>();
        UsageColumnArrays days = new UsageColumnArrays();
        UsageColumnArrays providerDays = new UsageColumnArrays();
        for (Entry entry : entries) {
            KeyUsage usage = entry.claim().usage();
            totals.add(entry.id(), null, null, usage.totals());
            usage.providers().forEach((provider, counts) -> {
                providers.add(entry.id(), null, provider, counts);
                providerTypes.add(QuarantinedUsage.fileTypesJson(counts));
            });
            usage.days().forEach((day, counts) -> days.add(entry.id(), day, null, counts));
            usage.providerDays().forEach((at, counts) -> providerDays.add(entry.id(), at.day(), at.provider(), counts));
        }
        totals.run(connection, SettlementSql.KEY_TOTALS, false, false, ledgerColumns(entries, true));
        providers.run(
                connection, SettlementSql.PROVIDERS, false, true, List.of(array(connection, "text", providerTypes)));
        days.run(connection, SettlementSql.DAYS, true, false, List.of());
        providerDays.run(connection, SettlementSql.PROVIDER_DAYS, true, true, List.of());
    }

    private List<Array> ledgerColumns(List<Entry> entries, boolean withTypes) throws SQLException {
        List<Array> columns = new ArrayList<>();
        if (withTypes) {
            List<String> types = new ArrayList<>();
            entries.forEach(entry -> types.add(
                    QuarantinedUsage.fileTypesJson(entry.claim().usage().totals())));
            columns.add(array(connection, "text", types));
        }
        columns.add(array(
                connection,
                "bigint",
                entries.stream().map(entry -> entry.claim().batchId()).toList()));
        columns.add(
                array(connection, "bigint", entries.stream().map(Entry::epoch).toList()));
        columns.add(
                array(connection, "bigint", entries.stream().map(Entry::upto).toList()));
        return columns;
    }

    private void mark() throws SQLException {
        if (skipped.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(SettlementSql.MARK_KEYS)) {
            statement.setArray(
                    1, array(connection, "uuid", skipped.stream().map(Entry::id).toList()));
            int at = 2;
            for (Array column : ledgerColumns(skipped, false)) {
                statement.setArray(at++, column);
            }
            statement.executeUpdate();
        }
    }

    void addToTotals() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SettlementSql.TOTALS)) {
            statement.setBigDecimal(1, recorded);
            statement.setBigDecimal(2, settled);
            statement.setBigDecimal(3, quarantinedRequests);
            statement.setInt(4, mismatches.size());
            statement.setInt(5, mismatches.size());
            statement.executeUpdate();
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    Applied applied() {
        return new Applied(keys, repeated, quarantine, UsageEmbeddable.whole(settled), mismatches);
    }
}
