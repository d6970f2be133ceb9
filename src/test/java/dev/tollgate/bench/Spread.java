package dev.tollgate.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What several rounds measured: the median stands for them, the lowest and highest say how far it can be trusted.
 *
 * @param median the middle one
 * @param low the lowest
 * @param high the highest
 */
record Spread(double median, double low, double high) {

    static Spread of(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return new Spread(sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
    }

    /** Round by round: ours against theirs, so that what slowed a whole round does not count. */
    static Spread ratio(List<Double> ours, List<Double> theirs) {
        double[] ratios = new double[ours.size()];
        Arrays.setAll(ratios, i -> ours.get(i) / theirs.get(i));
        return of(Arrays.stream(ratios).boxed().toList());
    }

    /** E.g. {@code 38,700 (36,100 to 40,200)}. */
    String text(String format) {
        return String.format(Locale.ROOT, format + " (" + format + " to " + format + ")", median, low, high);
    }

    String whole() {
        return text("%,.0f");
    }

    String fine() {
        return text("%.2f");
    }
}
