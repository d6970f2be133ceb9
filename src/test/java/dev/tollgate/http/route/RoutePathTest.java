package dev.tollgate.http.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.EncodedSlash;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutePathTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/a", "/api/v1/uploads/local", "/a b/ä", "/100%", "/100% ab", "/a.b", "/a/b..c", "/a*"})
    void normalPathIsTheSameString(String path) {
        assertThat(RoutePath.normal(path)).isSameAs(path);
    }

    @ParameterizedTest
    @CsvSource({
        "//a,/a",
        "/a//b,/a/b",
        "/a/,/a",
        "/a///,/a",
        "/./a,/a",
        "/a/./b,/a/b",
        "/a/.,/a",
        "/a;x=1/b,/a/b",
        "/a;/b;y,/a/b",
        "/;x,/",
        "/.,/",
        "//,/",
        "/.hidden,/.hidden",
        "/a/...,/a/...",
        "/.well-known/x,/.well-known/x",
        "a,/a"
    })
    void otherSpellingsBecomeNormal(String path, String normal) {
        assertThat(RoutePath.normal(path)).isEqualTo(normal);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/..",
                "/a/../b",
                "/a/..",
                "/..;x/a",
                "/a\\b",
                "/a\u0000",
                "/a\nb",
                "/a\u007f",
                "/a\u0085",
                "/a%2fb",
                "/a%2Fb",
                "/%2e%2e/b",
                "/%2E./b",
                "/a%5cb",
                "/a%3Bb",
                "/100%25",
                "/%41"
            })
    void ambiguousPathsAreRefused(String path) {
        assertThat(RoutePath.normal(path)).isNull();
    }

    @Test
    void servletPathAndPathInfoAreJoined() {
        assertThat(joined("/api/v1", "/limits")).isEqualTo("/api/v1/limits");
        assertThat(joined("", "/limits")).isEqualTo("/limits");
        assertThat(joined("/api", "//limits/")).isEqualTo("/api/limits");
        assertThat(joined("", null)).isEqualTo("/");
        assertThat(joined("", "/")).isEqualTo("/");
    }

    private static String joined(String servletPath, String pathInfo) {
        return RoutePath.of(servletPath, pathInfo, EncodedSlash.REJECT);
    }

    @Test
    void anOpaqueSlashStaysAsItCameAndNothingElseDoes() {
        assertThat(RoutePath.of("/a%2Fb", "/c%2fd", EncodedSlash.OPAQUE)).isEqualTo("/a%2Fb/c%2fd");
        assertThat(RoutePath.of("/a%2eb", null, EncodedSlash.OPAQUE)).isNull();
    }

    @Property
    void normalisingTwiceChangesNothingMoreAndLeavesNoOtherSpelling(
            @ForAll @Chars({'/', '.', ';', '%', '2', 'f', 'e', 'a', '\\'}) @StringLength(max = 12) String path) {
        String normal = RoutePath.normal(path);
        if (normal != null) {
            assertThat(RoutePath.normal(normal)).isEqualTo(normal);
            assertThat(normal).startsWith("/").doesNotContain("//", ";", "\\");
            assertThat(normal + "/").doesNotContain("/./", "/../");
            assertThat(normal.length() == 1 || !normal.endsWith("/")).isTrue();
        }
    }

    @Property
    void insertedSlashesDotsAndParametersChangeNothing(
            @ForAll @CharRange(from = 'a', to = 'c') @StringLength(min = 1, max = 3) String one,
            @ForAll @CharRange(from = 'a', to = 'c') @StringLength(min = 1, max = 3) String two) {
        for (String noise : new String[] {"/", "//", "/./", "/;x/", ";p=1/", "///./"}) {
            assertThat(RoutePath.normal("/" + one + noise + two + noise.replace(";p=1/", ";p")))
                    .isEqualTo("/" + one + "/" + two);
        }
    }
}
