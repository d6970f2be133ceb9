package dev.tollgate.rest.usage;

import dev.tollgate.rest.support.TextValidation;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedMap;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * A CloudEvent in binary mode (HTTP Protocol Binding 1.0.2, section 3.1): its attributes are header fields that begin with
 * {@code ce-}, its data is the body. It is put in the form that structured mode has, so that both are read alike.
 */
final class BinaryCloudEvent {

    private static final String PREFIX = "ce-";

    /** The attributes that say what a request is: an intermediary adds none of them to a request that is no event. */
    private static final List<String> REQUIRED = List.of("specversion", "id", "source", "type");

    private static final String TIME = "time";

    private BinaryCloudEvent() {}

    /** Returns whether header fields hold one of the attributes that each CloudEvent has. */
    static boolean isIn(MultivaluedMap<String, String> fields) {
        return REQUIRED.stream().anyMatch(name -> !values(fields, PREFIX + name).isEmpty());
    }

    /**
     * Returns the event.
     *
     * @param fields the request's header fields
     * @param data the body
     * @throws dev.tollgate.rest.support.ProblemException if a field is there twice, or is no percent-encoded UTF-8
     */
    static JsonObject of(MultivaluedMap<String, String> fields, JsonValue data) {
        JsonObjectBuilder event = Json.createObjectBuilder();
        REQUIRED.forEach(name -> add(event, fields, name, PREFIX + name));
        add(event, fields, TIME, PREFIX + TIME);
        List<String> types = values(fields, HttpHeaders.CONTENT_TYPE);
        if (types.size() == 1 && !types.get(0).isBlank()) {
            event.add("datacontenttype", types.get(0));
        }
        return event.add("data", data).build();
    }

    private static void add(
            JsonObjectBuilder event, MultivaluedMap<String, String> fields, String attribute, String field) {
        List<String> values = values(fields, field);
        if (values.size() > 1) {
            throw TextValidation.bad(field, "was given more than once");
        }
        if (!values.isEmpty()) {
            event.add(attribute, decoded(field, unquoted(values.get(0).strip())));
        }
    }

    private static List<String> values(MultivaluedMap<String, String> fields, String name) {
        return fields.entrySet().stream()
                .filter(field -> field.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(List.of());
    }

    /** Older senders quoted values. The binding has receivers take that. */
    private static String unquoted(String value) {
        if (value.length() < 2 || !value.startsWith("\"") || !value.endsWith("\"")) {
            return value;
        }
        return value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1");
    }

    /** Undoes one round of percent-encoding. Servers read fields as ISO 8859-1, so what is not encoded is a byte as well. */
    private static String decoded(String field, String value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(value.length());
        try {
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                if (c == '%') {
                    bytes.write(HexFormat.fromHexDigits(value, i + 1, i + 3));
                    i += 2;
                } else if (c < 0x100) {
                    bytes.write(c);
                } else {
                    throw new IllegalArgumentException("no byte");
                }
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (IllegalArgumentException | IndexOutOfBoundsException | CharacterCodingException e) {
            throw TextValidation.bad(field, "must be UTF-8, percent-encoded as CloudEvents over HTTP has it");
        }
    }
}
