package dev.tollgate.core.problem;

import dev.tollgate.core.trace.CurrentRequest;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A problem document (RFC 9457) and the header fields that go with it. Immutable. {@link #of} begins one.
 *
 * <p>{@code type} is one of those that draft-ietf-httpapi-ratelimit-headers-10 registers with IANA where one fits, else
 * {@code about:blank}, whose title is the status code's own phrase. Programs tell problems apart by {@code code}.
 */
public final class Problem {

    /** The media type of a problem document. */
    public static final String MEDIA_TYPE = "application/problem+json";

    private static final String INSTANCE = ",\"instance\":";

    /** The members every problem has; further ones of these names are left out. */
    private static final Set<String> BASE = Set.of("type", "title", "status", "detail", "instance", "code");

    private static final int LONGEST_INSTANCE = 1024;
    private static final String NEVER_IN_A_PATH = "\"<>\\^`{|}";

    private final Builder parts;
    private final Map<String, @Nullable Object> members;
    private final @Nullable String instance;

    private Problem(Builder parts, Map<String, @Nullable Object> members, @Nullable String instance) {
        this.parts = parts;
        this.members = members;
        this.instance = instance;
    }

    /**
     * Begins a problem of type {@code about:blank}.
     *
     * @param status the HTTP status code
     * @param code what happened, for programs: upper case with underscores
     * @param detail what happened and what to do, for people; never holds a secret
     */
    public static Builder of(int status, String code, String detail) {
        return new Builder(status, code, detail);
    }

    /** A problem in the making. Not thread-safe. */
    public static final class Builder {

        private final int status;
        private final String code;
        private final String detail;
        private final Map<String, @Nullable Object> members = new LinkedHashMap<>();
        private String type = "about:blank";
        private String title;
        private long retryAfterSeconds;
        private @Nullable String challenge;
        private @Nullable String codings;

        private Builder(int status, String code, String detail) {
            this.status = status;
            this.code = Objects.requireNonNull(code, "code");
            this.detail = Objects.requireNonNull(detail, "detail");
            this.title = StatusPhrases.of(status);
        }

        /**
         * Sets a registered type.
         *
         * @param uri the type
         * @param name its title, the same for every occurrence
         */
        public Builder type(String uri, String name) {
            this.type = uri;
            this.title = name;
            return this;
        }

        /** Adds a member: text, a whole number, a boolean, null, or a list or map of these. */
        public Builder member(String name, @Nullable Object value) {
            members.put(name, value);
            return this;
        }

        /** Adds members in the map's order. */
        public Builder members(Map<String, @Nullable Object> more) {
            members.putAll(more);
            return this;
        }

        /** Says when to try again, in seconds; less than 1 counts as 1. */
        public Builder retryAfter(long seconds) {
            this.retryAfterSeconds = Math.max(1, seconds);
            return this;
        }

        /** Sets the value of the {@code WWW-Authenticate} field. */
        public Builder challenge(String value) {
            this.challenge = value;
            return this;
        }

        /** Sets the value of the {@code Accept-Encoding} field: the codings that a body may have. */
        public Builder acceptEncoding(String value) {
            this.codings = value;
            return this;
        }

        /**
         * Returns the problem.
         *
         * @throws IllegalStateException if the status is 429 or 503 and the problem does not say when to try again
         */
        public Problem build() {
            if ((status == 429 || status == 503) && retryAfterSeconds < 1) {
                throw new IllegalStateException("a problem of status " + status + " says when to try again");
            }
            return new Problem(this, Collections.unmodifiableMap(new LinkedHashMap<>(members)), null);
        }
    }

    /** Returns the type, a URI. */
    public String type() {
        return parts.type;
    }

    /** Returns the type's title. */
    public String title() {
        return parts.title;
    }

    /** Returns the HTTP status code. */
    public int status() {
        return parts.status;
    }

    /** Returns what happened, for people. */
    public String detail() {
        return parts.detail;
    }

    /** Returns what happened, for programs. */
    public String code() {
        return parts.code;
    }

    /** Returns the path of the request and its id; null if not known. */
    public @Nullable String instance() {
        return instance;
    }

    /** Returns further members in order. */
    public Map<String, @Nullable Object> members() {
        return members;
    }

    /** Returns when to try again, in seconds, at least 1; 0 if the problem does not say. */
    public long retryAfterSeconds() {
        return parts.retryAfterSeconds;
    }

    /**
     * Returns the same problem with the place it happened at: see {@link #place}.
     *
     * @param requestPath the request's path as it came in; null for none
     */
    public Problem at(@Nullable String requestPath) {
        String place = requestPath == null ? null : place(requestPath);
        return new Problem(parts, members, place);
    }

    /**
     * Returns where a problem happened: the path and, as a fragment, the id of the request this thread works on. JSON takes
     * all its characters as they are.
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

    /**
     * Returns the document: JSON of ASCII characters alone, with {@code type}, {@code title}, {@code status}, {@code detail},
     * {@code instance}, {@code code} and then the further members.
     */
    public String json() {
        if (instance == null) {
            return before() + "," + after();
        }
        StringBuilder json = new StringBuilder(512).append(before()).append(INSTANCE);
        JsonText.write(json, instance);
        return json.append(',').append(after()).toString();
    }

    /**
     * Returns the document in two parts, for an answer that is given many times: what goes before the text of
     * {@code instance}, which {@link #place} returns, and what goes after it.
     */
    public String[] aroundInstance() {
        return new String[] {before() + INSTANCE + '"', "\"," + after()};
    }

    private String before() {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("type", parts.type);
        document.put("title", parts.title);
        document.put("status", parts.status);
        document.put("detail", parts.detail);
        StringBuilder json = new StringBuilder(256);
        JsonText.write(json, document);
        return json.substring(0, json.length() - 1);
    }

    private String after() {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("code", parts.code);
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
     * Gives the header fields that go with the problem, besides {@code Content-Type}: {@code Retry-After},
     * {@code WWW-Authenticate} and {@code Accept-Encoding} where there are any, and {@code Cache-Control}, since a refusal must not be stored.
     */
    public void headers(BiConsumer<String, String> header) {
        header.accept("Cache-Control", "no-store");
        if (parts.retryAfterSeconds > 0) {
            header.accept("Retry-After", Long.toString(parts.retryAfterSeconds));
        }
        if (parts.challenge != null) {
            header.accept("WWW-Authenticate", parts.challenge);
        }
        if (parts.codings != null) {
            header.accept("Accept-Encoding", parts.codings);
        }
    }
}
