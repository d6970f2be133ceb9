package dev.tollgate.postgres.support;

import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Converter;

/**
 * A {@code jsonb} column as its text, for reading. The driver's own class for such values is in the server's module, out of
 * the WAR's sight; its text is all that is needed.
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
