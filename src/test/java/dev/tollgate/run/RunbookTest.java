package dev.tollgate.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Whoever is woken by an alert finds the runbook it names, and whoever follows a link in the docs gets there. */
class RunbookTest {

    private static final Path DOCS = Path.of("docs");
    private static final Pattern RUNBOOK = Pattern.compile("runbook: \"docs/operations.md#([^\"]+)\"");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]*)(#[^)]*)?\\)");

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

    @Test
    void linksOfOperationsAndMigrationLeadSomewhere() throws IOException {
        for (String name : List.of("operations.md", "migration.md", "metrics.md", "architecture.md")) {
            Path page = DOCS.resolve(name);
            Matcher link = LINK.matcher(Files.readString(page));
            while (link.find()) {
                Path target = link.group(1).isEmpty() ? page : DOCS.resolve(link.group(1));
                assertThat(target).as(name + ": " + link.group()).exists();
                if (link.group(2) != null) {
                    assertThat(anchors(target)).as(name).contains(link.group(2).substring(1));
                }
            }
        }
    }
}
