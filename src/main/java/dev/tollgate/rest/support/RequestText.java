package dev.tollgate.rest.support;

import dev.tollgate.core.bodylimit.ContentCoding;
import dev.tollgate.core.problem.Problems;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.ZipException;

/**
 * A reader of JSON bodies as text: inflated, in UTF-8, without a byte order mark. It refuses text that would cost a parser
 * much, whatever the parser's own bounds are.
 */
final class RequestText {

    /** How deep arrays and objects may nest. */
    static final int MAX_DEPTH = 100;

    /** The longest number, in characters. */
    static final int MAX_NUMBER = 100;

    /** The most digits of an exponent: arithmetic with larger ones can take minutes. */
    static final int MAX_EXPONENT_DIGITS = 4;

    /** The most arrays, objects and commas. A small gzip body inflates to many, and each costs far more than its text. */
    static final int MAX_VALUES = 100_000;

    private RequestText() {}

    /**
     * Reads a body to its end.
     *
     * @param body the request's, as it comes in
     * @param maxBytes its longest, as it comes in and inflated; beyond it the answer is 413
     * @return the text; empty if there is none
     * @throws ProblemException if it cannot be read, or no parser should be given it
     */
    static String read(ContainerRequestContext request, InputStream body, int maxBytes) {
        ContentCoding coding = coding(request);
        byte[] bytes;
        try {
            bytes = body.readNBytes(maxBytes + 1);
        } catch (IOException e) {
            throw bad("The body could not be read to its end. Send the request again.");
        }
        return of(plain(coding, bytes, maxBytes));
    }

    private static ContentCoding coding(ContainerRequestContext request) {
        List<String> fields = request.getHeaders().getOrDefault(HttpHeaders.CONTENT_ENCODING, List.of());
        return ContentCoding.of(fields)
                .orElseThrow(
                        () -> new ProblemException(
                                Problems.unsupportedCoding(
                                        ContentCoding.ACCEPTED,
                                        "The body may come with Content-Encoding: gzip, or without one. Other codings are not taken.")));
    }

    private static byte[] plain(ContentCoding coding, byte[] bytes, int maxBytes) {
        byte[] plain = bytes;
        if (bytes.length <= maxBytes) {
            try {
                plain = coding.decode(bytes, maxBytes);
            } catch (ZipException e) {
                throw bad(
                        "The body is not the gzip that Content-Encoding says it is, or not all of it. Compress it again, or"
                                + " send it without that field.");
            }
        }
        if (plain.length > maxBytes) {
            throw new ProblemException(Problems.payloadTooLarge(maxBytes));
        }
        return plain;
    }

    /**
     * Returns the text of bytes that have no coding any more.
     *
     * @throws ProblemException if they are not UTF-8, or no parser should be given them
     */
    static String of(byte[] bytes) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw bad("The body is not UTF-8. Send JSON in UTF-8.");
        }
        // RFC 8259 forbids senders the mark, and editors and .NET write it.
        String unmarked = text.startsWith("\ufeff") ? text.substring(1) : text;
        requireModest(unmarked);
        return unmarked;
    }

    /** Looks at nesting, numbers and how many values there are, and at nothing else: the parser says what is no JSON. */
    private static void requireModest(String text) {
        int depth = 0;
        int values = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                i = endOfString(text, i);
            } else if (c == '-' || (c >= '0' && c <= '9')) {
                i = endOfNumber(text, i);
            } else if (c == '{' || c == '[') {
                depth++;
                values++;
            } else if (c == '}' || c == ']') {
                depth--;
            } else if (c == ',') {
                values++;
            }
            if (depth > MAX_DEPTH) {
                throw bad("The JSON nests deeper than " + MAX_DEPTH + " levels. Send it with fewer.");
            }
            if (values > MAX_VALUES) {
                throw bad("The JSON holds more than " + MAX_VALUES + " values. Send several smaller bodies.");
            }
        }
    }

    private static int endOfString(String text, int begin) {
        int i = begin + 1;
        while (i < text.length() && text.charAt(i) != '"') {
            i += text.charAt(i) == '\\' ? 2 : 1;
        }
        return i;
    }

    private static int endOfNumber(String text, int begin) {
        int exponent = -1;
        int end = begin;
        while (end < text.length() && "+-.0123456789eE".indexOf(text.charAt(end)) >= 0) {
            if (exponent >= 0 && Character.isDigit(text.charAt(end))) {
                exponent++;
            } else if (text.charAt(end) == 'e' || text.charAt(end) == 'E') {
                exponent = 0;
            }
            end++;
        }
        if (end - begin > MAX_NUMBER || exponent > MAX_EXPONENT_DIGITS) {
            throw bad("The JSON holds a number of more than " + MAX_NUMBER
                    + " characters, or with an exponent of more than " + MAX_EXPONENT_DIGITS
                    + " digits. Send one that is shorter.");
        }
        return end - 1;
    }

    private static ProblemException bad(String detail) {
        return new ProblemException(Problems.badRequest(detail));
    }
}
