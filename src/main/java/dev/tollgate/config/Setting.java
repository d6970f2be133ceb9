package dev.tollgate.config;

import java.util.function.Function;

/**
 * A setting that an operator can make. More than five arguments, since each is a column of the documentation or reads the value.
 *
 * @param name the name, beginning with {@code tollgate.}
 * @param type the kind of value, for the documentation
 * @param unit the unit of a number, or empty
 * @param fallback the default, as text; empty for none
 * @param doc the description, in sentences with bounds; Markdown
 * @param parser reads a value; throws {@link IllegalArgumentException} with the reason why it cannot be used
 * @param <T> the value's type
 */
public record Setting<T>(
        String name, String type, String unit, String fallback, String doc, Function<String, T> parser) {

    /** Returns whether the value is the path of a file or directory, which may be relative to the server's configuration. */
    boolean isPath() {
        return type.equals("path");
    }
}
