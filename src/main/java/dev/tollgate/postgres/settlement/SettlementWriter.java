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
import org.jspecify.annotations.Nullable;

/**
 * A writer of one batch of claims, within one transaction. Each claim is added, recognized as applied before, or quarantined. Not
 * thread-safe.
 */
final class SettlementWriter {

    /** A claim of an existing key, with the state of the key's ledger after the claim. */
    private record Entry(UUID id, ClaimedUsage claim, long epoch, long upto) {
        Entry with(KeyUsage usage) {
            ClaimedUsage same = new ClaimedUsage(claim.keyId(), claim.batchId(), usage, claim.mark(), claim.damage());
            return new Entry(id, same, epoch, upto);
        }
    }

    /** The state of a key in the database. */
    private record Row(long batch, long epoch, long requests) {}

    private final Connection connection;
    private final List<Mismatch> mismatches = new ArrayList<>();
    private final List<Entry> skipped = new ArrayList<>();
    private BigDecimal recorded = BigDecimal.ZERO;
    private BigDecimal quarantinedRequests = BigDecimal.ZERO;
    private BigDecimal settled = BigDecimal.ZERO;
    private int keys;
    private int repeated;
    private int quarantined;

    SettlementWriter(Connection connection) {
        this.connection = connection;
    }

    /** Writes all claims. */
    void apply(Collection<ClaimedUsage> claims) throws SQLException {
        Map<UUID, ClaimedUsage> byId = new TreeMap<>();
        for (ClaimedUsage claim : claims) {
            UUID id = JdbcSettlementStore.uuid(claim.keyId()).orElse(null);
            if (id == null) {
                quarantine(claim, QuarantinedUsage.NO_SUCH_KEY);
            } else {
                byId.put(id, claim);
            }
        }
        Map<UUID, Row> rows = lock(byId.keySet());
        List<Entry> writable = new ArrayList<>();
        for (Map.Entry<UUID, ClaimedUsage> entry : byId.entrySet()) {
            classify(entry.getKey(), entry.getValue(), rows.get(entry.getKey()), writable);
        }
        write(boundProviders(writable));
        markSkipped();
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

    private void classify(UUID id, ClaimedUsage claim, @Nullable Row row, List<Entry> writable) throws SQLException {
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
        } else if (isOlderState(claim, row)) {
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
     * Returns whether Redis has lost an earlier claim, since its append-only file or a replica was behind when it came back.
     * The new claim may then have the counts of that claim again. Adds mismatches of the ledger.
     */
    private boolean isOlderState(ClaimedUsage claim, Row row) {
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
            mismatches.add(new Mismatch(claim.keyId(), 0, claimed, "the ledger is older than the one settled before"));
        }
        return snapshot.epoch() < row.epoch() || sameEpoch && snapshot.taken() < row.requests();
    }

    private void quarantine(ClaimedUsage claim, String reason) throws SQLException {
        if (QuarantinedUsage.write(connection, claim, reason)) {
            quarantined++;
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

    /** Writes entries. If the database rejects the data of some, finds them by halving and quarantines them. */
    private void write(List<Entry> entries) throws SQLException {
        if (entries.isEmpty()) {
            return;
        }
        execute("SAVEPOINT writing");
        try {
            writeRows(entries);
            execute("RELEASE SAVEPOINT writing");
        } catch (SQLException e) {
            if (!isDataError(e)) {
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

    /** Returns whether the error is about data, constraints or limits, so that the same data would fail again. */
    private static boolean isDataError(SQLException e) {
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

    private void markSkipped() throws SQLException {
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

    /** Adds the batch to the totals of the ledger. */
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

    /** Returns what was done. */
    Applied applied() {
        return new Applied(keys, repeated, quarantined, UsageEmbeddable.whole(settled), mismatches);
    }
}
