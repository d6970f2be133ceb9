package dev.tollgate.postgres.settlement;

import dev.tollgate.core.ledger.SettlementStore.Applied;
import dev.tollgate.core.usage.ClaimedUsage;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.UsageCounts;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.fixture.postgres.BoundDatabase;
import dev.tollgate.fixture.postgres.RealPostgres;
import dev.tollgate.fixture.postgres.Schema;
import dev.tollgate.fixture.redis.MeteredKeys;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A settlement store on a real PostgreSQL with Tollgate's tables, and keys whose usage is settled. Each class has a server of its own. */
abstract class SettlementStoreCase {

    static final LocalDate DAY = LocalDate.of(2026, 11, 22);

    static RealPostgres postgres;
    static BoundDatabase database;
    static MeteredKeys keys;
    static JdbcSettlementStore ledger;

    @BeforeAll
    static void start() {
        // What the tables hold is the same, whether or not commits wait for the disk.
        postgres = RealPostgres.startUnsynced();
        Schema.create(postgres.dataSource());
        database = new BoundDatabase(postgres.dataSource());
        keys = new MeteredKeys(postgres.dataSource());
        ledger = new JdbcSettlementStore(database, "node");
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    static KeyUsage upload(String provider, LocalDate day, String type, long bytes) {
        return KeyUsage.of(new UsageEvent("k", provider, day, true, 1, bytes, type, 1_700_000_000_123L));
    }

    static KeyUsage failure(String provider, LocalDate day) {
        return KeyUsage.of(new UsageEvent("k", provider, day, false, 0, 0, null, 1_600_000_000_000L));
    }

    static long nextBatch() {
        return database.call(ledger::nextBatchId);
    }

    static Applied apply(ClaimedUsage... claims) {
        return database.call(() -> ledger.apply(ledger.nextBatchId(), List.of(claims)));
    }

    static ClaimedUsage claim(String key, KeyUsage usage) {
        return new ClaimedUsage(key, nextBatch(), usage);
    }

    static Map<String, Object> settled(String key) {
        return keys.row("SELECT *, file_type_counts::text AS types FROM api_keys WHERE id = ?::uuid", key);
    }

    static UsageCounts counts(long requests) {
        return new UsageCounts(requests, requests, 0, 0, 0, 1, Map.of());
    }
}
