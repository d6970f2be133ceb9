package dev.tollgate.it.ops;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A scrape in Prometheus's text form, taken apart.
 *
 * @param metrics by name, histograms without suffix
 * @param series the names of all series
 */
record Scrape(Map<String, Metric> metrics, Set<String> series) {

    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"");

    /** What is said of one metric. */
    record Metric(String type, String help, Set<String> labels) {}

    static Scrape of(String text) {
        Map<String, Metric> metrics = new TreeMap<>();
        Map<String, String> helps = new TreeMap<>();
        Set<String> series = new TreeSet<>();
        text.lines().forEach(line -> {
            String[] words = line.split(" ", 4);
            if (line.startsWith("# HELP ")) {
                helps.put(words[2], words[3]);
            } else if (line.startsWith("# TYPE ")) {
                metrics.put(words[2], new Metric(words[3], helps.get(words[2]), new TreeSet<>()));
            } else if (!line.isBlank()) {
                String name = line.split("[{ ]", 2)[0];
                series.add(name);
                Metric metric = metrics.getOrDefault(name, metrics.get(name.replaceFirst("_(bucket|sum|count)$", "")));
                Matcher label = LABEL.matcher(line);
                while (label.find()) {
                    metric.labels().add(label.group(1));
                }
                metric.labels().remove("le");
            }
        });
        return new Scrape(metrics, series);
    }

    /** The page of documentation. */
    String page() {
        StringBuilder page = new StringBuilder("""
                # Metrics

                Written from a scrape of the deployed WAR by `MetricsIT`; do not edit. `GET /tollgate/metrics` serves them in
                OpenMetrics (with exemplars) to whoever asks for it, else in Prometheus's text form. Prometheus's rules and an
                example of a scrape are in [server-config/prometheus](../server-config/prometheus), a Grafana dashboard in
                [server-config/grafana](../server-config/grafana).

                Labels hold outcomes, modes, states and the names operators give to tiers, policies and providers, these bounded
                in number (`other` beyond); never a key, an account, an address or a path. Counts begin at the node's start.

                | metric | type | labels | what it says |
                |---|---|---|---|
                """);
        metrics.forEach((name, metric) -> page.append("| `")
                .append(name)
                .append("` | ")
                .append(metric.type())
                .append(" | ")
                .append(String.join(", ", metric.labels()))
                .append(" | ")
                .append(metric.help())
                .append(" |\n"));
        return page.toString();
    }
}
