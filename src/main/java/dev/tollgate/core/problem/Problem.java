package dev.tollgate.core.problem;

import dev.tollgate.core.trace.CurrentRequest;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * A problem document (RFC 9457) and the header fields that go with it. Immutable.
 *
 * <p>{@code type} is one of those that draft-ietf-httpapi-ratelimit-headers-10 registers with IANA where one fits, else
 * {@code about:blank}, whose title is the status code's own phrase. Programs tell problems apart by {@code code}.
 *
 * @param type a URI
 * @param title the type's title, the same for every occurrence
 * @param status the HTTP status code
 * @param detail what happened and what to do, in a sentence for people; never holds a secret
 * @param instance the path of the request and its id; null if not known
 * @param code what happened, for programs: upper case with underscores
 * @param members further members in order; values are text, whole numbers, booleans, null, lists and maps of these
 * @param retryAfterSeconds when to try again, in seconds, at least 1; 0 if there is no telling
 * @param challenge the {@code WWW-Authenticate} field's value; null for none
 */
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        String instance,
        String code,
        Map<String, Object> members,
        long retryAfterSeconds,
        String challenge) {

    /** The media type of a problem document. */
    public static final String MEDIA_TYPE = "application/problem+json";

    private static final String INSTANCE = ",\"instance\":";

    /** The members every problem has; further ones of these names are left out. */
    private static final Set<String> BASE = Set.of("type", "title", "status", "detail", "instance", "code");

    private static final int LONGEST_INSTANCE = 1024;
    private static final String NEVER_IN_A_PATH = "\"<>\\^`{|}";

    public Problem {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(detail, "detail");
        Objects.requireNonNull(code, "code");
        members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
        if ((status == 429 || status == 503) && retryAfterSeconds < 1) {
            throw new IllegalArgumentException("a problem of status " + status + " says when to try again");
        }
    }

    /**
     * The same problem, at the place it happened: see {@link #place}.
     *
     * @param requestPath the request's path as it came in; null for none
     */
    public Problem at(String requestPath) {
        String place = requestPath == null ? null : place(requestPath);
        return new Problem(type, title, status, detail, place, code, members, retryAfterSeconds, challenge);
    }

    /**
     * Where a problem happened: the path and, as a fragment, the id of the request this thread works on. Of characters that
     * JSON takes as they are.
     *
     * @param requestPath the request's path as it came in. Queries and path parameters are cut off, since clients put secrets
     *     there, characters that no URI holds are percent-encoded, and what is long is cut
     */
    public static String place(String requestPath) {
        String id = CurrentRequest.idOrNull();
        return id == null ? uriPath(requestPath) : uriPath(requestPath) + '#' + id;
    }

    private static String uriPath(String path) {
        StringBuilder uri = new StringBuilder();
        for (int i = 0; i < path.length() && uri.length() < LONGEST_INSTANCE; i++) {
            char c = path.charAt(i);
            if (c == '?' || c == '#' || c == ';') {
                break;
            }
            if (c > ' ' && c < 0x7f && NEVER_IN_A_PATH.indexOf(c) < 0) {
                uri.append(c);
            } else {
                uri.append(c < 0x80 ? "%%%02X".formatted((int) c) : "%3F");
            }
        }
        return uri.toString();
    }

    /** The document: JSON of ASCII characters alone, with {@code type}, {@code title}, {@code status}, {@code detail}, {@code instance}, {@code code} and then the further members. */
    public String json() {
        if (instance == null) {
            return before() + "," + after();
        }
        StringBuilder json = new StringBuilder(512).append(before()).append(INSTANCE);
        JsonText.write(json, instance);
        return json.append(',').append(after()).toString();
    }

    /**
     * The document in two parts, for an answer that is given many times over: what goes before the text of {@code instance},
     * which {@link #place} tells, and what goes after it.
     */
    public String[] aroundInstance() {
        return new String[] {before() + INSTANCE + '"', "\"," + after()};
    }

    private String before() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("type", type);
        document.put("title", title);
        document.put("status", status);
        document.put("detail", detail);
        StringBuilder json = new StringBuilder(256);
        JsonText.write(json, document);
        return json.substring(0, json.length() - 1);
    }

    private String after() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("code", code);
        members.forEach((name, value) -> {
            if (!BASE.contains(name)) {
                document.put(name, value);
            }
        });
        StringBuilder json = new StringBuilder(256);
        JsonText.write(json, document);
        return json.substring(1);
    }

    /**
     * Gives the header fields that go with the problem, besides {@code Content-Type}: {@code Retry-After} and
     * {@code WWW-Authenticate} where there are any, and {@code Cache-Control}, since a refusal must not be stored.
     */
    public void headers(BiConsumer<String, String> header) {
        header.accept("Cache-Control", "no-store");
        if (retryAfterSeconds > 0) {
            header.accept("Retry-After", Long.toString(retryAfterSeconds));
        }
        if (challenge != null) {
            header.accept("WWW-Authenticate", challenge);
        }
    }
}
