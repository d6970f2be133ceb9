package dev.tollgate.rest.usage;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.commons.fileupload2.core.ParameterParser;

/**
 * The parameters of a {@code Content-Disposition} or {@code Content-Type} field, as clients write them. Immutable.
 *
 * <p>A quoted value holds {@code \"} and {@code \\}; any other backslash is part of a path. It ends at the quote that a
 * semicolon or nothing follows, since some clients write quotes as they are. Of a parameter that is there twice the last counts.
 * {@code name*} (RFC 8187) beats {@code name} in any order, unless it cannot be decoded.
 */
final class FieldParameters {

    private static final String EXTENDED = "*";

    /** A charset, an encoding and encoded text (RFC 2047, section 2). A text without one is no work for the decoder. */
    private static final Pattern ENCODED_WORD = Pattern.compile("=\\?[^\\s?]+\\?[BbQq]\\?[^\\s?]*\\?=");

    private final Map<String, String> values;

    private FieldParameters(Map<String, String> values) {
        this.values = values;
    }

    /** Returns the parameters of a field's value. What cannot be read is a parameter without a value, or none. */
    static FieldParameters of(String field) {
        Map<String, String> values = new LinkedHashMap<>();
        int at = 0;
        while (at < field.length()) {
            int end = at;
            while (end < field.length() && field.charAt(end) != ';' && field.charAt(end) != '=') {
                end++;
            }
            String name = field.substring(at, end).strip().toLowerCase(Locale.ROOT);
            StringBuilder value = new StringBuilder();
            at = end < field.length() && field.charAt(end) == '=' ? readValue(field, end + 1, value) : end + 1;
            if (!name.isEmpty()) {
                values.put(name, value.toString());
            }
        }
        return new FieldParameters(values);
    }

    /** Appends the value that begins there and returns where the next parameter begins. */
    private static int readValue(String field, int from, StringBuilder value) {
        int begin = from;
        while (begin < field.length() && isSpace(field.charAt(begin))) {
            begin++;
        }
        if (begin < field.length() && field.charAt(begin) == '"') {
            return readQuoted(field, begin + 1, value);
        }
        int end = field.indexOf(';', begin);
        end = end < 0 ? field.length() : end;
        value.append(field.substring(begin, end).strip());
        return end + 1;
    }

    private static int readQuoted(String field, int begin, StringBuilder value) {
        for (int i = begin; i < field.length(); i++) {
            char c = field.charAt(i);
            char next = i + 1 < field.length() ? field.charAt(i + 1) : 0;
            if (c == '\\' && (next == '"' || next == '\\')) {
                value.append(next);
                i++;
            } else if (c == '"') {
                int end = endOfParameter(field, i + 1);
                if (end >= 0) {
                    return end + 1;
                }
                value.append(c);
            } else {
                value.append(c);
            }
        }
        // No quote ends it: a browser's name that ends with a backslash is one such.
        value.setLength(0);
        String rest = field.substring(begin);
        value.append(rest.endsWith("\"") ? rest.substring(0, rest.length() - 1) : rest);
        return field.length();
    }

    /** Returns where the parameter ends if nothing but space comes before that; else -1. */
    private static int endOfParameter(String field, int from) {
        int i = from;
        while (i < field.length() && isSpace(field.charAt(i))) {
            i++;
        }
        return i == field.length() || field.charAt(i) == ';' ? i : -1;
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t';
    }

    /** Returns a parameter as it was sent; empty if it is not there. */
    Optional<String> plain(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** Returns a parameter's extended form (RFC 8187), decoded; empty if it is not there or cannot be decoded. */
    Optional<String> extended(String name) {
        String value = values.get(name + EXTENDED);
        String[] parts = value == null ? new String[0] : value.split("'", 3);
        if (parts.length < 3) {
            return Optional.empty();
        }
        try {
            Charset charset = Charset.forName(parts[0].strip());
            return Optional.of(charset.newDecoder()
                    .decode(ByteBuffer.wrap(bytes(parts[2], charset)))
                    .toString());
        } catch (IllegalArgumentException
                | IndexOutOfBoundsException
                | UnsupportedOperationException
                | CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** Undoes percent-encoding. Some clients do not encode what is not ASCII. */
    private static byte[] bytes(String text, Charset charset) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        int i = 0;
        while (i < text.length()) {
            int c = text.codePointAt(i);
            if (c == '%') {
                bytes.write(HexFormat.fromHexDigits(text, i + 1, i + 3));
                i += 3;
            } else {
                bytes.writeBytes(Character.toString(c).getBytes(charset));
                i += Character.charCount(c);
            }
        }
        return bytes.toByteArray();
    }

    /** Returns whether either form of a parameter is there. */
    boolean has(String name) {
        return values.containsKey(name) || values.containsKey(name + EXTENDED);
    }

    /**
     * Returns a text with encoded words (RFC 2047) decoded, which .NET and mail programs write. Where one is broken, all is
     * ordinary text.
     */
    static String withoutEncodedWords(String text) {
        if (!ENCODED_WORD.matcher(text).find() || text.indexOf('"') >= 0) {
            return text;
        }
        try {
            String decoded =
                    new ParameterParser().parse("x=\"" + text + '"', ';').get("x");
            return decoded == null ? text : decoded;
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    /**
     * Returns the text of a field whose bytes were read as ISO 8859-1: UTF-8 if it is that, else as it is.
     *
     * @param otherwise the character set of what is not UTF-8
     */
    static String text(String latin1, Charset otherwise) {
        if (latin1.chars().anyMatch(c -> c >= 0x100)) {
            return latin1;
        }
        byte[] bytes = latin1.getBytes(StandardCharsets.ISO_8859_1);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return new String(bytes, otherwise);
        }
    }
}
