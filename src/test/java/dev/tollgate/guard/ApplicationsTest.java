package dev.tollgate.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApplicationsTest {

    @ParameterizedTest
    @CsvSource({
        "*, /shop, true",
        "*, '', true",
        "/, '', true",
        "/, /shop, false",
        "/api*, /api-v1, true",
        "/api*, /shop, false",
        "/api*;!/api-internal, /api-internal, false",
        "!/hello;*, /hello, false",
        "!/hello, /shop, true",
        "!/hello, /hello, false",
        "/a.b, /aXb, false",
        "*/v2, /shop/v2, true"
    })
    void applicationIsGuardedAsThePatternsSay(String patterns, String contextPath, boolean guarded) {
        assertThat(new Applications(List.of(patterns.split(";"))).include(contextPath))
                .isEqualTo(guarded);
    }

    @ParameterizedTest
    @CsvSource({"/shop, /shop, true", "/shop, /api, false", "*;!/api, /api, false", "!/api, /shop, false"})
    void onlyAPatternThatIsNoExclusionNamesAnApplication(String patterns, String contextPath, boolean named) {
        assertThat(new Applications(List.of(patterns.split(";"))).name(contextPath))
                .isEqualTo(named);
        assertThat(new Applications(List.of()).name(contextPath)).isFalse();
    }

    @Test
    void aPatternThatIsNoPathIsRejected() {
        assertThatThrownBy(() -> new Applications(List.of("shop"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Applications(List.of("!shop"))).isInstanceOf(IllegalArgumentException.class);
    }
}
