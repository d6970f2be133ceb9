package dev.tollgate.rest.usage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names of files, written by the rules of each kind of client and read back. */
class FormNamesTest {

    /** What each kind of client makes of a name: everything that follows {@code form-data; name="f"}. */
    private static final Map<String, UnaryOperator<String>> CLIENTS = new TreeMap<>(Map.of(
            "WHATWG: Chromium, Firefox, Safari, curl 7.81, OkHttp, urllib3 2",
            name -> "; filename=\"" + whatwg(name) + '"',
            "backslashes: curl before 7.81, curl --form-escape",
            name -> "; filename=\"" + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"',
            "urllib3 1.25",
            name -> "; filename=\"" + whatwg(name.replace("\\", "\\\\")) + '"',
            "urllib3 before 1.25: extended alone",
            name -> "; filename*=utf-8''" + percent(name),
            ".NET: extended last",
            name -> "; filename=\"=?utf-8?B?" + Base64.getEncoder().encodeToString(name.getBytes(UTF_8))
                    + "?=\"; filename*=utf-8''" + percent(name),
            "RFC 6266: extended first",
            name -> "; filename*=UTF-8'en'" + percent(name) + "; filename=\"fallback.txt\"",
            "spaces around, in capitals",
            name -> " ;  FileName = \"" + whatwg(name) + "\"  ; foo=bar"));

    private static String whatwg(String name) {
        return name.replace("\"", "%22").replace("\r", "%0D").replace("\n", "%0A");
    }

    private static String percent(String name) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : name.getBytes(UTF_8)) {
            encoded.append("%%%02x".formatted(b & 0xff));
        }
        return encoded.toString();
    }

    private static MultipartForm.File file(String disposition, Charset charset, String before) throws IOException {
        byte[] body = (before + "--b\r\nContent-Disposition: form-data; name=\"f\"" + disposition
                        + "\r\n\r\nx\r\n--b--\r\n")
                .getBytes(charset);
        return new MultipartForm(new ByteArrayInputStream(body), "multipart/form-data; boundary=b", 1_000_000)
                .file()
                .orElseThrow();
    }

    /** Names of every script and with everything that has a meaning in a header field. */
    @Provide
    Arbitrary<String> names() {
        Arbitrary<String> pieces = Arbitraries.of(
                "a",
                "Z",
                "7",
                ".",
                " ",
                "\"",
                ";",
                "=",
                "'",
                "*",
                ",",
                "%",
                "%2",
                "%41",
                "&#34;",
                "?",
                "filename=",
                "ñ",
                "ß",
                "日本",
                "язык",
                "עברית",
                "العربية",
                "हिन्दी",
                "ไทย",
                "한국어",
                "😀",
                "👩‍💻",
                "e\u0301",
                "\u00a0",
                "ÿ");
        return pieces.list().ofMinSize(1).ofMaxSize(8).map(list -> String.join("", list));
    }

    @Property(tries = 2_000)
    void anyNameIsReadAsEveryClientWritesIt(@ForAll("names") String name) throws IOException {
        for (Map.Entry<String, UnaryOperator<String>> client : CLIENTS.entrySet()) {
            assertThat(file(client.getValue().apply(name), UTF_8, "").fileName())
                    .as(client.getKey())
                    .isEqualTo(name);
        }
    }

    @Property(tries = 500)
    void backslashesAreReadWhereTheyAreEscapedAndOtherwiseKept(@ForAll("names") String name) throws IOException {
        for (String path : List.of("C:\\dir\\" + name, "\\\\server\\share\\" + name)) {
            assertThat(file(
                                    CLIENTS.get("backslashes: curl before 7.81, curl --form-escape")
                                            .apply(path),
                                    UTF_8,
                                    "")
                            .fileName())
                    .isEqualTo(path);
        }
        String path = "C:\\dir\\x" + name;
        assertThat(file("; filename=\"" + whatwg(path) + '"', UTF_8, "").fileName())
                .as("old Internet Explorer")
                .isEqualTo(path);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "; filename=a.txt|a.txt",
                "; filename=a b.txt; x=y|a b.txt",
                "; filename=\"a\"b\".txt\"|a\"b\".txt",
                "; filename=\"a\\\"|a\\",
                "; filename=\"a|a",
                "; filename=\"a\\\\\"|a\\",
                "; filename*=UTF-8''%zz.txt; filename=\"b.txt\"|b.txt",
                "; filename*=UTF-8''%ff.txt; filename=\"b.txt\"|b.txt",
                "; filename*=no-such''a.txt; filename=\"b.txt\"|b.txt",
                "; filename*=a.txt; filename=\"b.txt\"|b.txt",
                "; filename*=\"UTF-8''%C3%BC.txt\"|ü.txt",
                "; filename*=ISO-8859-1''%FC.txt|ü.txt",
                "; filename*=UTF-8''日本%20語.txt|日本 語.txt",
                "; filename*=UTF-8''%22%0D%0A%2522|`\"\r\n%22`",
                "; filename=\"a.txt\"; filename=\"b.txt\"|b.txt",
                "; filename=\"=?ISO-8859-1?Q?=FC.txt?=\"|ü.txt",
                "; filename=\"=?aa \"|`=?aa `",
                "; filename=\" =?\"|` =?`",
                "; filename=\"=? =?UTF-8?Z?a?= \"|`=? =?UTF-8?Z?a?= `",
                "; filename=\"=?UTF-8?B?Q?=\"|=?UTF-8?B?Q?=",
            })
    void oddNotationsAreReadAsBestTheyCan(String disposition, String name) throws IOException {
        assertThat(file(disposition, UTF_8, "").fileName()).isEqualTo(name);
    }

    @Test
    void aNameThatIsNotUtf8HasTheFormsCharacterSet() throws IOException {
        assertThat(file("; filename=\"ñ.txt\"", ISO_8859_1, "").fileName()).isEqualTo("ñ.txt");
        Charset cyrillic = Charset.forName("windows-1251");
        String says = "--b\r\nContent-Disposition: form-data; name=\"_charset_\"\r\n\r\n%s\r\n";
        assertThat(file("; filename=\"язык.txt\"", cyrillic, says.formatted("windows-1251"))
                        .fileName())
                .isEqualTo("язык.txt");
        assertThat(file("; filename=\"язык.txt\"", UTF_8, says.formatted("windows-1251"))
                        .fileName())
                .as("UTF-8, whatever the field says")
                .isEqualTo("язык.txt");
        for (String unknown : List.of("no-such", "", "!", "x".repeat(5_000))) {
            assertThat(file("; filename=\"ñ.txt\"", ISO_8859_1, says.formatted(unknown))
                            .fileName())
                    .isEqualTo("ñ.txt");
        }
    }

    @Property(tries = 2_000)
    void noFieldBreaksTheReader(@ForAll String field) {
        FieldParameters parameters = FieldParameters.of("form-data; filename*=" + field + "; filename=" + field);
        assertThat(parameters.has("filename")).isTrue();
        parameters.extended("filename");
        FieldParameters.withoutEncodedWords(field);
        FieldParameters.text(field, ISO_8859_1);
        FieldParameters.of(field).plain("filename");
    }
}
