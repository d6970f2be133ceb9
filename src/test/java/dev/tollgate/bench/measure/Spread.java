package dev.tollgate.bench.measure;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The results of several rounds: the median, with the lowest and the highest to judge its precision.
 *
 * @param median the median
 * @param low the lowest result
 * @param high the highest result
 */
public record Spread(double median, double low, double high) {

    public static Spread of(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return new Spread(sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
    }

    /** Returns the ratio by round, so that a slow round does not distort it. */
    public static Spread ratio(List<Double> ours, List<Double> theirs) {
        double[] ratios = new double[ours.size()];
        Arrays.setAll(ratios, i -> ours.get(i) / theirs.get(i));
        return of(Arrays.stream(ratios).boxed().toList());
    }

    /** Returns text such as {@code 38,700 (36,100 to 40,200)}. */
    public String text(String format) {
        return String.format(Locale.ROOT, format + " (" + format + " to " + format + ")", median, low, high);
    }

    public String whole() {
        return text("%,.0f");
    }

    public String fine() {
        return text("%.2f");
    }
}
