package dev.tollgate.it.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.ShippedWar;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An upload from the request to PostgreSQL: gated, stored, metered, settled and shown. */
class UploadIT extends ShippedWar {

    private static final int MEGABYTE = 1 << 20;

    private final AdminClient operator = new AdminClient(this);

    private HttpResponse<String> upload(String secret, String path, byte[] body, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(at("/api/v1/uploads/" + path))
                .header("X-API-Key", secret)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        return send(request);
    }

    private JsonObject summary(AdminClient.Key key) {
        HttpResponse<String> response = get("/api/v1/analytics", Map.of("X-API-Key", key.secret()));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return AdminClient.json(response).getJsonObject("summary");
    }

    @ParameterizedTest
    @EnumSource
    void anUploadLongerThanTheServersOwnBoundIsStoredOverEachVersionOfHttp(HttpClient.Version version)
            throws Exception {
        AdminClient.Key key = operator.newKey(operator.newAccount("pro"));
        HttpClient client = HttpClient.newBuilder().version(version).build();
        for (int megabytes : new int[] {9, 11, 60}) {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(at("/api/v1/uploads/local"))
                            .header("X-API-Key", key.secret())
                            .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[megabytes * MEGABYTE]))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode())
                    .as("%d MB: %s", megabytes, response.body())
                    .isEqualTo(201);
        }
    }

    @Test
    void aLargeUploadIsStoredMeteredSettledAndShownUnchanged() throws Exception {
        AdminClient.Key key = operator.newKey(operator.newAccount("pro"));
        byte[] body = new byte[50 * MEGABYTE];
        new Random(1).nextBytes(body);
        HttpResponse<String> response =
                upload(key.secret(), "local", body, Map.of("Content-Type", "application/octet-stream"));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        JsonObject stored = AdminClient.json(response);
        assertThat(stored.getString("sha256"))
                .isEqualTo(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(body)));
        assertThat(stored.getJsonNumber("size").longValue()).isEqualTo(body.length);
        assertThat(stored.keySet())
                .containsExactlyInAnyOrder("id", "provider", "fileName", "contentType", "size", "sha256");
        Ports.await(
                "the upload in analytics",
                Duration.ofSeconds(3),
                () -> summary(key).getInt("totalRequests") == 1);
        JsonObject before = summary(key);
        Ports.await("the upload settled", Duration.ofSeconds(20), () -> settledBytes(key) == body.length);
        assertThat(summary(key)).isEqualTo(before);
    }

    private static long settledBytes(AdminClient.Key key) {
        try (Connection connection = DriverManager.getConnection(
                        IntegrationServers.jdbcUrl(),
                        IntegrationServers.settings().get("tollgate.jdbc.user"),
                        IntegrationServers.settings().get("tollgate.jdbc.password"));
                PreparedStatement statement = connection.prepareStatement(
                        "SELECT total_file_size FROM provider_usage WHERE api_key_id = ?::uuid AND provider = 'local'")) {
            statement.setString(1, key.id());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theEleventhUploadOfAFreeKeyIsRefusedWithAProblem() {
        AdminClient.Key key = operator.newKey(operator.newAccount("free"));
        for (int i = 0; i < 10; i++) {
            assertThat(upload(key.secret(), "local", new byte[] {1, 2, 3}, Map.of())
                            .statusCode())
                    .isEqualTo(201);
        }
        HttpResponse<String> refused = upload(key.secret(), "local", new byte[] {1}, Map.of());
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        JsonObject problem = AdminClient.json(refused);
        assertThat(problem.getString("code")).isEqualTo("RATE_LIMIT_EXCEEDED");
        assertThat(problem.getInt("limit")).isEqualTo(10);
        assertThat(problem.getInt("current")).isEqualTo(10);
        assertThat(problem.getInt("violations")).isEqualTo(1);
        assertThat(problem.getInt("violationsUntilBan")).isEqualTo(4);
        assertThat(Integer.parseInt(refused.headers().firstValue("Retry-After").orElseThrow()))
                .isBetween(1, 60);
    }

    @Test
    void aWarmUploadTakesTwoRoundTrips() throws Exception {
        AdminClient.Key key = operator.newKey(operator.newAccount("pro"));
        upload(key.secret(), "local", new byte[] {1}, Map.of());
        Ports.await(
                "the first upload metered",
                Duration.ofSeconds(3),
                () -> summary(key).getInt("totalRequests") == 1);
        Ports.await("the first upload settled", Duration.ofSeconds(20), () -> settledBytes(key) == 1);
        try (RedisMonitor monitor = new RedisMonitor(IntegrationServers.redis().port())) {
            upload(key.secret(), "local", new byte[] {1, 2}, Map.of());
            Ports.await("the upload metered", Duration.ofSeconds(3), () -> monitor.count(key.id(), "evalsha") >= 1);
            // Decision by account, recording by key: each one command of its own, nothing else asked about either.
            assertThat(monitor.count(key.account(), "evalsha")).isEqualTo(1);
            assertThat(monitor.count(key.id(), "evalsha")).isEqualTo(1);
            assertThat(monitor.clientCommands(key.account())).isEqualTo(1);
        }
    }

    @Test
    void badInputIsToldApartAndMeteredAsFailed() {
        AdminClient.Key key = operator.newKey(operator.newAccount("pro"));
        assertThat(upload(key.secret(), "UPPER", new byte[] {1}, Map.of()).statusCode())
                .isEqualTo(400);
        assertThat(upload(key.secret(), "all", new byte[] {1}, Map.of()).statusCode())
                .isEqualTo(400);
        assertThat(upload(key.secret(), "nowhere", new byte[] {1}, Map.of()).statusCode())
                .isEqualTo(404);
        HttpResponse<String> tooLarge = upload(key.secret(), "local", new byte[100 * MEGABYTE + 1], Map.of());
        assertThat(tooLarge.statusCode()).isEqualTo(413);
        assertThat(send(HttpRequest.newBuilder(at("/api/v1/uploads/local"))
                                .POST(HttpRequest.BodyPublishers.ofString("x")))
                        .body())
                .contains("MISSING_API_KEY");
        assertThat(upload("tg_" + "A".repeat(43), "local", new byte[] {1}, Map.of())
                        .body())
                .contains("INVALID_API_KEY");
        Ports.await(
                "four failures metered",
                Duration.ofSeconds(3),
                () -> summary(key).getInt("failedRequests") == 4);
        assertThat(summary(key).getInt("successfulRequests")).isZero();
    }

    @Test
    void hostileFileNamesNeverLeaveTheStore() throws Exception {
        AdminClient.Key key = operator.newKey(operator.newAccount("pro"));
        Path store = IntegrationServers.uploads();
        for (String name : new String[] {
            "../../../../escaped.txt", "a%00b.txt", "..%2f..%2fescaped.txt", "x".repeat(7_000), "%22;rm%20-rf%20/"
        }) {
            HttpResponse<String> response =
                    send(HttpRequest.newBuilder(URI.create(at("/api/v1/uploads/local") + "?fileName=" + name))
                            .header("X-API-Key", key.secret())
                            .POST(HttpRequest.BodyPublishers.ofString("content")));
            assertThat(response.statusCode()).as(name).isIn(201, 400);
        }
        try (Stream<Path> files = Files.walk(store)) {
            assertThat(files.filter(Files::isRegularFile))
                    .allSatisfy(
                            file -> assertThat(file.getFileName().toString()).matches("[0-9a-f-]{36}.*"));
        }
        assertThat(IntegrationServers.uploads().getParent().getParent().resolve("escaped.txt"))
                .doesNotExist();
        assertThat(IntegrationServers.uploads().getParent().resolve("escaped.txt"))
                .doesNotExist();
    }

    @Test
    void aClientThatHangsUpLeavesNoFileAndAFailure() throws Exception {
        AdminClient.Key key = operator.newKey(operator.newAccount("pro"));
        Path store = IntegrationServers.uploads();
        long before = files(store);
        URI target = at("/api/v1/uploads/local");
        try (Socket socket = new Socket(target.getHost(), target.getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(("POST " + target.getPath() + " HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + key.secret()
                            + "\r\nContent-Length: 5000000\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(new byte[100_000]);
            out.flush();
        }
        Ports.await(
                "the broken upload metered",
                Duration.ofSeconds(10),
                () -> summary(key).getInt("failedRequests") == 1);
        assertThat(files(store)).isEqualTo(before);
    }

    private static long files(Path store) throws IOException {
        if (!Files.isDirectory(store)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(store)) {
            return files.filter(Files::isRegularFile).count();
        }
    }

    @Test
    void noRawKeyIsInRedisTablesOrLogs() throws Exception {
        AdminClient.Key key = operator.newKey(operator.newAccount("free"));
        for (int i = 0; i < 16; i++) {
            upload(key.secret(), "local", new byte[] {1}, Map.of());
        }
        String secret = key.secret().substring(8);
        try (InputStream log = Files.newInputStream(IntegrationServers.serverLog())) {
            assertThat(new String(log.readAllBytes(), StandardCharsets.UTF_8)).doesNotContain(secret);
        }
        try (RedisMonitor monitor = new RedisMonitor(IntegrationServers.redis().port())) {
            upload(key.secret(), "local", new byte[] {1}, Map.of());
            get("/api/v1/analytics", Map.of("X-API-Key", key.secret()));
            assertThat(monitor.count(secret, "")).isZero();
        }
    }
}
