package dev.tollgate.it.admin;

import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.it.support.AdminClient;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Random;

/** A past for charts to show, as settlement and nodes would have left it. */
final class PastUsage {

    private static final String MONTH = """
            INSERT INTO api_key_usage_daily (api_key_id, usage_date, total_requests, successful_requests, failed_requests,
                total_files_uploaded, total_file_size)
            SELECT ?::uuid, day, n, n - n / 40, n / 40, n - n / 40, n * 180000
            FROM (SELECT current_date - d AS day,
                    (900 + 35 * (30 - d) + 260 * sin(d * 0.9) - CASE WHEN extract(isodow FROM current_date - d) > 5 THEN 600 ELSE 0 END)::bigint
                    AS n FROM generate_series(1, 29) AS d) AS past""";

    private PastUsage() {}

    /** Settled usage of the last days but today. */
    static void ofAMonth(AdminClient.Key key) {
        try (Connection connection =
                        DriverManager.getConnection(IntegrationServers.jdbcUrl(), "tollgate", "integration-tests");
                PreparedStatement insert = connection.prepareStatement(MONTH)) {
            insert.setString(1, key.id());
            insert.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Traffic of the last hour but two minutes. */
    static void ofAnHour() {
        Random random = new Random(7);
        long minute = System.currentTimeMillis() / 60_000;
        try (RedisWire redis = new RedisWire(IntegrationServers.redis().port())) {
            for (long at = minute - 58; at < minute - 1; at++) {
                for (int second = 0; second < 60; second += 10) {
                    double wave = 60 + 25 * Math.sin((at + second / 60.0) / 6) + random.nextInt(14);
                    boolean burst = at % 23 < 3;
                    add(redis, at, second, 1, Math.round(10 * wave));
                    add(redis, at, second, 2, burst ? 120 + random.nextInt(90) : random.nextInt(25));
                    add(redis, at, second, 3, burst ? 40 + random.nextInt(60) : 0);
                    add(redis, at, second, 4, random.nextInt(12));
                }
                redis.send("EXPIRE", "traffic:{traffic}:" + at, "3900");
            }
        }
    }

    private static void add(RedisWire redis, long minute, int second, int place, long count) {
        redis.send("HINCRBY", "traffic:{traffic}:" + minute, second + ":" + place, Long.toString(count));
    }
}
