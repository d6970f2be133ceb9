package dev.tollgate.postgres.support;

import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;

/**
 * A converter of {@code jsonb} columns to text, for reading. The driver's own class for such values is in a module of the
 * server that the WAR does not see.
 */
@Converter
public class JsonTextConverter implements AttributeConverter<String, Object> {

    @Override
    public Object convertToDatabaseColumn(String text) {
        return text;
    }

    @Override
    public String convertToEntityAttribute(Object column) {
        return column == null ? null : column.toString();
    }
}
