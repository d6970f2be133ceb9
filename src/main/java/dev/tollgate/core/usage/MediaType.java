package dev.tollgate.core.usage;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Rules for media types as they are metered: lower case, without parameters, a valid {@code type/subtype} of at most
 * {@value #MAX_LENGTH} characters. They become fields of Redis hashes and members of JSON, so other text is refused.
 */
public final class MediaType {

    /** What a file is when there is no telling. */
    public static final String UNKNOWN = "application/octet-stream";

    /** What bytes are that are text and show nothing more. */
    public static final String PLAIN_TEXT = "text/plain";

    /** The longest type kept. */
    public static final int MAX_LENGTH = 100;

    // A restricted-name of RFC 6838, section 4.2, on both sides of the slash.
    private static final Pattern VALID = Pattern.compile("[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*");

    // What clients send without meaning it: curl's and HTML forms' defaults, and what wraps the file.
    private static final Set<String> SAYS_NOTHING =
            Set.of(UNKNOWN, "binary/octet-stream", "application/x-www-form-urlencoded", "application/x-binary");

    // Formats of text that no magic bytes tell apart.
    private static final Pattern TEXT_LIKE = Pattern.compile(
            "text/.*|message/.*|.*[+](json|xml|yaml)|application/(x-)?(.*json.*|.*xml.*|.*yaml.*|javascript|ecmascript|"
                    + "typescript|sql|toml|csv|sh|shellscript|perl|python|php|ruby|tex|latex|httpd-php|graphql|pem-file|"
                    + "pgp-.*|subrip|mpegurl|vnd[.]apple[.]mpegurl|rtf|n-triples|n-quads|trig|sparql-.*|csh|tcl)|"
                    + "audio/(x-)?mpegurl|model/(gltf[+]json|obj|mtl|step.*|iges|vrml)");

    private MediaType() {}

    /**
     * Returns a declared type in the form kept.
     *
     * @param declared a {@code Content-Type} field's value; may be null
     * @return empty if it is missing or not a valid type, or one that clients send when they do not know
     */
    public static Optional<String> declared(@Nullable String declared) {
        if (declared == null) {
            return Optional.empty();
        }
        int parameters = declared.indexOf(';');
        String type = (parameters < 0 ? declared : declared.substring(0, parameters))
                .strip()
                .toLowerCase(Locale.ROOT);
        return isValid(type) && !SAYS_NOTHING.contains(type) && !type.startsWith("multipart/")
                ? Optional.of(type)
                : Optional.empty();
    }

    /** Returns whether the text is a type in the form kept. */
    public static boolean isValid(String type) {
        return type.length() <= MAX_LENGTH && VALID.matcher(type).matches();
    }

    /**
     * Returns what a file counts as. The magic bytes win where they contradict the declaration; where they only show less of
     * the same (a zip that is said to be a spreadsheet, XML that is said to be a drawing, text that is said to be JSON), the
     * declaration says more and is kept.
     *
     * @param declared what {@link #declared} gave
     * @param detected what the magic bytes show; {@link #UNKNOWN} if nothing
     * @param formats what is known of formats
     */
    public static String resolve(Optional<String> declared, String detected, Formats formats) {
        String shown = isValid(detected) ? detected : UNKNOWN;
        if (declared.isEmpty()) {
            return shown;
        }
        String said = formats.canonical(declared.get());
        boolean agrees = shown.equals(UNKNOWN)
                || shown.equals(said)
                || formats.specialises(said, shown)
                || formats.specialises(shown, said)
                || (isText(shown, formats) && isText(said, formats));
        return agrees && isValid(said) ? said : shown;
    }

    private static boolean isText(String type, Formats formats) {
        return TEXT_LIKE.matcher(type).matches() || formats.specialises(type, PLAIN_TEXT);
    }

    /** What is known of formats: which names mean the same, and which are built on which. */
    public interface Formats {

        /** The usual name for a type; the type itself if there is none. */
        String canonical(String type);

        /** Returns whether every file of the first type is one of the second too, as a spreadsheet is a zip file. */
        boolean specialises(String special, String general);
    }
}
