package dev.tollgate.ops.metrics;

import dev.tollgate.core.stats.Histogram;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The registry of a node's metrics. Each number is kept where it is counted and is read at a scrape, so a request's thread does
 * no work here. Suppliers must return at once: a scrape uses neither Redis nor PostgreSQL.
 *
 * <p>Metrics are added at the start and only read afterwards. Thread-safe once all are added.
 */
public final class Metrics {

    /**
     * The description of a metric.
     *
     * @param name the name in Prometheus
     * @param type {@code counter}, {@code gauge} or {@code histogram}
     * @param labels the names of its labels
     * @param help the help text
     */
    public record Description(String name, String type, List<String> labels, String help) {}

    /**
     * A number of a metric with labels.
     *
     * @param labels the values of the labels, in the order of their names
     * @param value the number; NaN leaves it out
     */
    public record Sample(List<String> labels, double value) {

        /** With one label. */
        public static Sample of(String label, double value) {
            return new Sample(List.of(label), value);
        }
    }

    /** The response to a scrape: its text and media type. */
    public record Text(String contentType, byte[] body) {}

    private static final ExpositionFormatWriter PROMETHEUS =
            PrometheusTextFormatWriter.builder().build();

    /**
     * The OpenMetrics writer, with exemplars on buckets alone. Prometheus rejects a scrape with exemplars on the count of a
     * histogram.
     */
    private static final ExpositionFormatWriter OPEN_METRICS =
            OpenMetricsTextFormatWriter.builder().build();

    private static final double NANOS = 1e-9;

    private final Map<String, Description> descriptions = new TreeMap<>();
    private final List<Supplier<MetricSnapshot>> sources = new ArrayList<>();

    /** Adds a counter, which only rises. The name ends in {@code _total}. */
    public Metrics counter(String name, String help, LongSupplier value) {
        return counters(name, help, List.of(), () -> List.of(new Sample(List.of(), value.getAsLong())));
    }

    /** Adds counters with one name, and labels with few values. */
    public Metrics counters(
            String name, String help, List<String> labels, Supplier<? extends Collection<Sample>> samples) {
        describe(name, "counter", labels, help);
        if (!name.endsWith("_total")) {
            throw new IllegalArgumentException("a counter's name ends in _total: " + name);
        }
        MetricMetadata metadata = new MetricMetadata(name.substring(0, name.length() - "_total".length()), help);
        sources.add(() -> new CounterSnapshot(
                metadata,
                samples.get().stream()
                        .filter(sample -> !Double.isNaN(sample.value()))
                        .map(sample -> new CounterSnapshot.CounterDataPointSnapshot(
                                sample.value(), Snapshots.labels(labels, sample.labels()), null, 0))
                        .toList()));
        return this;
    }

    /** Adds a gauge, which rises and falls; NaN leaves it out. */
    public Metrics gauge(String name, String help, DoubleSupplier value) {
        return gauges(name, help, List.of(), () -> List.of(new Sample(List.of(), value.getAsDouble())));
    }

    /** Adds gauges with one name, and labels with few values. */
    public Metrics gauges(
            String name, String help, List<String> labels, Supplier<? extends Collection<Sample>> samples) {
        describe(name, "gauge", labels, help);
        MetricMetadata metadata = new MetricMetadata(name, help);
        sources.add(() -> new GaugeSnapshot(
                metadata,
                samples.get().stream()
                        .filter(sample -> !Double.isNaN(sample.value()))
                        .map(sample -> new GaugeSnapshot.GaugeDataPointSnapshot(
                                sample.value(), Snapshots.labels(labels, sample.labels()), null))
                        .toList()));
        return this;
    }

    /** Adds a histogram of durations that was recorded in nanoseconds. The name ends in {@code _seconds}. */
    public Metrics seconds(String name, String help, Supplier<Histogram.Snapshot> snapshot) {
        return seconds(name, help, List.of(), () -> Map.of(List.of(), snapshot.get()));
    }

    /** Adds histograms of durations that were recorded in nanoseconds, by the values of their labels. */
    public Metrics seconds(
            String name, String help, List<String> labels, Supplier<Map<List<String>, Histogram.Snapshot>> snapshots) {
        return histograms(new MetricMetadata(name, help, Unit.SECONDS), labels, NANOS, snapshots);
    }

    /** Adds histograms of plain numbers, by the values of their labels. */
    public Metrics sizes(
            String name, String help, List<String> labels, Supplier<Map<List<String>, Histogram.Snapshot>> snapshots) {
        return histograms(new MetricMetadata(name, help), labels, 1, snapshots);
    }

    private Metrics histograms(
            MetricMetadata metadata,
            List<String> labels,
            double scale,
            Supplier<Map<List<String>, Histogram.Snapshot>> snapshots) {
        describe(metadata.getPrometheusName(), "histogram", labels, metadata.getHelp());
        sources.add(() -> new HistogramSnapshot(
                metadata,
                snapshots.get().entrySet().stream()
                        .map(entry ->
                                Snapshots.histogram(entry.getValue(), Snapshots.labels(labels, entry.getKey()), scale))
                        .toList()));
        return this;
    }

    private void describe(String name, String type, List<String> labels, String help) {
        if (descriptions.put(name, new Description(name, type, List.copyOf(labels), help)) != null) {
            throw new IllegalArgumentException("added twice: " + name);
        }
    }

    /** Returns the descriptions, by name. */
    public Collection<Description> descriptions() {
        return Collections.unmodifiableCollection(descriptions.values());
    }

    /**
     * Reads all numbers.
     *
     * @param accept the {@code Accept} field of the scraper; null for none. The format is OpenMetrics if it names that, else
     *     Prometheus's text format
     */
    public Text scrape(String accept) {
        ExpositionFormatWriter writer = OPEN_METRICS.accepts(accept) ? OPEN_METRICS : PROMETHEUS;
        ByteArrayOutputStream body = new ByteArrayOutputStream(16 * 1024);
        try {
            writer.write(
                    body,
                    new MetricSnapshots(sources.stream().map(Supplier::get).toList()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Text(writer.getContentType(), body.toByteArray());
    }
}
