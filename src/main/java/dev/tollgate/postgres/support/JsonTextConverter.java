package dev.tollgate.postgres.support;

import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;
import org.jspecify.annotations.Nullable;

/**
 * A converter of {@code jsonb} columns to text, for reading. The driver's own class for such values is in a module of the
 * server that the WAR does not see.
 */
@Converter
public class JsonTextConverter implements AttributeConverter<String, Object> {

    @Override
    public @Nullable Object convertToDatabaseColumn(@Nullable String text) {
        return text;
    }

    @Override
    public @Nullable String convertToEntityAttribute(@Nullable Object column) {
        return column == null ? null : column.toString();
    }
}
