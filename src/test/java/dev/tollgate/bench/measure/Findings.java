package dev.tollgate.bench.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The findings of one section: ratios with their targets, tables, and bars of the plot. They are kept in a file, so that
 * sections can run one by one and the page shows all. Not thread-safe.
 */
public final class Findings {

    private static final String RATIO = "ratio\t";
    private static final String BAR = "bar\t";
    private static final String TEXT = "text\t";

    private final List<String> lines = new ArrayList<>();

    /** Adds a ratio with a lower bound. */
    public void atLeast(double target, String what, Spread measured) {
        ratio(what, measured.fine(), "≥ " + number(target), measured.median() >= target);
    }

    /** Adds a ratio with an upper bound. */
    public void atMost(double target, String what, Spread measured) {
        ratio(what, measured.fine(), "≤ " + number(target), measured.median() <= target);
    }

    private void ratio(String what, String measured, String target, boolean reached) {
        lines.add(
                RATIO + "| " + what + " | " + measured + " | " + target + " | " + (reached ? "yes" : "**no**") + " |");
        System.out.println("  " + what + ": " + measured + ", target " + target + (reached ? "" : "  MISSED"));
    }

    private static String number(double target) {
        return target == Math.rint(target)
                ? String.format(Locale.ROOT, "%,.0f", target)
                : String.format(Locale.ROOT, "%s", target);
    }

    /** Adds a bar of the plot. */
    public void bar(String group, String name, double value) {
        lines.add(BAR + group + "\t" + name + "\t" + value);
    }

    /** Adds a line of the page. */
    public void say(String line) {
        lines.add(TEXT + line);
        System.out.println(line.isEmpty() ? "" : "  " + line);
    }

    /** Adds a row of a table. */
    public void row(Object... cells) {
        StringBuilder row = new StringBuilder("|");
        for (Object cell : cells) {
            row.append(' ').append(cell).append(" |");
        }
        say(row.toString());
    }

    /** Adds the head of a table. */
    public void head(Object... cells) {
        say("");
        row(cells);
        say("|" + "---|".repeat(cells.length));
    }

    public List<String> ratios() {
        return starting(RATIO);
    }

    public List<String> text() {
        return starting(TEXT);
    }

    /** Returns group, name and value of each bar. */
    public List<String[]> bars() {
        return starting(BAR).stream().map(bar -> bar.split("\t")).toList();
    }

    private List<String> starting(String kind) {
        return lines.stream()
                .filter(line -> line.startsWith(kind))
                .map(line -> line.substring(kind.length()))
                .toList();
    }

    public void store(Path file) {
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Findings load(Path file) {
        try {
            Findings findings = new Findings();
            findings.lines.addAll(Files.readAllLines(file));
            return findings;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
