package dev.tollgate.docs;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table in docs/operations.md of what readiness and the log say in each fault. */
public final class FaultTable {

    private static final Pattern ROW =
            Pattern.compile("\\| ([^|]+) \\| `([a-z]+)` is `([a-z]+)` \\| (?:`([^`]+)`|-) \\| (?:`([^`]+)`|-) \\|");

    private FaultTable() {}

    /**
     * A row.
     *
     * @param fault what happens
     * @param component the component of {@code health/ready} that tells of it
     * @param state its state meanwhile
     * @param begins how the line begins that tells of the fault; empty for none
     * @param ends how the line begins that tells of its end; empty for none
     */
    public record Row(String fault, String component, String state, String begins, String ends) {}

    /** Returns all rows. */
    public static List<Row> rows() {
        return Page.all().stream()
                .filter(page -> page.name().equals("docs/operations.md"))
                .flatMap(page -> page.lines().stream())
                .map(ROW::matcher)
                .filter(Matcher::matches)
                .map(row -> new Row(row.group(1), row.group(2), row.group(3), text(row.group(4)), text(row.group(5))))
                .toList();
    }

    /** Returns the row of a fault. */
    public static Row row(String fault) {
        return rows().stream()
                .filter(row -> row.fault().equals(fault))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the table has no row \"" + fault + "\""));
    }

    private static String text(String cell) {
        return cell == null ? "" : cell;
    }
}
