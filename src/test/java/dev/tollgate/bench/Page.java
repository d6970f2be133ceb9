package dev.tollgate.bench;

import dev.tollgate.bench.measure.Findings;
import dev.tollgate.bench.measure.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A writer of docs/benchmarks.md: it replaces the text between its markers by the findings, and draws the plot. */
final class Page {

    private static final String BEGIN = "<!-- bench: written by mvn -Pbench verify -->";
    private static final String END = "<!-- bench: end -->";
    private static final int WIDTH = 120;

    private Page() {}

    static Path file(Plan plan, String section) {
        return plan.directory().resolve(section + ".txt");
    }

    static void write(Plan plan) throws IOException {
        Map<String, Findings> found = new TreeMap<>();
        for (String name : Bench.names()) {
            if (Files.exists(file(plan, name))) {
                found.put(name, Findings.load(file(plan, name)));
            }
        }
        String machine = machine() + ", " + LocalDate.now(ZoneOffset.UTC);
        List<String> lines = new ArrayList<>(List.of(BEGIN, "", "Measured on " + machine + ".", ""));
        lines.add("| ratio, or number | median (lowest to highest round) | target | reached |");
        lines.add("|---|---|---|---|");
        for (String name : Bench.names()) {
            if (found.containsKey(name)) {
                lines.addAll(found.get(name).ratios());
            }
        }
        lines.addAll(List.of("", "![Decisions per second](benchmarks.svg)"));
        List<String[]> bars = new ArrayList<>();
        for (String name : Bench.names()) {
            if (found.containsKey(name)) {
                lines.add("");
                lines.add("### " + Bench.SECTIONS.get(name).get().title());
                lines.addAll(found.get(name).text());
                bars.addAll(found.get(name).bars());
            }
        }
        lines.addAll(List.of("", END));
        Path page = plan.project().resolve("docs/benchmarks.md");
        Files.writeString(
                page,
                between(
                        Files.readString(page),
                        lines.stream().map(Page::wrapped).collect(Collectors.joining("\n"))));
        if (!bars.isEmpty()) {
            Files.writeString(plan.project().resolve("docs/benchmarks.svg"), Plot.draw(bars, machine));
        }
    }

    /** Breaks a line of a paragraph where it gets long. Rows of tables, headings and images stay whole. */
    private static String wrapped(String line) {
        if (line.isEmpty() || "|#!<".indexOf(line.charAt(0)) >= 0) {
            return line;
        }
        StringBuilder lines = new StringBuilder();
        int begin = 0;
        for (String word : line.split(" ")) {
            boolean fits = lines.length() - begin + 1 + word.length() <= WIDTH;
            lines.append(lines.isEmpty() ? "" : fits ? " " : "\n");
            begin = fits ? begin : lines.length();
            lines.append(word);
        }
        return lines.toString();
    }

    private static String between(String page, String text) {
        int begin = page.indexOf(BEGIN);
        int end = page.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IllegalStateException("docs/benchmarks.md has lost its markers: " + BEGIN + " ... " + END);
        }
        return page.substring(0, begin) + text + page.substring(end + END.length());
    }

    /** Returns the facts about the machine. */
    private static String machine() {
        return "%s, %d cores (%s), %s, JDK %s, Redis 6.2.11 and PostgreSQL on the same cores"
                .formatted(
                        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                        Runtime.getRuntime().availableProcessors(),
                        processor(),
                        memory(),
                        Runtime.version().feature());
    }

    private static String processor() {
        return ofProc("/proc/cpuinfo", "model name");
    }

    private static String memory() {
        String kib = ofProc("/proc/meminfo", "MemTotal").replaceAll("[^0-9]", "");
        return kib.isEmpty() ? "memory unknown" : Math.round(Long.parseLong(kib) / 1048576.0) + " GiB";
    }

    private static String ofProc(String file, String name) {
        try {
            for (String line : Files.readAllLines(Path.of(file))) {
                if (line.startsWith(name)) {
                    return line.substring(line.indexOf(':') + 1).strip();
                }
            }
        } catch (IOException e) {
            // Not Linux.
        }
        return "unknown";
    }
}
