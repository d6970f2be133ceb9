package dev.tollgate.rest.support;

import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import jakarta.json.bind.serializer.JsonbSerializer;
import jakarta.json.bind.serializer.SerializationContext;
import jakarta.json.stream.JsonGenerator;
import jakarta.ws.rs.ext.ContextResolver;
import jakarta.ws.rs.ext.Provider;
import java.lang.reflect.RecordComponent;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The format of JSON answers: all members of a record, by the names and in the order it declares them. What is empty or
 * null is written as null. Times are ISO 8601 in UTC.
 */
@Provider
public final class JsonFormat implements ContextResolver<Jsonb> {

    /** For text that is not an answer's body. */
    public static final Jsonb TEXT = JsonbBuilder.create(
            new JsonbConfig().withNullValues(true).withEncoding("UTF-8").withSerializers(new Records()));

    @Override
    public Jsonb getContext(Class<?> type) {
        return TEXT;
    }

    /** JSON-B of itself orders members by name, or not at all. */
    static final class Records implements JsonbSerializer<Record> {

        @Override
        public void serialize(Record value, JsonGenerator json, SerializationContext context) {
            json.writeStartObject();
            for (RecordComponent component : value.getClass().getRecordComponents()) {
                Object member = unwrapped(read(value, component));
                if (member == null) {
                    json.writeNull(component.getName());
                } else {
                    context.serialize(component.getName(), member, json);
                }
            }
            json.writeEnd();
        }

        private static @Nullable Object read(Record value, RecordComponent component) {
            try {
                return component.getAccessor().invoke(value);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("records in answers are public", e);
            }
        }

        private static @Nullable Object unwrapped(@Nullable Object member) {
            if (member instanceof Optional<?> optional) {
                return optional.orElse(null);
            }
            if (member instanceof OptionalLong optional) {
                return optional.isPresent() ? optional.getAsLong() : null;
            }
            if (member instanceof OptionalInt optional) {
                return optional.isPresent() ? optional.getAsInt() : null;
            }
            if (member instanceof OptionalDouble optional) {
                return optional.isPresent() ? optional.getAsDouble() : null;
            }
            return member;
        }
    }
}
