package dev.tollgate.rest.support;

import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.core.problem.Problems;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A strict reader of a request's query parameters. Each is known, given once and valid, or the answer is a 400 that names
 * it. Read every parameter there is and then call {@link #end}, which refuses those that were not read.
 */
public final class QueryParameters {

    private final Map<String, List<String>> given;
    private final Set<String> known = new HashSet<>();

    private QueryParameters(Map<String, List<String>> given) {
        this.given = given;
    }

    /** Returns the parameters of a request. */
    public static QueryParameters of(UriInfo uri) {
        try {
            return new QueryParameters(uri.getQueryParameters());
        } catch (IllegalArgumentException e) {
            throw new ProblemException(Problems.badRequest(
                    "The query holds a '%' that two hexadecimal digits do not follow. Write a percent sign as %25."));
        }
    }

    /** Refuses all parameters, for requests that take none. */
    public static void none(UriInfo uri) {
        of(uri).end();
    }

    /** Returns a parameter as it is; empty if it was not given. */
    public Optional<String> text(String name, int maxLength) {
        known.add(name);
        List<String> values = given.getOrDefault(name, List.of());
        if (values.size() > 1) {
            throw TextValidation.bad(name, "was given more than once");
        }
        Optional<String> value = values.stream().findFirst();
        if (value.isPresent() && value.get().length() > maxLength) {
            throw TextValidation.bad(name, "must have at most " + maxLength + " characters");
        }
        return value;
    }

    /** Returns a parameter turned into something; {@code otherwise} says what it must be where {@code turn} gives nothing. */
    public <T> Optional<T> parsed(String name, Function<String, Optional<T>> turn, String otherwise) {
        Optional<String> text = text(name, 200);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<T> value = turn.apply(text.get());
        if (value.isEmpty()) {
            throw TextValidation.bad(name, otherwise);
        }
        return value;
    }

    /** Returns a whole number within bounds. */
    public int integer(String name, int least, int most, int fallback) {
        return parsed(
                        name,
                        text -> text.matches("-?[0-9]{1,9}")
                                ? Optional.of(Integer.parseInt(text)).filter(n -> n >= least && n <= most)
                                : Optional.empty(),
                        "must be a whole number from " + least + " to " + most)
                .orElse(fallback);
    }

    /** Returns true or false. */
    public boolean flag(String name, boolean fallback) {
        return parsed(
                        name,
                        text -> text.equals("true") || text.equals("false")
                                ? Optional.of(Boolean.parseBoolean(text))
                                : Optional.empty(),
                        "must be true or false")
                .orElse(fallback);
    }

    /** Returns a time in ISO 8601. */
    public Optional<Instant> instant(String name) {
        // In a query an unescaped plus sign means a space.
        return text(name, 50).map(text -> TextValidation.instant(name, text.replace(' ', '+')));
    }

    /** Returns one of an enumeration's constants, by its name. */
    public <E extends Enum<E>> Optional<E> oneOf(String name, Class<E> type) {
        List<E> constants = List.of(type.getEnumConstants());
        return parsed(
                name,
                text -> constants.stream().filter(c -> c.name().equals(text)).findFirst(),
                "must be one of " + constants);
    }

    /** Returns some of an enumeration's constants, by their names with commas in between; all different. */
    public <E extends Enum<E>> Set<E> someOf(String name, Class<E> type) {
        List<E> constants = List.of(type.getEnumConstants());
        Set<E> chosen = new LinkedHashSet<>();
        for (String word : text(name, 1_000).map(given -> given.split(",", -1)).orElse(new String[0])) {
            chosen.add(constants.stream()
                    .filter(constant -> constant.name().equals(word))
                    .findFirst()
                    .orElseThrow(
                            () -> TextValidation.bad(name, "must be some of " + constants + ", separated by commas")));
        }
        return chosen;
    }

    /** Returns the parameters of lists: {@code page} from 1, {@code size} and {@code q}. */
    public PageRequest page() {
        PageRequest page = pageWithoutText();
        return new PageRequest(
                page.page(),
                page.size(),
                text("q", PageRequest.MAX_Q).map(String::strip).orElse(""));
    }

    /** Returns the parameters of lists that are not searched: {@code page} from 1 and {@code size}. */
    public PageRequest pageWithoutText() {
        int page = integer("page", 1, PageRequest.MAX_PAGE, 1);
        int size = integer("size", 1, PageRequest.MAX_SIZE, PageRequest.DEFAULT_SIZE);
        return new PageRequest(page, size, "");
    }

    /** Returns the parameters of lists and {@code sort}: a column, after {@code -} for descending. */
    public PageRequest page(Set<String> columns) {
        PageRequest page = page();
        PageRequest.Sort sort = parsed(
                        "sort",
                        text -> {
                            boolean descending = text.startsWith("-");
                            String column = descending ? text.substring(1) : text;
                            return columns.contains(column)
                                    ? Optional.of(new PageRequest.Sort(column, descending))
                                    : Optional.empty();
                        },
                        "must be one of " + columns.stream().sorted().toList() + ", or one of them after '-'")
                .orElse(null);
        return new PageRequest(page.page(), page.size(), page.q(), sort);
    }

    /** Refuses parameters that were not asked for. */
    public void end() {
        for (String name : given.keySet()) {
            if (!known.contains(name)) {
                throw new ProblemException(Problems.badParameter(
                        name,
                        known.isEmpty()
                                ? "This path takes no query parameters. Leave it out."
                                : "This parameter is unknown. Known parameters are "
                                        + String.join(
                                                ", ", known.stream().sorted().toList()) + "."));
            }
        }
    }
}
