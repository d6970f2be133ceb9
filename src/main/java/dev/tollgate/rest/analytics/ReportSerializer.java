package dev.tollgate.rest.analytics;

import jakarta.json.Json;
import jakarta.json.stream.JsonGenerator;
import jakarta.json.stream.JsonGeneratorFactory;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A serializer of records. Their components become the members of a JSON object or the columns of a CSV table, in the order
 * of declaration. It does not use JSON binding because a report's tag is computed from the text that is sent, less one
 * member.
 */
public final class ReportSerializer {

    private static final JsonGeneratorFactory JSON = Json.createGeneratorFactory(Map.of());
    private static final String FORMULA_STARTS = "=+-@\t\r\n";

    private ReportSerializer() {}

    /** Returns the record as a JSON object, without one of its members. */
    public static String json(Record object, String without) {
        StringWriter text = new StringWriter(1024);
        try (JsonGenerator json = JSON.createGenerator(text)) {
            writeObject(json, object, without);
        }
        return text.toString();
    }

    private static void writeObject(JsonGenerator json, Record object, String without) {
        json.writeStartObject();
        for (RecordComponent component : object.getClass().getRecordComponents()) {
            if (!component.getName().equals(without)) {
                json.writeKey(component.getName());
                write(json, value(component, object));
            }
        }
        json.writeEnd();
    }

    private static void write(JsonGenerator json, @Nullable Object value) {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof Record object) {
            writeObject(json, object, "");
        } else if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            map.forEach((name, member) -> {
                json.writeKey(name.toString());
                write(json, member);
            });
            json.writeEnd();
        } else if (value instanceof List<?> list) {
            json.writeStartArray();
            list.forEach(element -> write(json, element));
            json.writeEnd();
        } else if (value instanceof Boolean truth) {
            json.write(truth);
        } else if (value instanceof BigDecimal decimal) {
            json.write(decimal);
        } else if (value instanceof Long || value instanceof Integer) {
            json.write(((Number) value).longValue());
        } else {
            json.write(value.toString());
        }
    }

    private static Object value(RecordComponent component, Record object) {
        try {
            return component.getAccessor().invoke(object);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Writes a table (RFC 4180): a line of names, then a line per record; components that are lists are left out.
     *
     * @param type the records' class
     */
    static <R extends Record> void csv(Writer out, Class<R> type, Iterable<R> rows) {
        List<RecordComponent> columns = Stream.of(type.getRecordComponents())
                .filter(component -> !List.class.isAssignableFrom(component.getType()))
                .toList();
        try {
            out.write(columns.stream().map(RecordComponent::getName).collect(Collectors.joining(",")));
            out.write("\r\n");
            for (R row : rows) {
                for (int i = 0; i < columns.size(); i++) {
                    Object value = value(columns.get(i), row);
                    out.write(i == 0 ? "" : ",");
                    out.write(value == null ? "" : cell(value.toString()));
                }
                out.write("\r\n");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a cell that no spreadsheet takes for a formula (OWASP, "CSV Injection"), quoted where it must be. */
    public static String cell(String text) {
        boolean formula = !text.isEmpty() && FORMULA_STARTS.indexOf(text.charAt(0)) >= 0;
        String harmless = formula ? "'" + text : text;
        boolean plain = harmless.chars().noneMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
        return plain && !formula ? harmless : '"' + harmless.replace("\"", "\"\"") + '"';
    }
}
