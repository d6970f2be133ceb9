package dev.tollgate.rest.usage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Gzip;
import dev.tollgate.rest.support.InProcess;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Posted JSON as clients encode it, and JSON at the bounds of nesting and numbers. */
class PostedBodiesTest extends UsageCase {

    private static final Duration SOON = Duration.ofSeconds(5);

    private static InProcess.Answer post(String coding, byte[] body) {
        Map<String, String> headers = new HashMap<>(Map.of("Content-Type", "application/json"));
        if (coding != null) {
            headers.put("Content-Encoding", coding);
        }
        return api.call("POST", USAGE, headers, new ByteArrayInputStream(body));
    }

    private static byte[] marked(byte[] text) {
        byte[] marked = new byte[text.length + 3];
        System.arraycopy(new byte[] {(byte) 0xef, (byte) 0xbb, (byte) 0xbf}, 0, marked, 0, 3);
        System.arraycopy(text, 0, marked, 3, text.length);
        return marked;
    }

    @Test
    void gzipAndAByteOrderMarkAreUndone() {
        byte[] plain = batch(0, 1_000).replace('\'', '"').getBytes(UTF_8);
        assertThat(post(null, marked(plain)).json().getInt("accepted")).isEqualTo(1_000);
        assertThat(post("gzip", Gzip.of(plain)).json().getInt("repeated")).isEqualTo(1_000);
        assertThat(post("X-GZIP", Gzip.of(marked(plain))).json().getInt("repeated"))
                .isEqualTo(1_000);
        assertThat(post("identity", plain).json().getInt("repeated")).isEqualTo(1_000);
        assertThat(post("", plain).json().getInt("repeated")).isEqualTo(1_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "deflate", "compress", "zstd", "gzip, gzip", "gzip, br", "x"})
    void anotherCodingIs415AndSaysWhichIsTaken(String coding) {
        InProcess.Answer answer = post(coding, Gzip.of("[]".getBytes(UTF_8)));
        assertThat(answer.status()).isEqualTo(415);
        assertThat(answer.code()).isEqualTo("UNSUPPORTED_CONTENT_CODING");
        assertThat(answer.headers()).containsEntry("Accept-Encoding", "gzip");
    }

    @Test
    void whatIsNoGzipOrNotAllOfItIs400() {
        byte[] whole = Gzip.of(batch(0, 100).replace('\'', '"').getBytes(UTF_8));
        byte[] deflated;
        try (ByteArrayOutputStream out = new ByteArrayOutputStream();
                DeflaterOutputStream zlib = new DeflaterOutputStream(out)) {
            zlib.write("[]".getBytes(UTF_8));
            zlib.finish();
            deflated = out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] damaged = whole.clone();
        damaged[whole.length / 2] ^= 0x7f;
        for (byte[] body : List.of(
                "[]".getBytes(UTF_8),
                deflated,
                damaged,
                Arrays.copyOf(whole, whole.length - 1),
                Arrays.copyOf(whole, whole.length / 2),
                Arrays.copyOf(whole, 5),
                Arrays.copyOf(whole, whole.length + 1))) {
            InProcess.Answer answer = post("gzip", body);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.json().getString("detail")).contains("gzip that Content-Encoding says");
        }
        assertThat(usage().isEmpty()).isTrue();
    }

    @Test
    void theBoundHoldsForWhatABodyInflatesTo() {
        byte[] bomb = Gzip.of(new byte[200 * 1024 * 1024]);
        assertThat(bomb.length).isLessThan(UsageResource.MAX_BYTES);
        long begun = System.nanoTime();
        InProcess.Answer answer = post("gzip", bomb);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SOON);
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.json().getInt("maxBytes")).isEqualTo(UsageResource.MAX_BYTES);
        String longest = "[]" + " ".repeat(UsageResource.MAX_BYTES - 2);
        assertThat(post("gzip", Gzip.of(longest.getBytes(UTF_8))).status()).isEqualTo(200);
        assertThat(post("gzip", Gzip.of((longest + " ").getBytes(UTF_8))).status())
                .isEqualTo(413);
    }

    @Test
    void otherEncodingsOfTextAre400() {
        String json = "[{\"id\":\"é\",\"provider\":\"s3\"}]";
        for (byte[] body : List.of(
                json.getBytes(ISO_8859_1),
                ("\ufeff" + json).getBytes(UTF_16LE),
                ("\ufeff" + json).getBytes(UTF_16BE))) {
            assertThat(post(null, body).status()).isEqualTo(400);
        }
        assertThat(post(null, marked(marked("[]".getBytes(UTF_8)))).status()).isEqualTo(400);
        assertThat(post(null, marked(new byte[0])).status()).isEqualTo(400);
        assertThat(post(null, json.getBytes(UTF_8)).status()).isEqualTo(200);
    }

    @Test
    void numbersAndNestingBeyondEveryBoundAre400AtOnce() {
        String digits = "9".repeat(400);
        List<String> values = List.of(
                "1e999999",
                "1e-999999",
                "0e999999999",
                "1E+2147483647",
                "1e99999999999999999999",
                "-1e400",
                digits,
                "-" + digits,
                "0." + digits,
                digits + "e" + digits,
                "9".repeat(2_000_000),
                "1e" + "9".repeat(1_000_000),
                "NaN",
                "Infinity",
                "-Infinity",
                "-",
                "+1",
                "01",
                "1.",
                ".5",
                "0x10",
                "1e",
                "--1",
                "[".repeat(101) + "]".repeat(101),
                "[".repeat(1_000_000),
                "{\"a\":".repeat(200_000) + "1" + "}".repeat(200_000),
                "[" + "0,".repeat(100_001) + "0]",
                "[" + "{},".repeat(500_000) + "{}]");
        for (String value : values) {
            for (String member : List.of("bytes", "files", "status")) {
                String json = "[{\"id\":\"1\",\"provider\":\"s3\",\"" + member + "\":" + value + "}]";
                long begun = System.nanoTime();
                InProcess.Answer answer = post("gzip", Gzip.of(json.getBytes(UTF_8)));
                String shown = value.length() > 50 ? value.substring(0, 50) + "..." : value;
                assertThat(answer.status()).as(shown).isEqualTo(400);
                assertThat(Duration.ofNanos(System.nanoTime() - begun))
                        .as(shown)
                        .isLessThan(SOON);
            }
        }
        assertThat(usage().isEmpty()).isTrue();
    }

    @Test
    void oddNumbersThatMeanSomethingAreTaken() {
        int id = 0;
        for (String value : List.of("-0", "-0.0", "0e5", "1e3", "1.0", "100e-2", "17592186044416")) {
            String json = "[{\"id\":\"" + id++ + "\",\"provider\":\"s3\",\"bytes\":" + value + "}]";
            assertThat(post(null, json.getBytes(UTF_8)).status()).as(value).isEqualTo(200);
        }
        assertThat(usage().totals().totalBytes()).isEqualTo(1_000 + 1 + 1 + 17592186044416L);
    }
}
