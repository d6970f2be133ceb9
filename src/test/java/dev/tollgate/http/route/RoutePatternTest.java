package dev.tollgate.http.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutePatternTest {

    @ParameterizedTest
    @CsvSource({
        "/,/,true",
        "/,/a,false",
        "/a,/a,true",
        "/a,/,false",
        "/a,/a/b,false",
        "/a,/ab,false",
        "/a,/A,false",
        "/a/*,/a,true",
        "/a/*,/a/b,true",
        "/a/*,/a/b/c,true",
        "/a/*,/ab,false",
        "/a/*,/,false",
        "/a/**,/a/b/c,true",
        "/a/**,/a,true",
        "/*,/,true",
        "/*,/a/b,true",
        "/**,/,true",
        "/a/*/c,/a/b/c,true",
        "/a/*/c,/a/c,false",
        "/a/*/c,/a/b/b/c,false",
        "/a/*/c,/a/b/c/d,false",
        "/a/*/c/*,/a/b/c/d,true",
        "/a/*/c/*,/a/b/c,true",
        "/*/c,/b/c,true",
        "/*/c,/c,false",
        "/*/*/*,/a,false",
        "/*/*/*,/a/b,true",
        "/*/*/*,/a/b/c,true",
        "/a b,/a b,true"
    })
    void patternsMatchAsDocumented(String pattern, String path, boolean matches) {
        assertThat(RoutePattern.of(pattern).matches(path)).isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "a", "*", "**", "/a/", "//a", "/a//b", "/a/./b", "/../a", "/a*", "/*a", "/a/*b/c", "/**/a",
                "/a/**/b", "/a/***", "/a%20b", "/a?b", "/a#b", "/a;b", "/a\\b", "/a\nb", "/***"
            })
    void badPatternsAreRefusedInOneLine(String bad) {
        assertThatThrownBy(() -> RoutePattern.of(bad))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("\n");
    }

    @Provide
    Arbitrary<String> patterns() {
        return Arbitraries.of("a", "b", "*").list().ofMaxSize(4).map(segments -> "/" + String.join("/", segments));
    }

    @Provide
    Arbitrary<String> paths() {
        return Arbitraries.of("a", "b", "c").list().ofMaxSize(5).map(segments -> "/" + String.join("/", segments));
    }

    @Property
    void matchingIsWhatTheDefinitionSays(@ForAll("patterns") String pattern, @ForAll("paths") String path) {
        boolean open = pattern.endsWith("*");
        List<String> wanted = segments(open ? pattern.substring(0, pattern.length() - 1) : pattern);
        List<String> given = segments(path);
        boolean expected = open ? given.size() >= wanted.size() : given.size() == wanted.size();
        for (int i = 0; expected && i < wanted.size(); i++) {
            expected = wanted.get(i).equals("*") || wanted.get(i).equals(given.get(i));
        }
        assertThat(RoutePattern.of(pattern).matches(path)).isEqualTo(expected);
    }

    @Property(tries = 3000)
    void coveringPatternMatchesWhateverTheCoveredOneMatches(
            @ForAll("patterns") String one, @ForAll("patterns") String other, @ForAll("paths") String path) {
        RoutePattern wide = RoutePattern.of(one);
        RoutePattern narrow = RoutePattern.of(other);
        if (wide.covers(narrow) && narrow.matches(path)) {
            assertThat(wide.matches(path)).isTrue();
        }
        if (!wide.covers(narrow)) {
            // A path of the narrow pattern's own, with segments no literal has, escapes the wide one.
            String witness = other.replace("*", "x") + (other.endsWith("*") ? "/x/x/x/x" : "");
            String least =
                    other.endsWith("*") ? other.substring(0, other.length() - 1).replace("*", "x") : witness;
            assertThat(wide.matches(witness) && wide.matches(RoutePath.normal(least)))
                    .isFalse();
        }
    }

    private static List<String> segments(String path) {
        return List.of(path.split("/")).stream().filter(s -> !s.isEmpty()).toList();
    }
}
