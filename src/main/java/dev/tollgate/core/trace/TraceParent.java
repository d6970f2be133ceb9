package dev.tollgate.core.trace;

import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The header field {@code traceparent} of W3C Trace Context (Recommendation, 2021): the trace a request belongs to. A value
 * that breaks the grammar counts as absent, so a caller can put only hexadecimal digits into logs and answers.
 *
 * @param traceId 32 lower-case hexadecimal digits, not all zero
 * @param parentId the caller's span, 16 lower-case hexadecimal digits, not all zero
 * @param flags one byte; bit 0 says that the caller records the trace
 */
public record TraceParent(String traceId, String parentId, int flags) {

    /** The header field's name. */
    public static final String HEADER = "traceparent";

    private static final int LENGTH = 55;
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    /** Reads the field; empty if it is absent or not valid. Versions to come are read as far as this one goes. */
    public static Optional<TraceParent> parse(@Nullable String field) {
        if (field == null || field.length() < LENGTH || !isFormed(field)) {
            return Optional.empty();
        }
        boolean known = field.startsWith("00");
        boolean more = field.length() > LENGTH;
        if (field.startsWith("ff") || (more && (known || field.charAt(LENGTH) != '-'))) {
            return Optional.empty();
        }
        String trace = field.substring(3, 35);
        String parent = field.substring(36, 52);
        if (isZero(trace) || isZero(parent)) {
            return Optional.empty();
        }
        return Optional.of(new TraceParent(trace, parent, Integer.parseInt(field.substring(53, LENGTH), 16)));
    }

    private static boolean isFormed(String field) {
        for (int i = 0; i < LENGTH; i++) {
            char c = field.charAt(i);
            boolean dash = i == 2 || i == 35 || i == 52;
            if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isZero(String digits) {
        return digits.chars().allMatch(c -> c == '0');
    }

    /** Returns the trace of a request that brought none. Random, not secret. */
    public static String newTraceId() {
        RandomGenerator random = ThreadLocalRandom.current();
        char[] digits = new char[32];
        // Its lowest bit set, it is never all zero.
        fill(digits, 0, random.nextLong() | 1);
        fill(digits, 16, random.nextLong());
        return new String(digits);
    }

    private static void fill(char[] digits, int from, long bits) {
        for (int i = 0; i < 16; i++) {
            digits[from + i] = HEX[(int) (bits >>> (60 - 4 * i)) & 0xf];
        }
    }
}
