package dev.tollgate.rest.usage;

import dev.tollgate.core.problem.PlainText;
import dev.tollgate.core.usage.MediaType;
import dev.tollgate.core.usage.PostedEvent;
import dev.tollgate.core.usage.Provider;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.rest.support.JsonBody;
import dev.tollgate.rest.support.ProblemException;
import dev.tollgate.rest.support.TextValidation;
import jakarta.json.Json;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A strict reader of usage events, in Tollgate's form and as CloudEvents. A bad event becomes a {@link BadEventException}
 * that names the member. docs/usage-events.md describes the forms.
 */
final class EventReader {

    /** The longest id of an event, in characters. */
    static final int MAX_ID = 200;

    /** The longest source of a CloudEvent, in characters. */
    static final int MAX_SOURCE = 2_000;

    /** How far back an event may lie: as long as what is pending is kept. */
    static final long OLDEST_MILLIS = 7L * 24 * 60 * 60 * 1000;

    /** How far ahead another service's clock may be. */
    static final long AHEAD_MILLIS = 5L * 60 * 1000;

    private static final Set<String> USAGE =
            Set.of("provider", "success", "status", "files", "bytes", "mediaType", "at");
    private static final String ID = "id";
    private static final String BASE64 = "data_base64";

    /** What is wrong with an event. */
    static final class BadEventException extends Exception {

        private static final long serialVersionUID = 1L;

        private final @Nullable String member;

        BadEventException(@Nullable String member, String reason) {
            super(reason, null, false, false);
            this.member = member;
        }

        /** Returns the member that is bad; null if it is the event as a whole. */
        @Nullable
        String member() {
            return member;
        }
    }

    /** An event and the id it was sent with. */
    record Read(String id, PostedEvent event) {}

    private final String keyId;
    private final long nowMillis;

    /**
     * @param keyId the API key whose usage it is
     * @param nowMillis the present, milliseconds since the epoch
     */
    EventReader(String keyId, long nowMillis) {
        this.keyId = keyId;
        this.nowMillis = nowMillis;
    }

    /** Returns an event of our own form. */
    Read plain(JsonValue value) throws BadEventException {
        JsonObject event = object(null, value);
        for (String name : event.keySet()) {
            if (!name.equals(ID) && !USAGE.contains(name)) {
                throw new BadEventException(name, "is not a member events have");
            }
        }
        String id = line(event, ID, MAX_ID);
        return new Read(id, new PostedEvent(PostedEvent.identity("", id), usage(event, nowMillis)));
    }

    /**
     * Returns a CloudEvent 1.0 in structured form, our members being its data. Extension attributes are passed over, and a null
     * attribute is one that is not there.
     */
    Read cloudEvent(JsonValue value) throws BadEventException {
        JsonObject event = set(object(null, value));
        if (!line(event, "specversion", 10).equals("1.0")) {
            throw new BadEventException("specversion", "must be 1.0");
        }
        String id = line(event, ID, MAX_ID);
        String source = line(event, "source", MAX_SOURCE);
        line(event, "type", MAX_SOURCE);
        if (event.containsKey("datacontenttype")) {
            String type = line(event, "datacontenttype", MAX_ID).toLowerCase(Locale.ROOT);
            if (!type.matches("[^;]*[/+]json\\s*(;.*)?")) {
                throw new BadEventException("datacontenttype", "must be a JSON type");
            }
        }
        JsonObject data = data(event);
        for (String name : data.keySet()) {
            if (!USAGE.contains(name)) {
                throw new BadEventException("data." + name, "is not a member the data of events has");
            }
        }
        long time = event.containsKey("time") ? time(event, "time") : nowMillis;
        return new Read(id, new PostedEvent(PostedEvent.identity(source, id), usage(data, time)));
    }

    private static JsonObject set(JsonObject event) {
        JsonObjectBuilder attributes = Json.createObjectBuilder();
        event.forEach((name, value) -> {
            if (value != JsonValue.NULL) {
                attributes.add(name, value);
            }
        });
        return attributes.build();
    }

    private static JsonObject data(JsonObject event) throws BadEventException {
        if (!event.containsKey(BASE64)) {
            return object("data", event.get("data"));
        }
        if (event.containsKey("data")) {
            throw new BadEventException(BASE64, "must not be given besides data");
        }
        if (event.get(BASE64) instanceof JsonString text) {
            try {
                return object(BASE64, JsonBody.parse(Base64.getDecoder().decode(text.getString())));
            } catch (IllegalArgumentException | ProblemException e) {
                // Said below.
            }
        }
        throw new BadEventException(BASE64, "must be a JSON object in Base64");
    }

    private UsageEvent usage(JsonObject event, long otherwiseAt) throws BadEventException {
        String provider = line(event, "provider", 50);
        if (!Provider.isName(provider)) {
            throw new BadEventException(
                    "provider",
                    "must be 1 to 50 of a-z, 0-9, '.', '_' and '-', start with a letter or digit, and not be 'all'");
        }
        String mediaType = mediaType(event);
        long bytes = number(event, "bytes", UsageEvent.MAX_BYTES, 0);
        long files = number(event, "files", UsageEvent.MAX_FILES, bytes > 0 || mediaType != null ? 1 : 0);
        if (files == 0 && bytes > 0) {
            throw new BadEventException("files", "must be at least 1 where bytes are");
        }
        long at = event.containsKey("at") ? time(event, "at") : otherwiseAt;
        LocalDate day = LocalDate.ofInstant(Instant.ofEpochMilli(at), ZoneOffset.UTC);
        return new UsageEvent(
                keyId, provider, day, successful(event), (int) files, bytes, files == 0 ? null : mediaType, at);
    }

    private static boolean successful(JsonObject event) throws BadEventException {
        boolean said = event.containsKey("success");
        if (event.containsKey("status")) {
            if (said) {
                throw new BadEventException("status", "must not be given besides success");
            }
            long status = number(event, "status", 599, 0);
            if (status < 100) {
                throw new BadEventException("status", "must be an HTTP status code from 100 to 599");
            }
            return status < 400;
        }
        if (said && event.get("success") != JsonValue.TRUE && event.get("success") != JsonValue.FALSE) {
            throw new BadEventException("success", "must be true or false");
        }
        return !said || event.get("success") == JsonValue.TRUE;
    }

    private static @Nullable String mediaType(JsonObject event) throws BadEventException {
        if (!event.containsKey("mediaType")) {
            return null;
        }
        String given = line(event, "mediaType", 1_000);
        int parameters = given.indexOf(';');
        String type = (parameters < 0 ? given : given.substring(0, parameters)).strip();
        if (!MediaType.isValid(type.toLowerCase(Locale.ROOT))) {
            throw new BadEventException(
                    "mediaType", "must be a media type of at most " + MediaType.MAX_LENGTH + " characters");
        }
        return MediaType.declared(given).orElse(MediaType.UNKNOWN);
    }

    private long time(JsonObject event, String name) throws BadEventException {
        Instant time;
        try {
            time = TextValidation.instant(name, line(event, name, 50));
        } catch (ProblemException e) {
            throw new BadEventException(name, "must be a time in ISO 8601, e.g. 2026-12-31T23:59:59Z");
        }
        long at = time.toEpochMilli();
        if (at < nowMillis - OLDEST_MILLIS || at > nowMillis + AHEAD_MILLIS) {
            throw new BadEventException(name, "must lie at most 7 days back and 5 minutes ahead");
        }
        return at;
    }

    private static long number(JsonObject event, String name, long most, long fallback) throws BadEventException {
        if (!event.containsKey(name)) {
            return fallback;
        }
        if (event.get(name) instanceof JsonNumber number
                && number.bigDecimalValue().scale() > -100) {
            try {
                long value = number.bigDecimalValue().longValueExact();
                if (value >= 0 && value <= most) {
                    return value;
                }
            } catch (ArithmeticException e) {
                // Said below.
            }
        }
        throw new BadEventException(name, "must be a whole number from 0 to " + most);
    }

    private static JsonObject object(@Nullable String name, @Nullable JsonValue value) throws BadEventException {
        if (value instanceof JsonObject object) {
            return object;
        }
        throw new BadEventException(name, "must be a JSON object");
    }

    /** Returns a text of printable characters: a line break would let two ids mean the same, and no client means the rest. */
    private static String line(JsonObject event, String name, int most) throws BadEventException {
        if (event.get(name) instanceof JsonString text) {
            String line = text.getString();
            boolean printable = PlainText.isPlain(line) && line.indexOf('\u2028') < 0 && line.indexOf('\u2029') < 0;
            if (printable && !line.isBlank() && line.length() <= most) {
                return line;
            }
        }
        throw new BadEventException(name, "must be a text of 1 to " + most + " printable characters");
    }
}
