package dev.tollgate.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Horizontal bars in groups, as SVG that needs no script, font file or style sheet. */
final class Plot {

    private static final int WIDTH = 760;
    private static final int LABEL = 250;
    private static final int ROW = 20;
    private static final int GROUP = 34;
    private static final String OURS = "#0b6e4f";
    private static final String THEIRS = "#9aa5b1";

    private Plot() {}

    /**
     * Draws. Each group has a scale of its own.
     *
     * @param bars group, name and value of each; names that begin with "Tollgate" stand out
     * @param caption below all
     */
    static String draw(List<String[]> bars, String caption) {
        Map<String, List<String[]>> groups = new LinkedHashMap<>();
        for (String[] bar : bars) {
            groups.computeIfAbsent(bar[0], name -> new ArrayList<>()).add(bar);
        }
        StringBuilder body = new StringBuilder();
        int y = 10;
        for (Map.Entry<String, List<String[]>> group : groups.entrySet()) {
            text(body, 8, y + 18, "bold", "start", group.getKey());
            y += GROUP - 8;
            double most = group.getValue().stream()
                    .mapToDouble(bar -> Double.parseDouble(bar[2]))
                    .max()
                    .orElseThrow();
            for (String[] bar : group.getValue()) {
                double value = Double.parseDouble(bar[2]);
                double length = (WIDTH - LABEL - 80) * value / most;
                text(body, LABEL - 8, y + 14, "normal", "end", bar[1]);
                body.append(String.format(
                        Locale.ROOT,
                        "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"14\" fill=\"%s\"/>%n",
                        LABEL,
                        y + 3,
                        length,
                        bar[1].startsWith("Tollgate") ? OURS : THEIRS));
                text(
                        body,
                        LABEL + (int) length + 6,
                        y + 14,
                        "normal",
                        "start",
                        String.format(Locale.ROOT, "%,.0f", value));
                y += ROW;
            }
            y += 8;
        }
        text(body, 8, y + 16, "normal", "start", caption);
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">\n"
                        .formatted(WIDTH, y + 28)
                + "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
                + body
                + "</svg>\n";
    }

    private static void text(StringBuilder body, int x, int y, String weight, String anchor, String text) {
        body.append("<text x=\"%d\" y=\"%d\" font-weight=\"%s\" text-anchor=\"%s\" fill=\"#1f2933\">%s</text>%n"
                .formatted(x, y, weight, anchor, text.replace("&", "&amp;").replace("<", "&lt;")));
    }
}
