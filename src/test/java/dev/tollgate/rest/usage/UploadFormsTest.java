package dev.tollgate.rest.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.rest.support.InProcess;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Uploads as multipart forms, and the names that forms and header fields give to files. */
class UploadFormsTest extends UploadsCase {

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
        assertThat(answer.json().getJsonArray("notStored").getString(0)).isEqualTo("second.png");
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
                "Content-Disposition | filename*=UTF-8''100%2541.txt; filename=x | 100%41.txt",
                "Content-Disposition | attachment; filename=\"a\\\"b.txt\" | a_b.txt",
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
}
