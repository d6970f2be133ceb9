package dev.tollgate.http.route;

import dev.tollgate.config.EncodedSlash;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A request's path as the client sent it, before any decoding. Containers resolve dot segments and decode before servlets see
 * a path, while JAX-RS and others route by this one. A path is plain if every such reader sees the same segments.
 *
 * <p>Not plain are: dot segments in any encoding, with or without path parameters; empty segments but the last; backslashes,
 * control characters, NUL and {@code #}; encoded slashes and semicolons; what is percent-encoded twice; broken escapes; and
 * escapes that are no UTF-8, overlong forms among them. For one path; not thread-safe.
 */
public final class RawPath {

    /** What {@code OPTIONS} asks about where it means the server. */
    private static final String WHOLE_SERVER = "*";

    private static final int ASCII_END = 0x7f;

    private final String raw;
    private final boolean opaqueSlashes;

    /** The length of the segment's name so far; path parameters are not part of it. */
    private int length;

    private boolean onlyDots = true;
    private boolean parameters;

    /** How many hexadecimal digits followed a percent sign that was itself encoded; -1 if there is none before. */
    private int digitsAfterPercent = -1;

    private boolean beyondAscii;

    private RawPath(String raw, EncodedSlash slash) {
        this.raw = raw;
        this.opaqueSlashes = slash == EncodedSlash.OPAQUE;
    }

    /**
     * Whether a path is plain.
     *
     * @param raw what {@code getRequestURI} gives: the path of the request line without its query
     * @param slash what an encoded slash is
     */
    static boolean isPlain(String raw, EncodedSlash slash) {
        return raw.equals(WHOLE_SERVER) || new RawPath(raw, slash).isPlain();
    }

    private boolean isPlain() {
        if (raw.isEmpty() || raw.charAt(0) != '/') {
            return false;
        }
        for (int i = 1; i < raw.length(); i++) {
            char c = raw.charAt(i);
            boolean plain;
            if (c == '%') {
                plain = takeEncoded(octet(raw, i + 1));
                i += 2;
            } else {
                plain = takeAsIs(c);
            }
            if (!plain) {
                return false;
            }
        }
        return !isDotSegment() && (!beyondAscii || decoded(raw) != null);
    }

    private boolean takeAsIs(char c) {
        if (c == '/') {
            return endSegment();
        }
        if (c == ';') {
            parameters = true;
            digitsAfterPercent = -1;
            return true;
        }
        if (c > ASCII_END) {
            // A byte of a longer UTF-8 character. Alone it is not a control character.
            return take(c);
        }
        return !isControl(c) && c != '\\' && c != '#' && take(c);
    }

    private boolean takeEncoded(int octet) {
        if (octet > ASCII_END) {
            beyondAscii = true;
            return take((char) octet);
        }
        if (octet == '/') {
            return opaqueSlashes && endPiece();
        }
        return octet >= 0 && !isControl((char) octet) && octet != '\\' && octet != ';' && take((char) octet);
    }

    private boolean take(char c) {
        if (digitsAfterPercent >= 0) {
            digitsAfterPercent = Character.digit(c, 16) >= 0 ? digitsAfterPercent + 1 : -1;
            if (digitsAfterPercent == 2) {
                return false;
            }
        }
        if (c == '%') {
            digitsAfterPercent = 0;
        }
        if (!parameters) {
            length++;
            onlyDots &= c == '.';
        }
        return true;
    }

    private boolean endSegment() {
        return length > 0 && endPiece();
    }

    /** The end of a segment, or of what an application that decodes an opaque slash would take for one. */
    private boolean endPiece() {
        if (isDotSegment()) {
            return false;
        }
        length = 0;
        onlyDots = true;
        parameters = false;
        digitsAfterPercent = -1;
        return true;
    }

    private boolean isDotSegment() {
        return onlyDots && (length == 1 || length == 2);
    }

    private static boolean isControl(char c) {
        return c < ' ' || c == ASCII_END;
    }

    /**
     * A path decoded once, but for encoded slashes, which stay as they came; null if it is no UTF-8 or an escape is broken.
     *
     * @param raw a path whose characters are octets, as containers give header fields and request lines
     */
    public static @Nullable String decoded(String raw) {
        ByteBuffer octets = ByteBuffer.allocate(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            int octet = c == '%' ? octet(raw, i + 1) : c;
            if (octet < 0 || octet > 0xff) {
                return null;
            }
            if (c == '%' && octet == '/') {
                octets.put((byte) c);
            } else {
                octets.put((byte) octet);
                i += c == '%' ? 2 : 0;
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(octets.flip()).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** The octet of two hexadecimal digits; -1 if they are none. */
    private static int octet(String raw, int at) {
        int high = at + 1 < raw.length() ? digit(raw.charAt(at)) : -1;
        int low = high < 0 ? -1 : digit(raw.charAt(at + 1));
        return low < 0 ? -1 : high * 16 + low;
    }

    /** Of ASCII alone: {@link Character#digit} takes other scripts' digits too. */
    private static int digit(char c) {
        return c <= ASCII_END ? Character.digit(c, 16) : -1;
    }
}
