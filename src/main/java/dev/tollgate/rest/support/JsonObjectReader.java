package dev.tollgate.rest.support;

import dev.tollgate.core.problem.Problems;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParserFactory;
import jakarta.json.stream.JsonParsingException;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.io.StringReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A strict reader of a request's body as one JSON object. Each member is known, given once and valid, or the answer is a
 * 400 that names it. Read every member there is and then call {@link #end}, which refuses those that were not read.
 */
public final class JsonObjectReader {

    /** The longest body read. */
    public static final int MAX_BYTES = 64 * 1024;

    private static final JsonParserFactory PARSERS = Json.createParserFactory(Map.of());

    private final Map<String, JsonValue> members;
    private final Set<String> known = new HashSet<>();
    private final String within;

    private JsonObjectReader(Map<String, JsonValue> members, String within) {
        this.members = members;
        this.within = within;
    }

    /** Reads a request's body. An empty one is an object without members. */
    public static JsonObjectReader read(ContainerRequestContext request) {
        return read(request, MAX_BYTES);
    }

    /** Reads a request's body of so many bytes at most. An empty one is an object without members. */
    public static JsonObjectReader read(ContainerRequestContext request, int maxBytes) {
        String text = RequestText.read(request, request.getEntityStream(), maxBytes);
        return new JsonObjectReader(text.isEmpty() ? Map.of() : parse(text), "");
    }

    /** Reads an object that is part of a body. */
    public static JsonObjectReader of(JsonObject object) {
        return new JsonObjectReader(object, "");
    }

    private static Map<String, JsonValue> parse(String text) {
        try {
            return members(text);
        } catch (JsonParsingException e) {
            throw bad("The body is not JSON; see line "
                    + e.getLocation().getLineNumber() + ", column "
                    + e.getLocation().getColumnNumber() + ".");
        } catch (ProblemException e) {
            throw e;
        } catch (RuntimeException e) {
            // Parsers have no common type for what passes bounds of their own.
            throw bad("The body is not JSON.");
        }
    }

    private static Map<String, JsonValue> members(String text) {
        try (JsonParser parser = PARSERS.createParser(new StringReader(text))) {
            if (parser.next() != JsonParser.Event.START_OBJECT) {
                throw bad("The body must be one JSON object, which begins with '{'.");
            }
            Map<String, JsonValue> members = new LinkedHashMap<>();
            while (parser.next() == JsonParser.Event.KEY_NAME) {
                String name = parser.getString();
                parser.next();
                if (members.put(name, parser.getValue()) != null) {
                    throw TextValidation.bad(name, "was given more than once");
                }
            }
            // Reads to the end, and throws if anything follows.
            if (parser.hasNext()) {
                throw bad("More follows the JSON object. Send one object alone.");
            }
            return members;
        }
    }

    private static ProblemException bad(String detail) {
        return new ProblemException(Problems.badRequest(detail));
    }

    /** Returns whether a member is there, null or not. */
    public boolean has(String name) {
        known.add(name);
        return members.containsKey(name);
    }

    /** Returns whether a member is there and null. */
    public boolean isNull(String name) {
        return has(name) && members.get(name) == JsonValue.NULL;
    }

    /** Returns a text that must be there: 1 to so many characters in one line. */
    public String text(String name, int maxLength) {
        return optionalText(name, maxLength).orElseThrow(() -> bad(name, "is missing; give a text"));
    }

    /** Returns a text that may be absent, but not null. */
    public Optional<String> optionalText(String name, int maxLength) {
        if (!has(name)) {
            return Optional.empty();
        }
        if (members.get(name) instanceof JsonString text) {
            return Optional.of(TextValidation.line(within + name, text.getString(), maxLength));
        }
        throw bad(name, "must be a text");
    }

    /** Returns texts in order; none where the member is absent or null. Their number and content are not checked. */
    public List<String> texts(String name) {
        if (!has(name) || members.get(name) == JsonValue.NULL) {
            return List.of();
        }
        if (members.get(name) instanceof JsonArray array && array.stream().allMatch(JsonString.class::isInstance)) {
            return array.stream().map(text -> ((JsonString) text).getString()).toList();
        }
        throw bad(name, "must be a list of texts, or null");
    }

    /** Returns a time; null where it is absent or null. */
    public @Nullable Instant instant(String name) {
        if (!has(name) || members.get(name) == JsonValue.NULL) {
            return null;
        }
        if (members.get(name) instanceof JsonString text) {
            return TextValidation.instant(within + name, text.getString());
        }
        throw bad(name, "must be a time in ISO 8601, or null");
    }

    /** Returns a whole number from 0 to {@code most}; empty where it is absent or null. */
    public OptionalLong number(String name, long most) {
        if (!has(name) || members.get(name) == JsonValue.NULL) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(whole(name, 0, most, ", or null"));
    }

    /** Returns a whole number in bounds that must be there. */
    public long requiredNumber(String name, long least, long most) {
        known.add(name);
        return whole(name, least, most, "");
    }

    private long whole(String name, long least, long most, String orElse) {
        if (members.get(name) instanceof JsonNumber number) {
            try {
                long value = number.bigDecimalValue().longValueExact();
                if (value >= least && value <= most) {
                    return value;
                }
            } catch (ArithmeticException e) {
                // Said below.
            }
        }
        throw bad(name, "must be a whole number from " + least + " to " + most + orElse);
    }

    /** Returns readers of the objects of an array that must be there; read each to its {@link #end}. */
    public List<JsonObjectReader> objects(String name, int most) {
        if (!has(name) || !(members.get(name) instanceof JsonArray array)) {
            throw bad(name, "must be an array");
        }
        if (array.size() > most) {
            throw bad(name, "must have at most " + most + " elements");
        }
        List<JsonObjectReader> readers = new ArrayList<>();
        for (JsonValue element : array) {
            String path = within + name + "[" + readers.size() + "]";
            if (!(element instanceof JsonObject object)) {
                throw TextValidation.bad(path, "must be an object");
            }
            readers.add(new JsonObjectReader(object, path + "."));
        }
        return readers;
    }

    /** True or false; null where it is absent or null. */
    public @Nullable Boolean flagOrNull(String name) {
        if (!has(name) || members.get(name) == JsonValue.NULL) {
            return null;
        }
        JsonValue value = members.get(name);
        if (value == JsonValue.TRUE || value == JsonValue.FALSE) {
            return value == JsonValue.TRUE;
        }
        throw bad(name, "must be true, false or null");
    }

    private ProblemException bad(String name, String why) {
        return TextValidation.bad(within + name, why);
    }

    /** Refuses members that were not asked for. */
    public void end() {
        for (String name : members.keySet()) {
            if (!known.contains(name)) {
                throw new ProblemException(Problems.badParameter(
                        within + name,
                        known.isEmpty()
                                ? "This path takes no members. Send no body, or an empty JSON object."
                                : "This member is unknown. Known members are "
                                        + String.join(
                                                ", ", known.stream().sorted().toList()) + "."));
            }
        }
    }
}
