package dev.tollgate.bench;

import dev.tollgate.bench.measure.Findings;
import dev.tollgate.bench.measure.Plan;
import dev.tollgate.bench.measure.Section;
import dev.tollgate.bench.section.ColdStart;
import dev.tollgate.bench.section.Decisions;
import dev.tollgate.bench.section.FilterCost;
import dev.tollgate.bench.section.Guarded;
import dev.tollgate.bench.section.Http;
import dev.tollgate.bench.section.Memory;
import dev.tollgate.bench.section.Readings;
import dev.tollgate.bench.section.Recordings;
import dev.tollgate.bench.section.ScaleBench;
import dev.tollgate.bench.section.ScriptCost;
import dev.tollgate.bench.section.Settlements;
import dev.tollgate.bench.section.Small;
import dev.tollgate.bench.section.Tuning;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The main class of {@code mvn -Pbench verify}: it measures all sections and writes docs/benchmarks.md and its plot. */
public final class Bench {

    /** The sections in the order of the page. */
    static final Map<String, Supplier<Section>> SECTIONS = sections();

    private Bench() {}

    private static Map<String, Supplier<Section>> sections() {
        Map<String, Supplier<Section>> sections = new LinkedHashMap<>();
        sections.put("decisions", Decisions::new);
        sections.put("filter", FilterCost::new);
        sections.put("http", Http::new);
        sections.put("guard", Guarded::new);
        sections.put("start", ColdStart::new);
        sections.put("tuning", Tuning::new);
        sections.put("script", ScriptCost::new);
        sections.put("recording", Recordings::new);
        sections.put("settlement", Settlements::new);
        sections.put("analytics", Readings::new);
        sections.put("growth", ScaleBench::new);
        sections.put("memory", Memory::new);
        sections.put("small", Small::new);
        return sections;
    }

    /**
     * Runs the benchmark.
     *
     * @param arguments the project's directory, the unpacked WildFly, the WAR, {@code full} or {@code quick}, and the
     *     sections to run, separated by commas, or {@code all}
     */
    public static void main(String[] arguments) throws Exception {
        Path project = Path.of(arguments[0]).toAbsolutePath();
        Path wildfly = Path.of(arguments[1]).toAbsolutePath();
        Path war = Path.of(arguments[2]).toAbsolutePath();
        Plan plan = arguments[3].equals("full") ? Plan.full(project, wildfly, war) : Plan.quick(project, wildfly, war);
        Set<String> wanted = wanted(arguments[4]);
        for (Map.Entry<String, Supplier<Section>> entry : SECTIONS.entrySet()) {
            if (wanted.contains(entry.getKey())) {
                measure(entry.getKey(), entry.getValue().get(), plan);
            }
        }
        if (arguments[3].equals("full")) {
            Page.write(plan);
        } else {
            System.out.println("\nA quick run is no measurement: docs/benchmarks.md stays as it is.");
        }
        System.exit(0);
    }

    private static Set<String> wanted(String names) {
        if (names.equals("all")) {
            return SECTIONS.keySet();
        }
        Set<String> wanted = Arrays.stream(names.split(",")).collect(Collectors.toSet());
        if (!SECTIONS.keySet().containsAll(wanted)) {
            throw new IllegalArgumentException("sections are " + SECTIONS.keySet());
        }
        return wanted;
    }

    private static void measure(String name, Section section, Plan plan) throws Exception {
        System.out.println("\n" + section.title());
        long start = System.nanoTime();
        Findings findings = new Findings();
        section.measure(plan, findings);
        findings.store(Page.file(plan, name));
        System.out.printf("  (%d s)%n", (System.nanoTime() - start) / 1_000_000_000);
    }

    static List<String> names() {
        return List.copyOf(SECTIONS.keySet());
    }
}
