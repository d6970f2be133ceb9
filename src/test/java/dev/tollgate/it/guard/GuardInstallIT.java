package dev.tollgate.it.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The guard before anything has been asked for, on a server where it was installed twice. */
@Order(1)
class GuardInstallIT extends GuardCase {

    @Test
    void guardIsThereBeforeTheFirstRequestAndOnceForAllApplications() throws IOException {
        String log = Files.readString(guarded.server().logFile());
        assertThat(log).contains("/complete is guarded", "/ordered is guarded", "/slow is guarded");
        assertThat(log).doesNotContain("/left is guarded", "/tollgate is guarded");
        // Tollgate's own and the guard's.
        assertThat(log.split("Redis is connected", -1)).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/tollgate/missing", "/tollgate/api/v1/missing", "/complete/missing", "/slow/missing"})
    void halfSentPostsToWhatIsMissingAreNoErrorOfOursEvenWhereNothingHasBeenAskedForYet(String path)
            throws IOException {
        for (String body : List.of("Content-Length: 8000\r\n\r\nx", "Transfer-Encoding: chunked\r\n\r\n5\r\nx")) {
            try (Socket socket = new Socket("localhost", guarded.server().httpPort())) {
                socket.setSoTimeout(20_000);
                socket.getOutputStream()
                        .write(("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + body)
                                .getBytes(StandardCharsets.US_ASCII));
                String status = new BufferedReader(
                                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                        .readLine();
                assertThat(status).startsWith("HTTP/1.1 4");
            }
        }
        assertThat(Files.readString(guarded.server().logFile())).doesNotContain("ClosedByInterruptException");
    }
}
