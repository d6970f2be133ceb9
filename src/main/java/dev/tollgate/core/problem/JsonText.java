package dev.tollgate.core.problem;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A writer of JSON (RFC 8259) in ASCII characters alone, so that the text is the same bytes in any encoding of the
 * response. Other characters are escaped. A surrogate without its partner becomes U+FFFD, since parsers reject it.
 */
public final class JsonText {

    private static final char[] HEX = "0123456789abcdef".toCharArray();
    private static final char REPLACEMENT = '\ufffd';

    private JsonText() {}

    /**
     * Writes a value.
     *
     * @param value null, a boolean, a whole number, a list, a map, or text (whatever else there is, by its {@code toString})
     */
    public static void write(StringBuilder json, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            writeObject(json, map);
        } else if (value instanceof List<?> list) {
            json.append('[');
            for (int i = 0; i < list.size(); i++) {
                write(i == 0 ? json : json.append(','), list.get(i));
            }
            json.append(']');
        } else if (value == null || value instanceof Boolean || value instanceof Long || value instanceof Integer) {
            json.append(value);
        } else {
            writeString(json, value.toString());
        }
    }

    private static void writeObject(StringBuilder json, Map<?, ?> map) {
        char separator = '{';
        for (Map.Entry<?, ?> member : map.entrySet()) {
            writeString(json.append(separator), member.getKey().toString());
            write(json.append(':'), member.getValue());
            separator = ',';
        }
        json.append(map.isEmpty() ? "{}" : "}");
    }

    private static void writeString(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c >= ' ' && c < 0x7f) {
                json.append(c);
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                escape(json, c);
                escape(json, text.charAt(++i));
            } else {
                escape(json, Character.isSurrogate(c) ? REPLACEMENT : c);
            }
        }
        json.append('"');
    }

    private static void escape(StringBuilder json, char c) {
        json.append("\\u")
                .append(HEX[c >> 12])
                .append(HEX[c >> 8 & 15])
                .append(HEX[c >> 4 & 15])
                .append(HEX[c & 15]);
    }
}
