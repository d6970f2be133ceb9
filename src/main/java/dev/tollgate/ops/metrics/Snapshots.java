package dev.tollgate.ops.metrics;

import dev.tollgate.core.stats.Histogram;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.ArrayList;
import java.util.List;

/** Conversions of counts and histograms to the model of the metrics library. */
final class Snapshots {

    /** The label of an exemplar. Its value is the request's ID, from {@code traceparent} or our own, and not the ID of a span. */
    private static final String TRACE = "trace_id";

    private Snapshots() {}

    static Labels labels(List<String> names, List<String> values) {
        return names.isEmpty() ? Labels.EMPTY : Labels.of(names, values);
    }

    static HistogramDataPointSnapshot histogram(Histogram.Snapshot snapshot, Labels labels, double scale) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        List<Exemplar> exemplars = new ArrayList<>();
        for (Histogram.Bucket bucket : snapshot.buckets()) {
            double bound = bucket.upTo() == Long.MAX_VALUE ? Double.POSITIVE_INFINITY : scaled(bucket.upTo(), scale);
            buckets.bucket(bound, bucket.count());
            Histogram.Exemplar example = bucket.example();
            if (example != null) {
                exemplars.add(Exemplar.builder()
                        .value(scaled(example.value(), scale))
                        .labels(Labels.of(TRACE, example.traceId()))
                        .timestampMillis(example.atMillis())
                        .build());
            }
        }
        return new HistogramDataPointSnapshot(
                buckets.build(), snapshot.sum() * scale, labels, Exemplars.of(exemplars), 0);
    }

    /** Divides, since a product would be 0.0025000000000000001 instead of 0.0025. */
    private static double scaled(long value, double scale) {
        return scale == 1 ? value : value / Math.rint(1 / scale);
    }
}
