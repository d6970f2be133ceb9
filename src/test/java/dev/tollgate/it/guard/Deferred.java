package dev.tollgate.it.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Two applications of {@link SlowServlet} behind one guard, one of them named in {@code tollgate.guard.async}. */
final class Deferred {

    private static final String ASKED = "/later?x=1&x=2&y=a%20b";
    private static final int TRIES = 50;

    private Deferred() {}

    /** Sees that requests of the one are dispatched asynchronously and those of the other are not, and that both are served alike. */
    static void apartFrom(String waiting, String deferring, Function<String, HttpResponse<String>> get) {
        HttpResponse<String> waited = get.apply(waiting + ASKED);
        assertThat(waited.headers().firstValue("X-Reached-By")).contains("REQUEST");
        // Not those whose decision is there at once.
        HttpResponse<String> deferred = Stream.generate(() -> get.apply(deferring + ASKED))
                .limit(TRIES)
                .filter(answer -> answer.headers().firstValue("X-Reached-By").equals(Optional.of("ASYNC")))
                .findFirst()
                .orElseThrow();
        assertThat(deferred.body()).isEqualTo("served later");
        assertThat(deferred.headers().firstValue("X-Asked"))
                .isEqualTo(waited.headers().firstValue("X-Asked"))
                .contains("/later?x=1&x=2&y=a%20b x[1, 2] y[a b]");
    }
}
