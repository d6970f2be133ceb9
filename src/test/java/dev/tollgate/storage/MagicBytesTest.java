package dev.tollgate.storage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.usage.MediaType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MagicBytesTest {

    private static final byte[] PNG = "\u0089PNG\r\n\u001a\n\0\0\0\rIHDR".getBytes(ISO_8859_1);
    private static final byte[] JPEG = "\u00ff\u00d8\u00ff\u00e0\0\u0010JFIF\0".getBytes(ISO_8859_1);
    private static final byte[] PDF = "%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n".getBytes(ISO_8859_1);
    private static final byte[] SVG =
            "<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>".getBytes(UTF_8);
    private static final byte[] HTML = "<!DOCTYPE html><html><body>hello</body></html>".getBytes(UTF_8);
    private static final byte[] TEXT = "name,age\nAda,36\n".getBytes(UTF_8);

    private final MagicBytes magic = new MagicBytes();

    private String type(byte[] bytes, String declared) {
        return type(bytes, declared, "upload");
    }

    private String type(byte[] bytes, String declared, String fileName) {
        return magic.typeOf(bytes, bytes.length, MediaType.declared(declared), fileName);
    }

    private static byte[] zip() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("a.txt"));
            zip.write(TEXT);
        }
        return bytes.toByteArray();
    }

    private static byte[] noise() {
        byte[] bytes = new byte[4096];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    @Test
    void typeThatTheBytesShowIsKept() {
        assertThat(type(PNG, "image/png")).isEqualTo("image/png");
        assertThat(type(PNG, "IMAGE/PNG; charset=binary")).isEqualTo("image/png");
        assertThat(type(PDF, "application/pdf")).isEqualTo("application/pdf");
    }

    @Test
    void bytesWinOverADeclarationTheyContradict() {
        assertThat(type(PNG, "image/jpeg")).isEqualTo("image/png");
        assertThat(type(JPEG, "application/pdf")).isEqualTo("image/jpeg");
        assertThat(type(HTML, "image/png")).isEqualTo("text/html");
        assertThat(type(PDF, "text/plain")).isEqualTo("application/pdf");
        assertThat(type(TEXT, "video/mp4")).isEqualTo("text/plain");
        assertThat(type(PNG, "application/json")).isEqualTo("image/png");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/csv",
                "application/json",
                "application/x-ndjson",
                "text/markdown",
                "application/yaml",
                "application/javascript",
                "application/toml",
                "application/x-sh",
                "application/sql",
                "application/vnd.api+json",
                "message/rfc822",
                "text/plain",
                "application/vnd.apple.mpegurl"
            })
    void formatsOfTextAreNotOverriddenByPlainText(String declared) {
        assertThat(type(TEXT, declared)).isEqualTo(magic.canonical(declared));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                "application/epub+zip",
                "application/java-archive",
                "application/vnd.android.package-archive"
            })
    void formatsBuiltOnZipAreNotOverriddenByZip(String declared) throws IOException {
        assertThat(type(zip(), declared)).isEqualTo(declared);
        assertThat(type(zip(), "application/x-zip-compressed")).isEqualTo("application/zip");
        assertThat(type(zip(), "image/png")).isEqualTo("application/zip");
    }

    @Test
    void drawingsAndFeedsAreNotOverriddenByXml() {
        assertThat(type(SVG, "image/svg+xml")).isEqualTo("image/svg+xml");
        assertThat(type(SVG, "application/xml")).isEqualTo("application/xml");
        assertThat(type("<?xml version=\"1.0\"?><a/>".getBytes(UTF_8), "application/atom+xml"))
                .isEqualTo("application/atom+xml");
    }

    @Test
    void otherNameForTheSameFormatBecomesTheUsualOne() {
        assertThat(type(JPEG, "image/jpg")).isEqualTo("image/jpeg");
        assertThat(type(JPEG, "image/pjpeg")).isEqualTo("image/jpeg");
    }

    @Test
    void withoutADeclarationTheBytesAndThenTheExtensionTell() throws IOException {
        for (String nothing :
                new String[] {null, "", "application/octet-stream", "application/x-www-form-urlencoded"}) {
            assertThat(type(PNG, nothing)).isEqualTo("image/png");
            assertThat(type(noise(), nothing)).isEqualTo(MediaType.UNKNOWN);
            assertThat(type(TEXT, nothing, "table.csv")).isEqualTo("text/csv");
            assertThat(type(PNG, nothing, "table.csv")).isEqualTo("image/png");
            assertThat(type(zip(), nothing, "letter.docx"))
                    .isEqualTo("application/vnd.openxmlformats-officedocument.wordprocessingml.document");
        }
    }

    @Test
    void bytesThatShowNothingLeaveTheDeclarationStanding() {
        assertThat(type(noise(), "application/vnd.acme.blob")).isEqualTo("application/vnd.acme.blob");
    }

    @Test
    void declarationsThatAreNoTypesAreIgnored() {
        for (String bad : new String[] {
            "png",
            "image/",
            "/png",
            "image/png/x",
            "image/p ng",
            "im{age}/png",
            "a/" + "b".repeat(200),
            "image/\u0130",
            "multipart/form-data; boundary=x",
            "*/*",
            "image/*",
            "text/html\r\nX: y"
        }) {
            assertThat(MediaType.declared(bad)).as(bad).isEmpty();
            assertThat(type(PNG, bad)).isEqualTo("image/png");
        }
    }
}
