package dev.tollgate.it.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.ShippedWar;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Uploads that break off or turn out too large while they come in: settled as failures, and no file is left. */
class BrokenUploadIT extends ShippedWar {

    private static final int CHUNK = 64 * 1024;
    private static final int CHUNKS_ABOVE_THE_LIMIT = 100 * 1024 * 1024 / CHUNK + 16;

    private final AdminClient operator = new AdminClient(this);

    private interface Body {
        void write(OutputStream out) throws IOException;
    }

    private void upload(AdminClient.Key key, String header, Body body, Runnable whileOpen) throws IOException {
        URI target = at("/api/v1/uploads/local");
        try (Socket socket = new Socket(target.getHost(), target.getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(("POST " + target.getPath() + " HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + key.secret()
                            + "\r\n" + header + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            body.write(out);
            out.flush();
            whileOpen.run();
        }
    }

    private static long failed(AdminClient.Key key) {
        try (Connection connection = DriverManager.getConnection(
                        IntegrationServers.jdbcUrl(),
                        IntegrationServers.settings().get("tollgate.jdbc.user"),
                        IntegrationServers.settings().get("tollgate.jdbc.password"));
                PreparedStatement statement = connection.prepareStatement("SELECT failed_requests FROM provider_usage"
                        + " WHERE api_key_id = CAST(? AS uuid) AND provider = 'local' AND total_files_uploaded = 0")) {
            statement.setString(1, key.id());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long files() {
        try (Stream<Path> files = Files.walk(IntegrationServers.uploads())) {
            return files.filter(Files::isRegularFile).count();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void clientThatHangsUpLeavesASettledFailureAndNoFile() throws Exception {
        AdminClient.Key key = operator.newKey(operator.newAccount("pro"));
        long before = files();
        upload(key, "Content-Length: 5000000", out -> out.write(new byte[100_000]), () -> awaitMoreThan(before));
        Ports.await("the first upload given up", Duration.ofSeconds(10), () -> files() == before);
        upload(key, "Transfer-Encoding: chunked", BrokenUploadIT::writeChunk, () -> awaitMoreThan(before));
        Ports.await("the second upload given up", Duration.ofSeconds(10), () -> files() == before);
        Ports.await("two settled failures", Duration.ofSeconds(30), () -> failed(key) == 2);
    }

    /** The client gets no answer, so this alone shows that its request has reached the application and is being stored. */
    private static void awaitMoreThan(long files) {
        Ports.await("the upload being stored", Duration.ofSeconds(10), () -> files() > files);
    }

    @Test
    void bodyThatTurnsOutTooLargeLeavesASettledFailureAndNoFile() throws Exception {
        AdminClient.Key key = operator.newKey(operator.newAccount("pro"));
        long before = files();
        upload(
                key,
                "Transfer-Encoding: chunked",
                out -> {
                    try {
                        for (int i = 0; i < CHUNKS_ABOVE_THE_LIMIT; i++) {
                            writeChunk(out);
                        }
                    } catch (IOException e) {
                        // The server has answered and closed before the rest could be sent.
                    }
                },
                () -> {});
        Ports.await("a settled failure", Duration.ofSeconds(30), () -> failed(key) == 1);
        assertThat(files()).isEqualTo(before);
    }

    private static void writeChunk(OutputStream out) throws IOException {
        out.write((Integer.toHexString(CHUNK) + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(new byte[CHUNK]);
        out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
    }
}
