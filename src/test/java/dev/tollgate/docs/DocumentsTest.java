package dev.tollgate.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.Setting;
import dev.tollgate.config.SettingCatalog;
import dev.tollgate.core.account.RequestAttributes;
import dev.tollgate.http.route.RoutePolicies;
import dev.tollgate.http.route.RoutePolicyFile;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Comparison of the documents with the code, without a server: links, settings, routes, tests, and that no command is forgotten. */
class DocumentsTest {

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]*)(#[^)]*)?\\)");
    private static final Pattern SETTING = Pattern.compile("(?<![\\w.])tollgate(\\.[a-z][a-z0-9-]*)+");

    private static final Pattern TEST = Pattern.compile("\\b[A-Z][A-Za-z0-9]*[a-z0-9](Test|IT)\\b");

    /** Names that begin like a setting's: files, what the server's scripts and the build read, and programs' names for things. */
    private static final Pattern NO_SETTING = Pattern.compile(
            "tollgate\\.(properties|war|conf|yml|yaml|rules.*|jdbc\\..*|context-root|http\\.port|test\\..*|bench.*|soak.*|faults.*|forwardauth.*)");

    @TempDir
    private Path directory;

    private static Set<String> anchors(Path page) throws IOException {
        return Files.readAllLines(page).stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9 _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        int followed = 0;
        for (Page page : Page.all()) {
            Matcher link = LINK.matcher(String.join("\n", page.lines()));
            while (link.find()) {
                Path target = link.group(1).isEmpty()
                        ? page.file()
                        : page.file().resolveSibling(link.group(1)).normalize();
                assertThat(target).as(page.name() + ": " + link.group()).exists();
                if (link.group(2) != null) {
                    assertThat(anchors(target))
                            .as(page.name())
                            .contains(link.group(2).substring(1));
                }
                followed++;
            }
        }
        assertThat(followed).isGreaterThan(40);
    }

    /** What applications and the gate say to each other has names like settings. */
    private static List<String> requestAttributes() throws IllegalAccessException {
        List<String> names = new ArrayList<>();
        for (Field field : RequestAttributes.class.getFields()) {
            names.add((String) field.get(null));
        }
        return names;
    }

    @Test
    void everySettingThatIsNamedIsOne() throws IllegalAccessException {
        Set<String> known =
                SettingCatalog.all().stream().map(Setting::name).collect(Collectors.toCollection(HashSet::new));
        known.addAll(requestAttributes());
        List<String> unknown = new ArrayList<>();
        for (Page page : Page.all()) {
            Stream<String> code = Stream.concat(
                    page.spans().stream().map(Page.Span::text),
                    page.blocks().stream().flatMap(block -> block.lines().stream()));
            code.flatMap(text -> SETTING.matcher(text).results().map(found -> found.group()))
                    .filter(name ->
                            !known.contains(name) && !NO_SETTING.matcher(name).matches())
                    .forEach(name -> unknown.add(page.name() + ": " + name));
        }
        assertThat(unknown).isEmpty();
    }

    @Test
    void everyRouteFileThatIsShownIsGood() throws IOException {
        int read = 0;
        for (Page page : Page.all()) {
            for (Page.Block block : page.blocks()) {
                String text = String.join("\n", block.lines());
                if (block.kind().equals("json") && text.contains("\"routes\"")) {
                    Path file = Files.writeString(directory.resolve("routes.json"), text);
                    Optional<RoutePolicyFile> routes = Optional.of(RoutePolicyFile.read(file));
                    // Entries below Tollgate's own endpoints are refinements of these; the others are an application's.
                    assertThat(
                                    text.contains("\"/api/v1/")
                                            ? RoutePolicies.ofTollgate(routes)
                                            : RoutePolicies.ofApplication(routes))
                            .as(page.name() + ":" + block.line())
                            .isNotNull();
                    read++;
                }
            }
        }
        assertThat(read).isGreaterThanOrEqualTo(3);
    }

    @Test
    void everyCommandThatIsNotRunHereIsListedWithItsReasonAndNoListingIsLeftOver() {
        List<Commands.Command> commands = Commands.all();
        assertThat(commands).hasSizeGreaterThan(15);
        for (SkippedDocCommands listed : SkippedDocCommands.ALL) {
            assertThat(commands).as("no command needs " + listed).anyMatch(listed::isAbout);
            assertThat(listed.reason()).isNotBlank();
            if (listed.test() != null) {
                assertThat(tests()).as(listed.toString()).contains(listed.test() + ".java");
            }
        }
        commands.forEach(command -> System.out.printf(
                "docs: %-45s %-14s %s%n",
                command.where(),
                SkippedDocCommands.of(command)
                        .map(listed -> listed.test() == null ? "not run" : listed.test())
                        .orElse("run"),
                command.text().lines().findFirst().orElse("")));
    }

    @Test
    void everyTestThatIsNamedExists() {
        Set<String> tests = tests();
        List<String> unknown = new ArrayList<>();
        for (Page page : Page.all()) {
            for (Page.Span span : page.spans()) {
                TEST.matcher(span.text())
                        .results()
                        .filter(found -> !tests.contains(found.group() + ".java"))
                        .forEach(found -> unknown.add(page.name() + ":" + span.line() + ": " + found.group()));
            }
        }
        assertThat(unknown).isEmpty();
    }

    private static Set<String> tests() {
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
