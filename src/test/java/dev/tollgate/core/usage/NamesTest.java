package dev.tollgate.core.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Names that become part of Redis keys are read by hand for speed; these are the expressions they follow. */
class NamesTest {

    private static final Pattern KEY_ID = Pattern.compile("[A-Za-z0-9._:-]{1,64}");
    private static final Pattern PROVIDER = Pattern.compile("[a-z0-9][a-z0-9._-]{0,49}");

    @Provide
    Arbitrary<String> nearlyNames() {
        return Arbitraries.strings()
                .withChars("aAzZmM09._:-;/@[`{ ,+\n\u00e9\u0660")
                .ofMaxLength(3)
                .flatMap(some -> Arbitraries.of(0, 1, 49, 50, 51, 63, 64, 65).map(many -> "a".repeat(many) + some));
    }

    @Property
    void idOfAKeyFollowsItsExpression(@ForAll("nearlyNames") String text) {
        assertThat(UsageDelta.isKeyId(text)).isEqualTo(KEY_ID.matcher(text).matches());
    }

    @Property
    void nameOfAProviderFollowsItsExpression(@ForAll("nearlyNames") String text) {
        assertThat(Provider.isName(text)).isEqualTo(PROVIDER.matcher(text).matches());
    }
}
