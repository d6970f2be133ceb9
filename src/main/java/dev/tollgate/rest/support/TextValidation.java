package dev.tollgate.rest.support;

import dev.tollgate.core.problem.PlainText;
import dev.tollgate.core.problem.Problems;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** Functions that turn texts of requests into values. Each names the parameter or member it refuses. */
public final class TextValidation {

    private TextValidation() {}

    public static ProblemException bad(String name, String why) {
        return new ProblemException(Problems.badParameter(name, name + " " + why + "."));
    }

    /** Returns a text of 1 to so many characters after stripping, in one line, with nothing that is no character. */
    public static String line(String name, String text, int maxLength) {
        String line = text.strip();
        if (line.isEmpty() || line.length() > maxLength) {
            throw bad(name, "must have 1 to " + maxLength + " characters");
        }
        if (!PlainText.isPlain(line)) {
            throw bad(name, "must be one line without control characters and broken Unicode characters");
        }
        return line;
    }

    /** Returns an instant in ISO 8601 with any offset, in the years 1970 to 9999; PostgreSQL keeps no more than microseconds. */
    public static Instant instant(String name, String text) {
        try {
            OffsetDateTime time = OffsetDateTime.parse(text);
            int year = time.withOffsetSameInstant(ZoneOffset.UTC).getYear();
            if (year >= 1970 && year <= 9999) {
                return Instant.ofEpochMilli(time.toInstant().toEpochMilli());
            }
        } catch (DateTimeException e) {
            // Said below.
        }
        throw bad(name, "must be a time in ISO 8601, e.g. 2026-12-31T23:59:59Z");
    }
}
