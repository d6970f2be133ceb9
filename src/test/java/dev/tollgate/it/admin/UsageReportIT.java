package dev.tollgate.it.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.ShippedWar;
import jakarta.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The usage of all accounts: from uploads to an invoice, and tables of many accounts. */
class UsageReportIT extends ShippedWar {

    private static final int ACCOUNTS = 100_000;

    private final AdminClient operator = new AdminClient(this);

    private JsonObject report(String query) {
        HttpResponse<String> answer = send(operator.request("/usage?" + query).GET());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return AdminClient.json(answer);
    }

    private void upload(AdminClient.Key key, String content) {
        HttpResponse<String> stored = send(HttpRequest.newBuilder(at("/api/v1/uploads/local"))
                .header("X-API-Key", key.secret())
                .POST(HttpRequest.BodyPublishers.ofString(content)));
        assertThat(stored.statusCode()).isEqualTo(201);
    }

    @Test
    void uploadsOfTwoKeysAreOnTheAccountsInvoiceAlsoAfterItWasClosed() {
        String account = operator.newAccount("enterprise", "=Invoice & Sons");
        AdminClient.Key first = operator.newKey(account, "one");
        AdminClient.Key second = operator.newKey(account, "two");
        upload(first, "hello");
        upload(first, "hello");
        upload(second, "hello, world");
        Ports.await("all of it settled", Duration.ofSeconds(20), () -> {
            operator.send("POST", "/settlement/run", "{}");
            return report("accountId=" + account).getJsonObject("totals").getInt("totalRequests") == 3;
        });
        assertThat(operator.send("DELETE", "/accounts/" + account, null).statusCode())
                .isEqualTo(204);
        JsonObject byKey = report("group=key,provider,month&sort=-totalFileSize&accountId=" + account);
        assertThat(byKey.getJsonArray("items")).hasSize(2);
        JsonObject row = byKey.getJsonArray("items").getJsonObject(0);
        assertThat(row.getString("keyName")).isEqualTo("two");
        assertThat(row.getString("account")).isEqualTo("=Invoice & Sons");
        assertThat(row.getString("provider")).isEqualTo("local");
        assertThat(row.getInt("totalFileSize")).isEqualTo(12);
        assertThat(byKey.getJsonObject("totals"))
                .isEqualTo(report("group=day&accountId=" + account).getJsonObject("totals"));
        assertThat(byKey.getJsonObject("meta").isNull("lastSettledAt")).isFalse();
        HttpResponse<String> table = send(operator.request("/usage?accountId=" + account)
                .header("Accept", "text/csv")
                .GET());
        assertThat(table.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/csv"));
        assertThat(table.body())
                .isEqualTo("accountId,account,totalRequests,successfulRequests,failedRequests,totalFilesUploaded,"
                        + "totalFileSize\r\n" + account + ",\"'=Invoice & Sons\",3,3,0,3,22\r\n");
    }

    @Test
    void aTableOfManyAccountsHasEachOfThemOnce() throws SQLException {
        String marker = "usage-report-it";
        try {
            sql(
                    "INSERT INTO accounts (id, name, tier) SELECT md5('" + marker + "' || n)::uuid, '" + marker
                            + "', 'free' FROM generate_series(1, " + ACCOUNTS + ") n",
                    "INSERT INTO api_keys (id, account_id, name, key_hash, prefix) SELECT id, id, name,"
                            + " encode(sha256(CAST(id AS text)::bytea), 'hex'), 'tg_test0' FROM accounts WHERE name = '"
                            + marker + "'",
                    "INSERT INTO api_key_usage_daily SELECT id, '2020-02-29', 2, 1, 1, 1, 10 FROM api_keys WHERE name = '"
                            + marker + "'");
            String range = "from=2020-02-01&to=2020-02-29";
            HttpResponse<String> table =
                    send(operator.request("/usage/export?" + range).GET());
            assertThat(table.statusCode()).isEqualTo(200);
            List<String> lines = table.body().lines().toList();
            assertThat(lines).hasSize(ACCOUNTS + 1);
            assertThat(new HashSet<>(lines)).hasSize(ACCOUNTS + 1);
            assertThat(lines.get(ACCOUNTS)).endsWith("," + marker + ",2,1,1,1,10");
            JsonObject report = report(range + "&page=2000");
            assertThat(report.getInt("total")).isEqualTo(ACCOUNTS);
            assertThat(report.getJsonArray("items")).hasSize(50);
            assertThat(report.getJsonObject("totals").getInt("totalFileSize")).isEqualTo(10 * ACCOUNTS);
        } finally {
            sql("DELETE FROM accounts WHERE name = '" + marker + "'");
        }
    }

    private static void sql(String... statements) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(IntegrationServers.jdbcUrl(), "tollgate", "integration-tests");
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
