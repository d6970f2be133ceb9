package dev.tollgate.it.guard;

import java.io.IOException;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Spellings of paths, versions of HTTP and preflights before applications that are guarded. */
@Order(2)
class GuardPathsIT extends GuardCase {

    @Test
    void noSpellingOfAPathIsAWayPastItsPolicyAndPathsOfOneMeaningAreServed() {
        RawPaths paths = new RawPaths(guarded.server().httpPort());
        paths.assertThatNoSpellingReachesAFileWithoutItsKey();
        paths.assertThatPathsOfOneMeaningAreServed(newKey("pro").secret());
        paths.assertThatDispatchesWithinTheApplicationWork(newKey("pro").secret());
    }

    @Test
    void http2IsNoWayPastPoliciesAndLimits() throws IOException {
        RawPaths paths = new RawPaths(guarded.server().httpPort());
        paths.assertThatPseudoHeaderFieldsAreNoWayPast(newKey("pro").secret());
        paths.assertThatBothVersionsOfHttpShareOneWindow(newKey("free").secret());
    }

    @Test
    void preflightsAreChargedToTheirAddress() {
        new RawPaths(guarded.server().httpPort()).assertThatPreflightsAreCharged();
    }
}
