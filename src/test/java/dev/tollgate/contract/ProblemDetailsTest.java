package dev.tollgate.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Prints every detail that a problem document can have, to be read by people, and checks that each is a sentence. */
class ProblemDetailsTest {

    private static final Set<String> DETAILS = ProblemDetails.of(Path.of("src/main/java"));

    /** A sentence that begins with a word, or with the name of what is at fault, and has three words at least. */
    private static final String SENTENCE =
            "([A-Z][\\w'/-]*,?|[\\w.\\[\\]{}-]+ (must|may|is|was|and|of|cannot))( \\S+){2,}\\.";

    @Test
    void everyDetailIsASentence() {
        System.out.printf("problems: %d details:%n  %s%n", DETAILS.size(), String.join("\n  ", DETAILS));
        assertThat(DETAILS).allSatisfy(detail -> assertThat(detail).matches(SENTENCE));
    }

    @Test
    void detailsAreFollowedThroughMethodsConstantsChoicesAndExceptions() {
        assertThat(DETAILS)
                .hasSizeGreaterThan(200)
                .contains(
                        "There is no such API key. Check that you sent all of it.",
                        "seconds must be a whole number from 1 to 3600.",
                        "seconds was given more than once.",
                        "X-Forwarded-Uri must be there, once.",
                        "events[].specversion must be 1.0.",
                        "startDate must be a date such as 2026-12-31.",
                        "The header field {group} cannot be read. Check its syntax, or leave it out.",
                        "The limit of {quota} per {counted} is used up; try again in {counted}; {counted} will bring a"
                                + " ban.");
    }
}
