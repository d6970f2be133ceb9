package dev.tollgate.core.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class MediaTypeTest {

    private static final MediaType.Formats UNRELATED = new MediaType.Formats() {
        @Override
        public String canonical(String type) {
            return type;
        }

        @Override
        public boolean specialises(String special, String general) {
            return false;
        }
    };

    @Provide
    Arbitrary<String> headers() {
        Arbitrary<String> alphabet =
                Arbitraries.strings().withChars("aZ0/;+-.{}:* \"\r\n\u0130é").ofMaxLength(130);
        return Arbitraries.oneOf(
                alphabet,
                Arbitraries.strings().ofMaxLength(20),
                Arbitraries.of("image/PNG", " text/plain ; charset=x", "multipart/mixed", "a/b/c", "application/pdf"));
    }

    @Property(tries = 2_000)
    void whateverIsSentWhatIsMeteredIsOneShortLowerCaseTypeWithoutParameters(
            @ForAll("headers") String declared, @ForAll("headers") String detected) {
        String type = MediaType.resolve(MediaType.declared(declared), detected, UNRELATED);
        assertThat(type)
                .hasSizeLessThanOrEqualTo(MediaType.MAX_LENGTH)
                .matches("[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*");
    }

    @Property(tries = 500)
    void whatIsDeclaredIsKeptAsItIsOnceItIsInTheFormKept(@ForAll("headers") String declared) {
        Optional<String> kept = MediaType.declared(declared);
        assertThat(kept.flatMap(MediaType::declared)).isEqualTo(kept);
    }
}
