package dev.tollgate.rest.usage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.Settings;
import dev.tollgate.core.account.RequestAttributes;
import dev.tollgate.rest.support.BodyReader;
import dev.tollgate.rest.support.InProcess;
import dev.tollgate.storage.LocalStorage;
import dev.tollgate.storage.StorageProvider;
import dev.tollgate.storage.StorageProviders;
import dev.tollgate.storage.StoredFile;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UploadsResourceTest {

    private static final String LOCAL = "api/v1/uploads/local";
    private static final int MAX = 1024 * 1024;

    @TempDir
    Path directory;

    private LocalStorage storage;
    private InProcess api;

    /** A store whose disk is full. */
    private record FullStore() implements StorageProvider {
        @Override
        public String name() {
            return "full";
        }

        @Override
        public StoredFile store(InputStream body, Arrival arrival) throws IOException {
            throw new IOException("No space left on device");
        }
    }

    @BeforeEach
    void open() {
        storage = new LocalStorage(directory);
        api = new InProcess(
                List.of(UploadsResource.class),
                new StorageProviders(List.of(storage, new FullStore())),
                new BodyReader(InProcess.boundless()),
                Settings.of(Map.of("tollgate.uploads.max-size", "1MiB")));
    }

    @AfterEach
    void close() {
        storage.close();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            return paths.filter(Files::isRegularFile)
                    .filter(path -> !path.toString().endsWith(".lock"))
                    .toList();
        }
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private InProcess.Answer post(String path, Map<String, String> headers, byte[] body) {
        return api.call("POST", path, headers, new ByteArrayInputStream(body));
    }

    private InProcess.Answer form(String disposition, byte[] file, String end) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(("preamble\r\n--XX\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--XX\r\n"
                        + disposition + "Content-Type: image/png\r\n\r\n")
                .getBytes(UTF_8));
        body.write(file);
        body.write(end.getBytes(UTF_8));
        return post(LOCAL, Map.of("Content-Type", "multipart/form-data; boundary=\"XX\""), body.toByteArray());
    }

    private static String disposition(String fileName) {
        return "Content-Disposition: form-data; name=\"file\"; filename=\"" + fileName + "\"\r\n";
    }

    private void assertFailed(InProcess.Answer answer, int status, String code) throws IOException {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.headers()).containsEntry("Content-Type", "application/problem+json");
        assertThat(answer.attributes())
                .containsEntry(RequestAttributes.FAILED, true)
                .doesNotContainKeys(RequestAttributes.FILE_SIZE, RequestAttributes.FILE_TYPE);
        assertThat(files()).isEmpty();
    }

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
    void firstFileOfAFormIsStored() throws Exception {
        byte[] body = bytes(200_000);
        InProcess.Answer answer = form(
                disposition("../../ünï.png"),
                body,
                "\r\n--XX\r\n" + disposition("second.png") + "\r\nignored\r\n--XX--\r\n");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        assertThat(answer.json().getString("fileName")).isEqualTo("ünï.png");
        assertThat(answer.json().getInt("size")).isEqualTo(200_000);
        assertThat(answer.json().getString("contentType")).isEqualTo("image/png");
        assertThat(files()).hasSize(2);
    }

    @Test
    void formNamesFilesOfTenThousandCharactersAndByRfc5987() throws Exception {
        assertThat(form(disposition("x".repeat(10_000) + ".png"), bytes(5), "\r\n--XX--\r\n")
                        .json()
                        .getString("fileName"))
                .hasSize(255)
                .endsWith(".png");
        assertThat(form(
                                "Content-Disposition: form-data; name=\"f\"; filename=\"x\"; filename*=UTF-8''%e2%82%ac.png\r\n",
                                bytes(5), "\r\n--XX--\r\n")
                        .json()
                        .getString("fileName"))
                .isEqualTo("€.png");
    }

    @Test
    void formThatBreaksOffHasNoFileOrIsNoneIsRefusedWithoutATrace() throws Exception {
        assertFailed(form(disposition("a.png"), bytes(200_000), ""), 400, "INCOMPLETE_UPLOAD");
        assertFailed(form(disposition("a.png"), new byte[0], "\r\n--XX--\r\n"), 400, "BAD_REQUEST");
        assertFailed(
                form("Content-Disposition: form-data; name=\"file\"\r\n", bytes(9), "\r\n--XX--\r\n"),
                400,
                "BAD_REQUEST");
        for (String type : List.of(
                "multipart/form-data",
                "multipart/form-data; boundary=YY",
                "multipart/form-data; boundary=" + "x".repeat(5_000))) {
            assertFailed(post(LOCAL, Map.of("Content-Type", type), bytes(1_000)), 400, "BAD_REQUEST");
        }
    }

    @Test
    void contentTypeThatCannotBeReadIsAProblemToo() throws Exception {
        InProcess.Answer answer = post(LOCAL, Map.of("Content-Type", "multipart/form-data; boundary="), bytes(10));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("BAD_REQUEST");
        assertThat(answer.headers()).containsEntry("Content-Type", "application/problem+json");
        assertThat(files()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Content-Disposition | attachment; filename=\"report.pdf\" | report.pdf",
                "Content-Disposition | attachment; filename*=UTF-8''na%C3%AFve.txt | naïve.txt",
                "Content-Disposition | attachment; filename=\"..\\..\\evil.sh\" | evil.sh",
                "Content-Disposition | attachment; filename=\"=?UTF-8?B?Q?=\" | =_UTF-8_B_Q_=",
                "Content-Disposition | attachment; filename=\"=?UTF-8?Q?a=C3=BC?=\" | aü",
                "X-File-Name | plain.txt | plain.txt",
                "X-File-Name | %2e%2e%2fetc%2fpasswd | passwd",
                "X-File-Name | 100% sure+.txt | 100% sure+.txt",
                "X-File-Name | a%00b%E2%80%AE.txt | ab.txt",
                "X-Other | x | upload",
            })
    void headerNamesARawBody(String header, String value, String name) {
        InProcess.Answer answer = post(LOCAL, Map.of(header, value, "Content-Type", "text/plain"), bytes(10));
        assertThat(answer.json().getString("fileName")).isEqualTo(name);
    }

    /** Pieces of what has a meaning in RFC 2047, 2231, 6266 and 7578, put together at random; the same ones each time. */
    static Stream<String> oddDispositions() {
        List<String> pieces = List.of(
                "=?",
                "?=",
                "UTF-8",
                "utf-7",
                "no such",
                "B",
                "Q",
                "?",
                "=",
                "%",
                "%zz",
                "%e",
                "'",
                "''",
                "UTF-8''",
                "\"",
                "\\",
                ";",
                ",",
                " ",
                "\t",
                "filename",
                "filename*",
                "filename*0*=",
                "name=",
                "a.png",
                "Q=",
                "ü",
                "\u0000",
                "=?UTF-8?B?Q?=",
                "=?x?B?QQ==?=",
                "=?UTF-8?Q?=zz?=",
                "=?UTF-8?B?*?=",
                "*",
                "\u202e",
                "../",
                "form-data");
        Random random = new Random(47);
        return Stream.generate(() -> {
                    StringBuilder odd =
                            new StringBuilder("form-data; filename").append(random.nextBoolean() ? "=" : "*=");
                    for (int i = random.nextInt(8); i >= 0; i--) {
                        odd.append(pieces.get(random.nextInt(pieces.size())));
                    }
                    return odd.toString();
                })
                .limit(500);
    }

    @Test
    void noDispositionBreaksAnUpload() throws Exception {
        for (String odd : oddDispositions().toList()) {
            assertThat(post(LOCAL, Map.of("Content-Disposition", odd, "Content-Type", "text/plain"), bytes(1))
                            .status())
                    .as(odd)
                    .isEqualTo(201);
            assertThat(form("Content-Disposition: " + odd + "\r\n", bytes(1), "\r\n--XX--\r\n")
                            .status())
                    .as(odd)
                    .isIn(201, 400);
            String type = odd.replace("form-data; filename", "multipart/form-data; boundary");
            assertThat(post(LOCAL, Map.of("Content-Type", type), bytes(1)).status())
                    .as(type)
                    .isIn(201, 400);
        }
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
