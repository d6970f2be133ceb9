package dev.tollgate.ops.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.core.stats.Histogram;
import dev.tollgate.ops.metrics.Metrics.Sample;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricsTest {

    private static final String OPEN_METRICS = "application/openmetrics-text;version=1.0.0,text/plain;q=0.5";

    private static String scrape(Metrics metrics, String accept) {
        return new String(metrics.scrape(accept).body(), StandardCharsets.UTF_8);
    }

    @Test
    void theFormatFollowsTheAcceptField() {
        Metrics metrics = new Metrics().counter("tollgate_things_total", "Things.", () -> 3);
        assertThat(metrics.scrape(OPEN_METRICS).contentType()).startsWith("application/openmetrics-text");
        assertThat(scrape(metrics, OPEN_METRICS))
                .contains("# TYPE tollgate_things counter", "tollgate_things_total 3.0")
                .endsWith("# EOF\n");
        for (String accept : new String[] {null, "", "*/*", "text/plain", "text/html,*/*;q=0.8"}) {
            assertThat(metrics.scrape(accept).contentType()).startsWith("text/plain; version=0.0.4");
            assertThat(scrape(metrics, accept))
                    .contains("# TYPE tollgate_things_total counter", "tollgate_things_total 3.0")
                    .doesNotContain("# EOF");
        }
    }

    @Test
    void durationsAreInSecondsWithWholeBoundsAndExemplars() {
        Histogram histogram = Histogram.ofNanos();
        histogram.record(2_400_000, "4bf92f3577b34da6a3ce929d0e0e4736", 1_795_000_000_000L);
        Metrics metrics = new Metrics()
                .seconds(
                        "tollgate_trip_seconds",
                        "Trips.",
                        List.of("purpose"),
                        () -> Map.of(List.of("gate"), histogram.snapshot()));
        assertThat(scrape(metrics, OPEN_METRICS))
                .contains(
                        "# UNIT tollgate_trip_seconds seconds",
                        "tollgate_trip_seconds_bucket{purpose=\"gate\",le=\"1.0E-4\"} 0",
                        "tollgate_trip_seconds_bucket{purpose=\"gate\",le=\"0.0025\"} 1 #"
                                + " {trace_id=\"4bf92f3577b34da6a3ce929d0e0e4736\"} 0.0024 1795000000.000",
                        "tollgate_trip_seconds_bucket{purpose=\"gate\",le=\"+Inf\"} 1",
                        "tollgate_trip_seconds_count{purpose=\"gate\"} 1");
        assertThat(scrape(metrics, null)).doesNotContain("trace_id");
    }

    @Test
    void unknownNumbersAreLeftOut() {
        Metrics metrics = new Metrics()
                .gauge("tollgate_unknown", "Unknown.", () -> Double.NaN)
                .gauges(
                        "tollgate_some",
                        "Some.",
                        List.of("a"),
                        () -> List.of(Sample.of("x", Double.NaN), Sample.of("y", 1)));
        assertThat(scrape(metrics, null))
                .doesNotContain("NaN", "tollgate_unknown ")
                .contains("{a=\"y\"} 1.0");
    }

    @Test
    void labelsAreEscaped() {
        Metrics metrics =
                new Metrics().gauges("tollgate_some", "Some.", List.of("a"), () -> List.of(Sample.of("x\"\n\\", 1)));
        assertThat(scrape(metrics, null)).contains("{a=\"x\\\"\\n\\\\\"} 1.0");
    }

    @Test
    void namesAreTakenOnceAndCountersEndInTotal() {
        Metrics metrics = new Metrics().gauge("tollgate_a", "A.", () -> 1);
        assertThatThrownBy(() -> metrics.gauge("tollgate_a", "A.", () -> 1)).hasMessageContaining("tollgate_a");
        assertThatThrownBy(() -> metrics.counter("tollgate_b", "B.", () -> 1)).hasMessageContaining("tollgate_b");
    }
}
