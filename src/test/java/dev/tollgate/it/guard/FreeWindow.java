package dev.tollgate.it.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.function.Supplier;

/** A free account's window of ten requests a minute. */
final class FreeWindow {

    private static final int LIMIT = 10;

    private FreeWindow() {}

    /** Sees that ten requests of a fresh account pass and the next one is over the window; the refusal, for more to be seen. */
    static HttpResponse<String> useUp(Supplier<HttpResponse<String>> request) {
        for (int i = 0; i < LIMIT; i++) {
            HttpResponse<String> served = request.get();
            assertThat(served.statusCode()).as(served.body()).isEqualTo(200);
        }
        HttpResponse<String> refused = request.get();
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.body()).contains("RATE_LIMIT_EXCEEDED");
        assertThat(refused.headers().firstValue("RateLimit").orElse("")).contains("\"minute\";r=0");
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        return refused;
    }
}
