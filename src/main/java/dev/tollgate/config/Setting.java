package dev.tollgate.config;

import java.util.function.Function;

/**
 * One setting an operator may make.
 *
 * @param name its name, beginning with {@code tollgate.}
 * @param type what kind of value it takes, for the documentation
 * @param unit the unit of a bare number, or empty
 * @param fallback the text used when it is not set; empty for none
 * @param doc what it does, in a sentence or two
 * @param parser reads a value; throws {@link IllegalArgumentException} saying what is wrong with it
 * @param <T> the value's type
 */
public record Setting<T>(
        String name, String type, String unit, String fallback, String doc, Function<String, T> parser) {}
