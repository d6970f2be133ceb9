package dev.tollgate.rest.analytics;

import dev.tollgate.core.analytics.Inlined;
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
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A serializer of records. Their components become the members of a JSON object or the columns of a CSV table, in the order
 * of declaration. Of an {@link Inlined} record, its components do, in its place. It does not use JSON binding because a
 * report's tag is computed from the text that is sent, less one member.
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
        writeMembers(json, object, without);
        json.writeEnd();
    }

    private static void writeMembers(JsonGenerator json, Record object, String without) {
        for (RecordComponent component : object.getClass().getRecordComponents()) {
            if (isInlined(component)) {
                writeMembers(json, (Record) value(component, object), without);
            } else if (!component.getName().equals(without)) {
                json.writeKey(component.getName());
                write(json, value(component, object));
            }
        }
    }

    private static boolean isInlined(RecordComponent component) {
        return component.isAnnotationPresent(Inlined.class);
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
        } else if (value instanceof BigInteger integer) {
            json.write(integer);
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
        try {
            writeLine(out, names(type));
            for (R row : rows) {
                writeLine(out, cells(row));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void writeLine(Writer out, Stream<String> cells) throws IOException {
        out.write(cells.collect(Collectors.joining(",", "", "\r\n")));
    }

    private static Stream<String> names(Class<?> type) {
        return columns(type)
                .flatMap(column -> isInlined(column) ? names(column.getType()) : Stream.of(column.getName()));
    }

    private static Stream<String> cells(Record row) {
        return columns(row.getClass()).flatMap(column -> {
            Object value = value(column, row);
            if (isInlined(column)) {
                return cells((Record) value);
            }
            return Stream.of(value == null ? "" : cell(value.toString()));
        });
    }

    private static Stream<RecordComponent> columns(Class<?> type) {
        return Stream.of(type.getRecordComponents())
                .filter(component -> !List.class.isAssignableFrom(component.getType()));
    }

    /** Returns a cell that no spreadsheet takes for a formula (OWASP, "CSV Injection"), quoted where it must be. */
    public static String cell(String text) {
        boolean formula = !text.isEmpty() && FORMULA_STARTS.indexOf(text.charAt(0)) >= 0;
        String harmless = formula ? "'" + text : text;
        boolean plain = harmless.chars().noneMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
        return plain && !formula ? harmless : '"' + harmless.replace("\"", "\"\"") + '"';
    }
}
