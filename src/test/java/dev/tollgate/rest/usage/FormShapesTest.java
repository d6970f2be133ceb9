package dev.tollgate.rest.usage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.RequestAttributes;
import dev.tollgate.fixture.Gzip;
import dev.tollgate.rest.support.InProcess;
import jakarta.json.JsonString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Forms as recorded from clients, and forms of every shape: which file is stored, and what becomes of the others. */
class FormShapesTest extends UploadsCase {

    private static final String TYPE = "multipart/form-data; boundary=b";
    private static final String END = "--b--\r\n";

    private static String part(String fileName, String content) {
        return "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"" + fileName + "\"\r\n\r\n" + content
                + "\r\n";
    }

    private static String field(String content) {
        return "--b\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n" + content + "\r\n";
    }

    private InProcess.Answer send(String body) {
        return post(LOCAL, Map.of("Content-Type", TYPE), body.getBytes(UTF_8));
    }

    private String stored(InProcess.Answer answer) throws Exception {
        String id = answer.json().getString("id");
        Path file = files().stream()
                .filter(path -> path.getFileName().toString().equals(id))
                .findFirst()
                .orElseThrow();
        return Files.readString(file);
    }

    private static List<String> notStored(InProcess.Answer answer) {
        return answer.json().containsKey("notStored")
                ? answer.json().getJsonArray("notStored").getValuesAs(JsonString::getString)
                : List.of();
    }

    static List<RecordedForms.Form> recorded() {
        return RecordedForms.all();
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void formsOfRealClientsAreRead(RecordedForms.Form form) throws Exception {
        InProcess.Answer answer = post(LOCAL, Map.of("Content-Type", form.type()), form.bytes());
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        assertThat(answer.json().getString("fileName")).isEqualTo(form.fileName());
        assertThat(stored(answer)).isEqualTo(form.content());
        assertThat(notStored(answer)).isEqualTo(form.notStored());
        assertThat(answer.attributes()).containsEntry(RequestAttributes.FILE_SIZE, (long)
                form.content().getBytes(UTF_8).length);
    }

    @Test
    void theFirstRealFileIsStoredAndTheOthersAreNamed() throws Exception {
        InProcess.Answer answer = send(field("x")
                + part("", "")
                + part("a.txt", "1")
                + field("y")
                + part("", "")
                + part("../b.txt", "2")
                + part("", "nameless")
                + END);
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        assertThat(answer.json().keySet())
                .containsExactly("id", "provider", "fileName", "contentType", "size", "sha256", "notStored");
        assertThat(stored(answer)).isEqualTo("1");
        assertThat(notStored(answer)).containsExactly("b.txt", "upload");
        assertThat(files()).as("one file and its description").hasSize(2);
        assertThat(send(part("a.txt", "1") + field("y") + part("", "") + END)
                        .json()
                        .keySet())
                .doesNotContain("notStored");
    }

    @Test
    void namesOfFurtherFilesAndPartsAreBounded() throws Exception {
        String others =
                IntStream.range(0, 200).mapToObj(i -> part(i + ".txt", "x")).collect(Collectors.joining());
        assertThat(notStored(send(part("a.txt", "1") + others + END))).hasSize(MultipartForm.MAX_NAMED);
        int kept = files().size();
        String fields = field("x").repeat(MultipartForm.MAX_PARTS);
        for (String body : List.of(fields + part("a.txt", "1") + END, part("a.txt", "1") + fields + END)) {
            InProcess.Answer answer = send(body);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.json().getString("detail")).contains("1000 parts");
        }
        assertThat(files()).hasSize(kept);
    }

    @Test
    void formsOfBlankInputsAndFieldsHoldNoFile() throws Exception {
        for (String body : List.of(
                END,
                part("", "") + END,
                field("x") + part("", "") + part("", "") + END,
                field("x") + END,
                "",
                "--b",
                "x")) {
            InProcess.Answer answer = send(body);
            assertFailed(answer, 400, "BAD_REQUEST");
            assertThat(answer.json().getString("detail")).contains("form");
        }
    }

    @Test
    void filesOfZeroBytesAreFilesAndBytesWithoutANameAreOne() throws Exception {
        InProcess.Answer empty = send(part("", "") + part("empty.txt", "") + END);
        assertThat(empty.status()).isEqualTo(201);
        assertThat(empty.json().getInt("size")).isZero();
        assertThat(empty.attributes()).containsEntry(RequestAttributes.FILE_SIZE, 0L);
        InProcess.Answer nameless = send(part("", "x") + END);
        assertThat(nameless.json().getString("fileName")).isEqualTo("upload");
        assertThat(nameless.json().getInt("size")).isEqualTo(1);
        assertThat(post(LOCAL + "?fileName=empty.txt", Map.of("Content-Length", "0"), new byte[0])
                        .json()
                        .getString("fileName"))
                .as("a raw body with a name")
                .isEqualTo("empty.txt");
    }

    @Test
    void aFormThatBreaksOffAnywhereIsKeptNowhere() throws Exception {
        String whole = field("x") + part("a.txt", "hello") + part("b.txt", "2") + field("y") + END;
        int refused = 0;
        for (int length = 0; length < whole.length() - "\r\n".length(); length++) {
            InProcess.Answer answer = send(whole.substring(0, length));
            assertThat(answer.status()).as(whole.substring(0, length)).isEqualTo(400);
            refused++;
        }
        assertThat(refused).isGreaterThan(200);
        assertThat(files()).isEmpty();
        assertThat(send(whole.substring(0, whole.length() - 2)).status())
                .as("nothing after the last boundary")
                .isEqualTo(201);
    }

    @Test
    void aFormThatIsTooLargeIs413WhereverItIs() throws Exception {
        String large = "x".repeat(MAX + 300 * 1024);
        for (String body : List.of(
                part("a.txt", large) + END,
                field(large) + part("a.txt", "1") + END,
                part("", "") + field(large) + END,
                part("a.txt", "1") + part("b.txt", large) + END,
                part("a.txt", "1") + field(large) + END,
                large + "\r\n" + part("a.txt", "1") + END,
                part("a.txt", large))) {
            assertFailed(send(body), 413, "PAYLOAD_TOO_LARGE");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "b",
                "'()+_,-./:=?",
                "a b c",
                "----WebKitFormBoundary7MA4YWxkTrZu0gW",
                "=_foo",
                "==",
                "a;b",
                "a\\b",
                "-",
                "----",
                "0123456789012345678901234567890123456789012345678901234567890123456789"
            })
    void boundariesMayHoldOddCharacters(String boundary) throws Exception {
        List<String> types = new ArrayList<>(
                List.of("multipart/form-data; boundary=\"" + boundary.replace("\\", "\\\\") + "\"; charset=utf-8"));
        // What is no token needs FormBoundaryFilter before it.
        if (boundary.matches("[A-Za-z0-9-]+")) {
            types.add("multipart/form-data;boundary=" + boundary);
        }
        for (String type : types) {
            String body =
                    "\r\n" + (part("a.txt", "b--" + boundary + "\r\n--\r\n-") + END).replace("--b", "--" + boundary);
            InProcess.Answer answer = post(LOCAL, Map.of("Content-Type", type), body.getBytes(UTF_8));
            assertThat(answer.status()).as(type + " " + answer.body()).isEqualTo(201);
            assertThat(stored(answer)).isEqualTo("b--" + boundary + "\r\n--\r\n-");
        }
    }

    @Test
    void aCompressedFormIs415AndACompressedFileIsStoredAsItIs() throws Exception {
        byte[] form = (part("a.txt", "1") + END).getBytes(UTF_8);
        for (String coding : List.of("gzip", "br", "x", "gzip, gzip")) {
            InProcess.Answer answer =
                    post(LOCAL, Map.of("Content-Type", TYPE, "Content-Encoding", coding), Gzip.of(form));
            assertFailed(answer, 415, "UNSUPPORTED_CONTENT_CODING");
            assertThat(answer.headers()).containsEntry("Accept-Encoding", "identity");
        }
        assertThat(post(LOCAL, Map.of("Content-Type", TYPE, "Content-Encoding", "identity"), form)
                        .status())
                .isEqualTo(201);
        byte[] file = Gzip.of(bytes(10_000));
        InProcess.Answer raw = post(LOCAL, Map.of("Content-Type", "text/csv", "Content-Encoding", "gzip"), file);
        assertThat(raw.status()).isEqualTo(201);
        assertThat(raw.json().getInt("size")).isEqualTo(file.length);
        assertThat(raw.json().getString("contentType")).isEqualTo("application/gzip");
    }

    @ParameterizedTest
    @CsvSource({"binary,201", "8BIT,201", "7bit,201", "base64,415", "quoted-printable,415", "x,415"})
    void aPartsOwnCodingIsNotTaken(String coding, int status) {
        String body =
                part("a.txt", "QQ==").replace("\r\n\r\n", "\r\nContent-Transfer-Encoding: " + coding + "\r\n\r\n");
        assertThat(send(body + END).status()).isEqualTo(status);
    }
}
