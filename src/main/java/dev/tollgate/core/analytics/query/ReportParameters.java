package dev.tollgate.core.analytics.query;

import dev.tollgate.core.usage.Provider;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Functions that read query parameters. Each value has one notation, and any other is refused. */
public final class ReportParameters {

    private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
    private static final Pattern WHOLE_NUMBER = Pattern.compile("[1-9][0-9]{0,8}");

    private ReportParameters() {}

    /**
     * Reads a provider.
     *
     * @param text as sent; null if not
     * @throws BadQueryException if it is no provider's name
     */
    public static Optional<String> provider(@Nullable String text) {
        if (text != null) {
            requireProvider(text);
        }
        return Optional.ofNullable(text);
    }

    static void requireProvider(String text) {
        if (!Provider.isName(text)) {
            throw new BadQueryException(
                    "provider",
                    "provider must be one provider's name: a to z, 0 to 9, '.', '_' and '-', 50 characters at most; leave it"
                            + " out for all.");
        }
    }

    static String orAll(Optional<String> provider) {
        return provider.orElse(Provider.ALL);
    }

    /**
     * Reads a UTC day.
     *
     * @param parameter the name of the parameter
     * @param text as sent; null if not
     * @throws BadQueryException if it is no day
     */
    public static Optional<LocalDate> date(String parameter, @Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        try {
            if (DATE.matcher(text).matches() && !text.startsWith("0000")) {
                return Optional.of(LocalDate.parse(text));
            }
        } catch (DateTimeParseException e) {
            // No such day: said below.
        }
        throw new BadQueryException(parameter, parameter + " must be a date such as 2026-12-31.");
    }

    static int wholeNumber(String parameter, String text, int most) {
        if (WHOLE_NUMBER.matcher(text).matches()) {
            int number = Integer.parseInt(text);
            if (number <= most) {
                return number;
            }
        }
        throw new BadQueryException(parameter, parameter + " must be a whole number from 1 to " + most + ".");
    }
}
