package dev.tollgate.core.problem;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainTextTest {

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "jürgen", "a b", "日本語", "👍", "\ue000", "\u2028"})
    void textInOneLineIsPlain(String text) {
        assertThat(PlainText.isPlain(text)).isTrue();
    }

    @Property
    void aControlCharacterAnywhereIsNotPlain(
            @ForAll @CharRange(from = 0, to = 0x1f) char control, @ForAll String rest) {
        assertThat(PlainText.isPlain(rest + control)).isFalse();
        assertThat(PlainText.isPlain(control + rest)).isFalse();
    }

    @Property
    void halfACharacterIsNotPlain(@ForAll @CharRange(from = 0xd800, to = 0xdfff) char half) {
        assertThat(PlainText.isPlain("a" + half + "b")).isFalse();
    }
}
