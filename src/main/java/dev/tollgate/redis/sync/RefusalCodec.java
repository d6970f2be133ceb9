package dev.tollgate.redis.sync;

import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.refusal.RefusalReason;
import dev.tollgate.core.refusal.RefusalRow;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The text form of rows of refusals in a guard's outbox: rows separated by a semicolon, words by a space, free text encoded as in a
 * URL's query.
 *
 * <p>Reading accepts only what a guard may send, of bounded length and in visible ASCII characters. Further words of a row are passed
 * over, so that a later release may add some.
 */
final class RefusalCodec {

    private static final String NOTHING = "-";
    private static final int WORDS = 13;
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,15}");
    private static final Pattern STATUS = Pattern.compile("[45]\\d\\d");
    private static final Pattern CODE = Pattern.compile("[A-Z][A-Z_]{0,49}");
    private static final Pattern NAME = Pattern.compile("[!-~]{1,64}");

    /** What {@link Caller} takes. */
    private static final Pattern CALLER = Pattern.compile("[!-z|~]{1,128}");

    private static final Pattern REQUEST = Pattern.compile("[0-9a-f]{32}");

    private RefusalCodec() {}

    static String write(List<RefusalRow> rows) {
        return rows.stream().map(RefusalCodec::write).collect(Collectors.joining(";"));
    }

    private static String write(RefusalRow row) {
        RefusalReason reason = row.reason();
        Caller caller = row.caller();
        return String.join(
                " ",
                row.id(),
                Long.toString(row.atMillis()),
                Long.toString(row.lastMillis()),
                encode(caller == null ? null : caller.id()),
                encode(row.keyId()),
                encode(row.address()),
                encode(row.requestId()),
                encode(reason.route()),
                encode(reason.policy()),
                Integer.toString(reason.status()),
                reason.code(),
                Boolean.toString(reason.shadow()),
                Long.toString(row.count()));
    }

    /**
     * Reads rows.
     *
     * @throws IllegalArgumentException if a row is none; the message has no text of the entry
     */
    static List<RefusalRow> read(String text) {
        List<RefusalRow> rows = new ArrayList<>();
        for (String row : text.split(";")) {
            rows.add(row(row.split(" ", -1)));
        }
        return rows;
    }

    private static RefusalRow row(String[] words) {
        if (words.length < WORDS) {
            throw new IllegalArgumentException("not a row");
        }
        String caller = optional(words[3], CALLER);
        return new RefusalRow(
                valid(words[0], ID),
                number(words[1]),
                number(words[2]),
                caller == null ? null : Caller.parse(caller),
                optional(words[4], ID),
                optional(words[5], NAME),
                optional(words[6], REQUEST),
                new RefusalReason(
                        valid(decode(words[7]), NAME),
                        optional(words[8], NAME),
                        Integer.parseInt(valid(words[9], STATUS)),
                        valid(words[10], CODE),
                        words[11].equals("true")),
                number(words[12]));
    }

    private static @Nullable String optional(String word, Pattern form) {
        return word.equals(NOTHING) ? null : valid(decode(word), form);
    }

    private static long number(String word) {
        return Long.parseLong(valid(word, NUMBER));
    }

    private static String valid(String text, Pattern form) {
        if (!form.matcher(text).matches()) {
            throw new IllegalArgumentException("a word of a row has not its form");
        }
        return text;
    }

    private static String encode(@Nullable String text) {
        return text == null ? NOTHING : URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String decode(String word) {
        try {
            return URLDecoder.decode(word, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not encoded as a query", e);
        }
    }
}
