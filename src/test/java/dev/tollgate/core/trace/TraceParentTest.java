package dev.tollgate.core.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceParentTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SPAN = "00f067aa0ba902b7";

    @Test
    void theExampleOfTheRecommendationIsRead() {
        assertThat(TraceParent.parse("00-" + TRACE + "-" + SPAN + "-01")).hasValue(new TraceParent(TRACE, SPAN, 1));
    }

    @Test
    void versionsToComeAreReadAsFarAsThisOneGoes() {
        assertThat(TraceParent.parse("01-" + TRACE + "-" + SPAN + "-00-what-the-future-will-be-like"))
                .hasValue(new TraceParent(TRACE, SPAN, 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "00-" + TRACE + "-" + SPAN,
                "00-" + TRACE + "-" + SPAN + "-1",
                "00-" + TRACE + "-" + SPAN + "-01-more",
                "00-" + TRACE + "-" + SPAN + "-01.",
                "01-" + TRACE + "-" + SPAN + "-01more",
                "ff-" + TRACE + "-" + SPAN + "-01",
                "00-00000000000000000000000000000000-" + SPAN + "-01",
                "00-" + TRACE + "-0000000000000000-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + SPAN + "-01",
                "00-4bf92f3577b34da6a3ce929d0e0e473\n-" + SPAN + "-01",
                "00-\"}{\"a\":\"bbbbbbbbbbbbbbbbbbbbbbbb-" + SPAN + "-01",
                " 00-" + TRACE + "-" + SPAN + "-01",
            })
    void whatDoesNotFollowTheGrammarIsAsGoodAsAbsent(String field) {
        assertThat(TraceParent.parse(field)).isEmpty();
    }

    @Property
    void nothingButHexDigitsEverComesThrough(@ForAll String field) {
        TraceParent.parse(field).ifPresent(trace -> assertThat(trace.traceId()).matches("[0-9a-f]{32}"));
        assertThat(TraceParent.parse(null)).isEmpty();
    }

    @Test
    void ourOwnIdsAreTraceIdsAndDiffer() {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            String id = TraceParent.newTraceId();
            assertThat(TraceParent.parse("00-" + id + "-" + SPAN + "-00")).isPresent();
            ids.add(id);
        }
        assertThat(ids).hasSize(1_000);
    }

    @Test
    void aThreadWorksOnOneRequestAtATime() {
        assertThat(CurrentRequest.id()).isEmpty();
        CurrentRequest.begin(TRACE);
        assertThat(CurrentRequest.id()).hasValue(TRACE);
        CurrentRequest.end();
        assertThat(CurrentRequest.idOrNull()).isNull();
    }
}
