package dev.tollgate.rest.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.RequestAttributes;
import dev.tollgate.rest.support.InProcess;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Uploads of raw bodies, and the limits and failures of every upload. */
class UploadsResourceTest extends UploadsCase {

    @Test
    void rawBodyIsStoredAndAnsweredAsTheContractHasIt() throws Exception {
        byte[] body = bytes(300_000);
        InProcess.Answer answer = post(
                LOCAL + "?fileName=a%20b.bin",
                Map.of("Content-Type", "application/octet-stream", "Content-Length", "300000"),
                body);
        assertThat(answer.status()).isEqualTo(201);
        JsonObject file = answer.json();
        assertThat(file.keySet()).containsExactly("id", "provider", "fileName", "contentType", "size", "sha256");
        assertThat(file.getString("sha256"))
                .isEqualTo(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(body)));
        assertThat(file.getInt("size")).isEqualTo(300_000);
        assertThat(file.getString("fileName")).isEqualTo("a b.bin");
        assertThat(file.getString("provider")).isEqualTo("local");
        assertThat(answer.headers())
                .containsEntry("Location", "/tollgate/api/v1/uploads/local/" + file.getString("id"));
        assertThat(answer.attributes())
                .isEqualTo(Map.of(
                        RequestAttributes.PROVIDER, "local",
                        RequestAttributes.FILE_SIZE, 300_000L,
                        RequestAttributes.FILE_TYPE, "application/octet-stream"));
    }

    @Test
    void lengthAboveTheLimitIsRefusedBeforeAByteIsRead() throws Exception {
        InputStream untouchable = new InputStream() {
            @Override
            public int read() {
                throw new AssertionError("the body was read");
            }
        };
        for (String length : List.of("" + (MAX + 1), "99999999999999999999")) {
            InProcess.Answer answer = api.call("POST", LOCAL, Map.of("Content-Length", length), untouchable);
            assertFailed(answer, 413, "PAYLOAD_TOO_LARGE");
            assertThat(answer.json().getInt("maxBytes")).isEqualTo(MAX);
            assertThat(answer.attributes()).containsEntry(RequestAttributes.PROVIDER, "local");
        }
    }

    @Test
    void bodyThatTurnsOutTooLargeIsRefusedWithoutATrace() throws Exception {
        assertFailed(post(LOCAL, Map.of(), bytes(MAX + 1)), 413, "PAYLOAD_TOO_LARGE");
        assertFailed(form(disposition("a.png"), bytes(MAX + 1), "\r\n--XX--\r\n"), 413, "PAYLOAD_TOO_LARGE");
    }

    @Test
    void clientThatHangsUpLeavesAFailureAndNoFile() throws Exception {
        InputStream broken = new InputStream() {
            private int left = 200_000;

            @Override
            public int read() throws IOException {
                if (left == 0) {
                    throw new IOException("connection reset by peer");
                }
                left--;
                return 1;
            }
        };
        assertFailed(api.call("POST", LOCAL, Map.of(), broken), 400, "INCOMPLETE_UPLOAD");
        assertFailed(post(LOCAL, Map.of("Content-Length", "11"), bytes(10)), 400, "INCOMPLETE_UPLOAD");
    }

    @Test
    void emptyBodyIsRefused() throws Exception {
        assertFailed(post(LOCAL, Map.of("Content-Length", "0"), new byte[0]), 400, "BAD_REQUEST");
    }

    @ParameterizedTest
    @ValueSource(strings = {"all", "Local", "a%20b", "-x", "a%2Cb", "ab%7Bc%7D", "%00", "..."})
    void badProviderIsNamed(String provider) throws Exception {
        InProcess.Answer answer = post("api/v1/uploads/" + provider, Map.of(), bytes(1));
        assertFailed(answer, 400, "INVALID_PARAMETER");
        assertThat(answer.json().getString("parameter")).isEqualTo("provider");
        assertThat(answer.attributes()).doesNotContainKey(RequestAttributes.PROVIDER);
    }

    @Test
    void unknownProviderAndUnknownParameterAreRefused() throws Exception {
        assertFailed(post("api/v1/uploads/s3", Map.of(), bytes(1)), 404, "NOT_FOUND");
        assertFailed(post("api/v1/uploads/" + "x".repeat(51), Map.of(), bytes(1)), 400, "INVALID_PARAMETER");
        assertFailed(post(LOCAL + "?filename=x", Map.of(), bytes(1)), 400, "INVALID_PARAMETER");
    }

    @Test
    void storeThatFailsIsA503AndNotTheClientsFault() throws Exception {
        InProcess.Answer answer = post("api/v1/uploads/full", Map.of(), bytes(1));
        assertFailed(answer, 503, "STORAGE_UNAVAILABLE");
        assertThat(answer.headers()).containsEntry("Retry-After", "30");
        assertThat(answer.body()).doesNotContain("space");
    }
}
