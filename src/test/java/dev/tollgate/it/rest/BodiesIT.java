package dev.tollgate.it.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.contract.Contract;
import dev.tollgate.contract.Contract.Operation;
import dev.tollgate.fixture.Gzip;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.ShippedWar;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.message.MessageWriter;
import io.cloudevents.http.HttpMessageFactory;
import io.cloudevents.jackson.JsonFormat;
import jakarta.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Encoded JSON, posted to every operation of the deployed WAR that takes some, and CloudEvents of the SDK for Java. */
class BodiesIT extends ShippedWar {

    private static final String JSON = "application/json";
    private static final String ENCODING = "Content-Encoding";
    private static final byte[] BOMB = Gzip.of(new byte[20 * 1024 * 1024]);

    private final AdminClient operator = new AdminClient(this);
    private AdminClient.Key key;

    @BeforeEach
    void newKey() {
        key = operator.newKey(operator.newAccount("enterprise"));
    }

    private List<Operation> takingJson() {
        Contract contract = new Contract(get("/openapi.json", Map.of()).body());
        return contract.operations().values().stream()
                .filter(operation -> contract.bodies(operation).containsKey(JSON))
                .toList();
    }

    private HttpResponse<String> send(Operation operation, String coding, byte[] body) {
        String path = operation
                .path()
                .replace("{batchId}", "1")
                .replace("{name}", operation.path().contains("/routes/") ? "uploads" : "pro")
                .replaceAll("\\{[a-zA-Z]+}", "00000000-0000-4000-8000-000000000000");
        boolean admin = path.startsWith("/api/v1/admin");
        HttpRequest.Builder request = admin
                ? operator.request(path.substring("/api/v1/admin".length()))
                : HttpRequest.newBuilder(at(path)).header("X-API-Key", key.secret());
        return send(request.header("Content-Type", JSON)
                .header(ENCODING, coding)
                .method(operation.method(), BodyPublishers.ofByteArray(body)));
    }

    private static void assertProblem(Operation operation, HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode())
                .as(operation.name() + " " + answer.body())
                .isEqualTo(status);
        JsonObject problem = AdminClient.json(answer);
        assertThat(problem.getString("instance"))
                .endsWith("#" + answer.headers().firstValue("X-Request-Id").orElseThrow());
    }

    @Test
    void everyOperationThatTakesJsonTakesGzipAndRefusesTheRest() {
        byte[] good = Gzip.of("\ufeff{\"nonsense\":1}".getBytes(UTF_8));
        List<Operation> operations = takingJson();
        assertThat(operations).hasSizeGreaterThan(8);
        for (Operation operation : operations) {
            for (String coding : List.of("br", "gzip, gzip")) {
                HttpResponse<String> other = send(operation, coding, good);
                assertProblem(operation, other, 415);
                assertThat(other.headers().allValues("Accept-Encoding")).containsExactly("gzip");
            }
            assertThat(send(operation, "gzip", good).body())
                    .as(operation.name() + " reads what was compressed")
                    .containsAnyOf("INVALID_PARAMETER", "array of events");
            for (byte[] damaged : List.of(Arrays.copyOf(good, good.length - 4), "{}".getBytes(UTF_8))) {
                HttpResponse<String> answer = send(operation, "gzip", damaged);
                assertProblem(operation, answer, 400);
                assertThat(answer.body()).contains("gzip that Content-Encoding says");
            }
            assertProblem(operation, send(operation, "gzip", BOMB), 413);
        }
    }

    @Test
    void anAdministratorsCompressedCallIsCarriedOut() {
        HttpResponse<String> made = send(operator.request("/accounts")
                .header("Content-Type", JSON)
                .header(ENCODING, "gzip")
                .POST(BodyPublishers.ofByteArray(
                        Gzip.of("\ufeff{\"name\":\"ünï\",\"tier\":\"free\"}".getBytes(UTF_8)))));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        assertThat(AdminClient.json(made).getString("name")).isEqualTo("ünï");
    }

    private HttpResponse<String> signIn(String coding, byte[] body) {
        return send(HttpRequest.newBuilder(at("/console/session"))
                .header("Content-Type", JSON)
                .header(ENCODING, coding)
                .POST(BodyPublishers.ofByteArray(body)));
    }

    @Test
    void theConsolesSignInTakesGzipToo() {
        byte[] credentials = ("{\"user\":\"" + IntegrationServers.ADMIN + "\",\"password\":\""
                        + IntegrationServers.ADMIN_PASSWORD + "\"}")
                .getBytes(UTF_8);
        assertThat(signIn("gzip", Gzip.of(credentials)).statusCode()).isEqualTo(200);
        HttpResponse<String> other = signIn("br", credentials);
        assertThat(other.statusCode()).isEqualTo(415);
        assertThat(other.headers().allValues("Accept-Encoding")).containsExactly("gzip");
        assertThat(signIn("gzip", credentials).statusCode()).isEqualTo(400);
        assertThat(signIn("gzip", BOMB).statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip, chunked", "gzip", "deflate, chunked"})
    void aTransferCodingIsRefusedAndNeverAFault(String coding) throws IOException {
        byte[] body = Gzip.of("[]".getBytes(UTF_8));
        URI usage = at("/api/v1/usage");
        try (Socket socket = new Socket(usage.getHost(), usage.getPort())) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write(("POST " + usage.getPath() + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-API-Key: "
                            + key.secret() + "\r\nContent-Type: " + JSON + "\r\nTransfer-Encoding: " + coding
                            + "\r\n\r\n" + Integer.toHexString(body.length) + "\r\n")
                    .getBytes(UTF_8));
            out.write(body);
            out.write("\r\n0\r\n\r\n".getBytes(UTF_8));
            out.flush();
            String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine();
            assertThat(line).matches("HTTP/1.1 (4\\d\\d|501) .*");
        }
    }

    private HttpResponse<String> sdk(CloudEvent event, boolean binary) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(at("/api/v1/usage")).header("X-API-Key", key.secret());
        MessageWriter<?, ?> writer = HttpMessageFactory.createWriter(
                request::header, body -> request.POST(BodyPublishers.ofByteArray(body)));
        if (binary) {
            writer.writeBinary(event);
        } else {
            writer.writeStructured(event, JsonFormat.CONTENT_TYPE);
        }
        return send(request);
    }

    @Test
    void theCloudEventsSdkPostsInAllThreeModes() {
        CloudEvent event = CloudEventBuilder.v1()
                .withId("1")
                .withSource(URI.create("/it"))
                .withType("dev.example.stored")
                .withData(JSON, "{\"provider\":\"s3\"}".getBytes(UTF_8))
                .build();
        HttpResponse<String> batch = send(HttpRequest.newBuilder(at("/api/v1/usage"))
                .header("X-API-Key", key.secret())
                .header("Content-Type", "application/cloudevents-batch+json; charset=UTF-8")
                .POST(BodyPublishers.ofString("[" + new String(new JsonFormat().serialize(event), UTF_8) + "]")));
        List<Integer> accepted = new ArrayList<>();
        for (HttpResponse<String> answer : List.of(sdk(event, true), sdk(event, false), batch)) {
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            accepted.add(AdminClient.json(answer).getInt("accepted"));
        }
        assertThat(accepted).as("one event, however it comes").containsExactlyInAnyOrder(1, 0, 0);
    }
}
