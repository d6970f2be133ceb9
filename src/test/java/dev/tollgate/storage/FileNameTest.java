package dev.tollgate.storage;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileNameTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "report.pdf | report.pdf",
                "../../etc/passwd | passwd",
                "C:\\Users\\me\\photo.jpg | photo.jpg",
                "..\\..\\evil.exe | evil.exe",
                "/ | upload",
                ".. | upload",
                "... | upload",
                "a/.. | upload",
                ".bashrc | .bashrc",
                "  spaced name .txt  | spaced name .txt",
                "trailing. . . | trailing",
                "ünïcödé 日本 🛒.png | ünïcödé 日本 🛒.png",
            })
    void nameIsTheLastSegmentMadeHarmless(String sent, String kept) {
        assertThat(FileName.of(sent)).isEqualTo(kept);
    }

    @Test
    void quotesAndReservedCharactersBecomeUnderscores() {
        assertThat(FileName.of("a\"b<c>d:e|f?g*h.txt")).isEqualTo("a_b_c_d_e_f_g_h.txt");
    }

    @Test
    void controlAndDirectionCharactersAndHalvesOfPairsVanish() {
        assertThat(FileName.of("in\0voice\r\n\u202egpj.exe\u2066\ufeff\ud800.txt"))
                .isEqualTo("invoicegpj.exe.txt");
        assertThat(FileName.of("\0\r\n\u202e")).isEqualTo(FileName.NAMELESS);
        assertThat(FileName.of(null)).isEqualTo(FileName.NAMELESS);
        assertThat(FileName.of("")).isEqualTo(FileName.NAMELESS);
    }

    @Test
    void longNameIsCutBeforeItsExtension() {
        String name = FileName.of("x".repeat(10_000) + ".tar.gz");
        assertThat(name).hasSize(FileName.MAX_LENGTH).endsWith("x.gz");
        assertThat(FileName.of("🛒".repeat(5_000) + ".png"))
                .hasSizeLessThanOrEqualTo(FileName.MAX_LENGTH)
                .matches("🛒+[.]png");
        assertThat(FileName.of("y." + "z".repeat(10_000))).hasSize(FileName.MAX_LENGTH);
    }

    @Property(tries = 2_000)
    void whateverIsSentWhatIsKeptIsOneHarmlessSegmentAndStaysAsItIs(@ForAll @StringLength(max = 600) String sent) {
        String kept = FileName.of(sent);
        assertThat(kept).isNotEmpty().hasSizeLessThanOrEqualTo(FileName.MAX_LENGTH);
        assertThat(kept).doesNotContain("/", "\\", "\"", "\0").isNotIn(".", "..");
        assertThat(kept.codePoints()).noneMatch(Character::isISOControl);
        assertThat(FileName.of(kept)).isEqualTo(kept);
    }
}
