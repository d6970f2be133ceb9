package dev.tollgate.core.analytics;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Averages and shares, with two decimals. */
final class Percentages {

    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
    private static final BigInteger HUNDREDTHS_OF_A_PERCENT = BigInteger.valueOf(10_000);
    private static final BigDecimal ZERO = new BigDecimal("0.00");

    private Percentages() {}

    /** {@code sum / number}; 0 for none. */
    static BigDecimal average(long sum, long number) {
        return number == 0 ? ZERO : BigDecimal.valueOf(sum).divide(BigDecimal.valueOf(number), 2, RoundingMode.HALF_UP);
    }

    /** Returns the part in percent; 0 for nothing of nothing. */
    static BigDecimal percent(long part, long whole) {
        return whole == 0
                ? ZERO
                : BigDecimal.valueOf(part).multiply(HUNDRED).divide(BigDecimal.valueOf(whole), 2, RoundingMode.HALF_UP);
    }

    /**
     * Returns each count's share of their sum in percent. The shares sum to exactly 100 unless all counts are 0: they are
     * rounded down and what is left over goes to the largest remainders (the method of Hamilton), earlier counts first on a
     * tie.
     */
    static List<BigDecimal> shares(List<Long> counts) {
        BigInteger sum = counts.stream().map(BigInteger::valueOf).reduce(BigInteger.ZERO, BigInteger::add);
        if (sum.signum() == 0) {
            return counts.stream().map(count -> ZERO).toList();
        }
        List<BigInteger[]> parts = counts.stream()
                .map(count -> BigInteger.valueOf(count)
                        .multiply(HUNDREDTHS_OF_A_PERCENT)
                        .divideAndRemainder(sum))
                .toList();
        long[] shares =
                parts.stream().mapToLong(part -> part[0].longValueExact()).toArray();
        int left = HUNDREDTHS_OF_A_PERCENT.intValue()
                - Math.toIntExact(Arrays.stream(shares).sum());
        IntStream.range(0, shares.length)
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> parts.get(i)[1]).reversed())
                .limit(left)
                .forEach(i -> shares[i]++);
        List<BigDecimal> percentages = new ArrayList<>(shares.length);
        for (long share : shares) {
            percentages.add(BigDecimal.valueOf(share, 2));
        }
        return percentages;
    }
}
