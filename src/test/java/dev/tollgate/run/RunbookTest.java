package dev.tollgate.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Whoever is woken by an alert finds the runbook it names. */
class RunbookTest {

    private static final Path DOCS = Path.of("docs");
    private static final Pattern RUNBOOK = Pattern.compile("runbook: \"docs/operations.md#([^\"]+)\"");

    /** The anchors of a page as GitHub and others make them of its headings. */
    private static Set<String> anchors(Path page) throws IOException {
        return Files.readAllLines(page).stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9 -]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    @Test
    void everyAlertsRunbookIsThere() throws IOException {
        Set<String> anchors = anchors(DOCS.resolve("operations.md"));
        Matcher runbook = RUNBOOK.matcher(Files.readString(Path.of("server-config/prometheus/tollgate.rules.yml")));
        int found = 0;
        while (runbook.find()) {
            assertThat(anchors).contains(runbook.group(1));
            found++;
        }
        assertThat(found).isGreaterThan(10);
    }
}
