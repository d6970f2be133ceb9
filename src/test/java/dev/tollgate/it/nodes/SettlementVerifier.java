package dev.tollgate.it.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.redis.MeteredKeys;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.Node;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Whether what two nodes settled is what was acknowledged to those who sent it. */
final class SettlementVerifier {

    private static final List<String> PARTS = List.of("provider_usage", "api_key_usage_daily", "provider_usage_daily");

    private final TwoNodes cluster;
    private final MeteredKeys tables;
    private final List<AdminClient.Key> keys;
    private final List<UploadLog> logs;

    SettlementVerifier(TwoNodes cluster, List<AdminClient.Key> keys, List<UploadLog> logs) {
        this.cluster = cluster;
        this.tables = cluster.tables();
        this.keys = keys;
        this.logs = logs;
    }

    /**
     * Waits until nothing is pending and compares.
     *
     * @param mayBeLost the most that may be missing in all
     */
    void compare(long mayBeLost) {
        awaitSettled();
        long acknowledged = 0;
        long inDoubt = 0;
        long settled = 0;
        for (int i = 0; i < keys.size(); i++) {
            String key = keys.get(i).id();
            int at = i;
            long acknowledgedHere =
                    logs.stream().mapToLong(log -> log.acknowledgedOf(at)).sum();
            long inDoubtHere = logs.stream().mapToLong(log -> log.inDoubtOf(at)).sum();
            Map<String, Object> row = tables.row("SELECT * FROM api_keys WHERE id = ?::uuid", key);
            long settledHere = (Long) row.get("successful_requests");
            assertThat(settledHere).as("settled of key " + i).isLessThanOrEqualTo(acknowledgedHere + inDoubtHere);
            assertThat(acknowledgedHere - settledHere).as("lost of key " + i).isLessThanOrEqualTo(mayBeLost);
            assertThat(row).containsEntry("total_files_uploaded", settledHere);
            assertThat(row).containsEntry("total_file_size", settledHere * UploadLoad.CONTENT.length);
            for (String table : PARTS) {
                Map<String, Object> part = tables.row(
                        "SELECT sum(total_requests)::bigint AS total_requests,"
                                + " sum(successful_requests)::bigint AS successful_requests,"
                                + " sum(total_file_size)::bigint AS total_file_size FROM " + table
                                + " WHERE api_key_id = ?::uuid",
                        key);
                assertThat(row).as(table).containsAllEntriesOf(part);
            }
            acknowledged += acknowledgedHere;
            inDoubt += inDoubtHere;
            settled += settledHere;
        }
        System.out.printf(
                "acknowledged %d, settled %d, in doubt %d: %d missing of %d that the kills may have taken; other answers %s%n",
                acknowledged,
                settled,
                inDoubt,
                acknowledged - settled,
                mayBeLost,
                logs.stream().map(UploadLog::otherAnswers).toList());
        assertThat(acknowledged).as("uploads at all").isGreaterThan(100);
        assertThat(acknowledged - settled).as("lost in all").isLessThanOrEqualTo(mayBeLost);
        assertThat(tables.rows("SELECT details FROM audit_logs WHERE type = 'LEDGER_MISMATCH'"))
                .isEmpty();
        assertThat(tables.rows("SELECT reason FROM set_aside_usage")).isEmpty();
        compareLedgers();
    }

    private void awaitSettled() {
        Ports.await(
                "both nodes' ledgers with nothing pending",
                Duration.ofMinutes(2),
                () -> cluster.nodes.stream().allMatch(node -> {
                    JsonObject ledger = node.admin("/ledger");
                    return node.isWell() && ledger.getInt("pending") == 0 && ledger.getInt("keys") == 0;
                }));
    }

    private void compareLedgers() {
        for (Node node : cluster.nodes) {
            JsonObject ledger = node.admin("/ledger");
            assertThat(ledger.getBoolean("balanced"))
                    .as("the ledger by " + node)
                    .isTrue();
            assertThat(ledger.getJsonNumber("recorded").longValue())
                    .isEqualTo(ledger.getJsonNumber("settled").longValue()
                            + ledger.getJsonNumber("pending").longValue()
                            + ledger.getJsonNumber("setAside").longValue());
            assertThat(ledger.getJsonNumber("settled").longValue())
                    .isEqualTo(tables.row("SELECT sum(total_requests)::bigint AS n FROM api_keys")
                            .get("n"));
            assertThat(ledger.getInt("mismatches")).isZero();
        }
    }
}
