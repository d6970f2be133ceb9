package dev.tollgate.it.support;

import dev.tollgate.fixture.server.IntegrationServers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Usage of a key that was set aside, as the settlement would have done it when the key was gone. */
public final class AsideUsage {

    private AsideUsage() {}

    /** Sets some aside, today's, as of a key that is gone, and returns the batch. */
    public static long of(AdminClient.Key key, int requests) {
        return of(key, requests, "no such key");
    }

    /** Sets some aside, today's, for that reason, and returns the batch. */
    public static long of(AdminClient.Key key, int requests, String reason) {
        String counts = "\"totalRequests\":%1$d,\"successfulRequests\":%1$d,\"failedRequests\":0,"
                + "\"totalFilesUploaded\":%1$d,\"totalFileSize\":30,\"lastUsedAt\":1,"
                + "\"fileTypes\":{\"application/pdf\":%1$d}";
        String all = counts.formatted(requests);
        String usage = "{" + all + ",\"parts\":[{\"provider\":\"local\",\"day\":\"" + LocalDate.now(ZoneOffset.UTC)
                + "\"," + all + "}]}";
        try (Connection connection =
                        DriverManager.getConnection(IntegrationServers.jdbcUrl(), "tollgate", "integration-tests");
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO set_aside_usage (batch_id, api_key_id, requests, usage, reason)"
                                + " VALUES (nextval('settlement_batch_ids'), ?, ?, ?::jsonb, ?)"
                                + " RETURNING batch_id");
                PreparedStatement total = connection.prepareStatement(
                        "UPDATE ledger_totals SET recorded = recorded + ?, set_aside = set_aside + ?")) {
            total.setInt(1, requests);
            total.setInt(2, requests);
            total.executeUpdate();
            insert.setString(1, key.id());
            insert.setInt(2, requests);
            insert.setString(3, usage);
            insert.setString(4, reason);
            try (ResultSet row = insert.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
