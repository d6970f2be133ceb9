package dev.tollgate.postgres.support;

import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.StringReader;
import java.util.Map;
import java.util.TreeMap;

/** The JSON form of an audit row's details: an object of strings. */
public final class DetailsJson {

    private DetailsJson() {}

    public static String write(Map<String, String> details) {
        JsonObjectBuilder object = Json.createObjectBuilder();
        new TreeMap<>(details).forEach((name, value) -> object.add(storable(name), storable(value)));
        return object.build().toString();
    }

    public static Map<String, String> read(String json) {
        Map<String, String> details = new TreeMap<>();
        try (JsonReader reader = Json.createReader(new StringReader(json))) {
            reader.readObject()
                    .forEach((name, value) ->
                            details.put(name, value instanceof JsonString text ? text.getString() : value.toString()));
        }
        return details;
    }

    /** Replaces what PostgreSQL cannot store in text: NUL and unpaired surrogates. */
    public static String storable(String text) {
        return text.codePoints()
                .map(c -> c == 0 || (c >= 0xd800 && c <= 0xdfff) ? 0xfffd : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
