package dev.tollgate.http.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.EncodedSlash;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RawPathTest {

    private static boolean isPlain(String raw) {
        return RawPath.isPlain(raw, EncodedSlash.REJECT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/a",
                "/a/",
                "/a/b.c/..d/e..",
                "/%C3%BCber/a%20b",
                "/cart;jsessionid=0A1b.node1",
                "/a/;jsessionid=0A1b",
                "/;jsessionid=0A1b",
                "/a;v=1;w=2/b",
                "/a/...",
                "/....;x/b",
                "/.well-known/acme",
                "/%2ewell-known/acme",
                "/a/%2e%2e%2e",
                "/100%25",
                "/100%25%20off",
                "/100%25/ab",
                "/a+b&c=d,e:@!$'()*",
                "/what%3Fnot%23",
                "/%E2%82%AC",
                "/%F0%9F%98%80",
                "*"
            })
    void pathsThatEveryReaderReadsAlikeArePlain(String raw) {
        assertThat(isPlain(raw)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "//a",
                "/a//b",
                "/a//",
                "/a/;x/b",
                "/a/;/",
                "/.",
                "/./a",
                "/a/.",
                "/a/.;x/b",
                "/..",
                "/a/..",
                "/a/../b",
                "/a/..;/b",
                "/a/..;x=1/b",
                "/a/.%2e/b",
                "/a/%2e./b",
                "/a/%2E%2e",
                "/a/%2e%2e;x/b",
                "/%2e",
                "/a\\b",
                "/a/..\\b",
                "/a%5cb",
                "/a%5C..%5Cb",
                "/a%2fb",
                "/a%2F..%2Fb",
                "/a%3b/b",
                "/a%3Bx/..",
                "/a;x%2f..%2fb",
                "/a%00",
                "/a%0d%0ab",
                "/a\u0000b",
                "/a%7f",
                "/a#/../b",
                "/a%252fb",
                "/%252e%252e/b",
                "/%25%32%65%25%32%65/b",
                "/%2561dmin",
                "/a%25%34%31",
                "/a;x%252f",
                "/%",
                "/%4",
                "/%zz",
                "/%2",
                "/%\uff12\uff45",
                "/%c0%ae%c0%ae/b",
                "/a%c0%afb",
                "/%e0%80%ae",
                "/%f0%80%80%ae",
                "/%ff",
                "/%c3",
                "/%ed%a0%80",
                "http://host/a"
            })
    void pathsThatCanBeReadInTwoWaysAreNot(String raw) {
        assertThat(isPlain(raw)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a%2Fb", "/proxy/https%3A%2F%2Fexample.org%2fa", "/a%2f", "/%2fa"})
    void anOpaqueSlashIsAPartOfItsSegment(String raw) {
        assertThat(RawPath.isPlain(raw, EncodedSlash.OPAQUE)).isTrue();
        assertThat(isPlain(raw)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a%2f..%2fb", "/a%2F..", "/..%2fb", "/a/%2e%2e%2fb", "/a%2F.;x%2Fb", "/a%252fb", "/a%5cb"})
    void anOpaqueSlashHidesNoDotSegment(String raw) {
        assertThat(RawPath.isPlain(raw, EncodedSlash.OPAQUE)).isFalse();
    }

    @Provide
    Arbitrary<String> paths() {
        return Arbitraries.of(
                        "/", "/", ".", "..", ";", ";x", "%2e", "%2E", "%2f", "%5c", "%25", "%3b", "%00", "2e", "2f",
                        "a", "b", "\\", "%c3%bc", "%c0", "%")
                .list()
                .ofMaxSize(10)
                .map(parts -> "/" + String.join("", parts));
    }

    /** Readers as there are: each decodes, strips parameters and resolves in an order of its own, once or twice. */
    @Property(tries = 20_000)
    void whateverIsPlainIsTheSameToReadersOfEveryKind(@ForAll("paths") String raw) {
        if (!isPlain(raw)) {
            return;
        }
        String once = RawPath.decoded(raw);
        String inSegments = stripped(once);
        assertThat(List.of(
                        RawPath.decoded(stripped(raw)),
                        resolved(inSegments),
                        stripped(resolved(once)),
                        RawPath.decoded(stripped(resolved(raw))),
                        inSegments.replace('\\', '/'),
                        inSegments.replaceAll("/+", "/"),
                        twice(inSegments)))
                .containsOnly(inSegments);
    }

    private static String stripped(String path) {
        return path.replaceAll(";[^/]*", "");
    }

    private static String resolved(String path) {
        String encoded = String.join(
                "/",
                List.of(path.split("/", -1)).stream()
                        .map(segment -> URLEncoder.encode(segment, StandardCharsets.UTF_8)
                                .replace("*", "%2A"))
                        .toList());
        return RawPath.decoded(
                URI.create("http://h" + encoded).normalize().getRawPath().replace("+", "%20"));
    }

    private static String twice(String once) {
        return once.matches(".*%[0-9a-fA-F]{2}.*") ? RawPath.decoded(once) : once;
    }
}
