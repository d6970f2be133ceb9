package dev.tollgate.release;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The zip of {@code mvn -Prelease package}, opened as a stranger would. */
class ReleaseZipIT {

    private static final Path PROJECT = Path.of(System.getProperty("tollgate.test.project", ""));
    private static final Path ZIP = Path.of(System.getProperty("tollgate.test.release", ""));
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]*)(#[^)]*)?\\)");
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| \\[(\\S+)]\\(\\S*\\) \\| (\\S+) \\| (.+?) \\| (yes|) +\\| (.+) \\|$");

    /** Its files by their names below the one folder it holds. */
    private static final Map<String, byte[]> FILES = new TreeMap<>();

    @TempDir
    private static Path directory;

    @BeforeAll
    static void open() throws IOException {
        String folder = ZIP.getFileName().toString().replaceFirst("\\.zip$", "/");
        for (Map.Entry<String, byte[]> file : Archive.read(ZIP).entrySet()) {
            assertThat(file.getKey()).startsWith(folder);
            FILES.put(file.getKey().substring(folder.length()), file.getValue());
        }
    }

    private static String text(String name) {
        return new String(FILES.get(name), StandardCharsets.UTF_8);
    }

    /** The files in an archive that is in the zip. */
    private static Map<String, byte[]> within(String archive) throws IOException {
        return Archive.read(Files.write(directory.resolve(archive), FILES.get(archive)));
    }

    private static JsonNode bill(String artifact) throws IOException {
        return new ObjectMapper().readTree(FILES.get("sbom/" + artifact + ".cdx.json"));
    }

    private static Set<String> listed(JsonNode bill) {
        Set<String> names = new TreeSet<>();
        bill.path("components")
                .forEach(component -> names.add(component.path("name").asText() + "-"
                        + component.path("version").asText()));
        return names;
    }

    private static Set<String> files(Path top, String below) throws IOException {
        try (Stream<Path> all = Files.walk(top.resolve(below))) {
            return all.filter(Files::isRegularFile)
                    .map(file -> top.relativize(file).toString())
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void holdsTheArtifactsTheDocumentsAndTheServersScriptsAsTheyAreInTheProject() throws IOException {
        assertThat(FILES)
                .containsKeys(
                        "tollgate.war", "tollgate-guard.jar", "tollgate-guard-wildfly.zip", "README.md", "NOTICE");
        Set<String> expected = files(PROJECT, "docs");
        expected.addAll(files(PROJECT, "server-config"));
        expected.addAll(Set.of("LICENSE", "NOTICE", "CHANGELOG.md", "SECURITY.md"));
        for (String name : expected) {
            assertThat(FILES.get(name)).as(name).isEqualTo(Files.readAllBytes(PROJECT.resolve(name)));
        }
        assertThat(within("tollgate-guard-wildfly.zip").get("modules/dev/tollgate/guard/main/tollgate-guard.jar"))
                .isEqualTo(FILES.get("tollgate-guard.jar"));
    }

    @Test
    void sumsAreOfEveryFileButThemselves() {
        StringBuilder expected = new StringBuilder();
        FILES.forEach((name, bytes) -> {
            if (!name.equals("SHA256SUMS")) {
                expected.append(Archive.sha256(bytes)).append("  ").append(name).append('\n');
            }
        });
        assertThat(text("SHA256SUMS")).isEqualTo(expected.toString());
    }

    @Test
    void modesAreTheSameWhoeverBuiltItAndScriptsCanBeRun() throws IOException {
        Set<String> modes = new HashSet<>();
        Files.write(directory.resolve("tollgate.war"), FILES.get("tollgate.war"));
        Files.write(directory.resolve("guard.zip"), FILES.get("tollgate-guard-wildfly.zip"));
        for (Path archive : List.of(ZIP, directory.resolve("tollgate.war"), directory.resolve("guard.zip"))) {
            try (ZipFile zip = ZipFile.builder().setPath(archive).get()) {
                for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
                    String kind =
                            entry.isDirectory() ? "folder" : entry.getName().endsWith(".sh") ? "script" : "file";
                    modes.add(kind + " " + Integer.toOctalString(entry.getUnixMode() & 0777));
                }
            }
        }
        assertThat(modes).containsExactlyInAnyOrder("folder 755", "script 755", "file 644");
    }

    @Test
    void theWarsBillListsExactlyItsJarsAndTheConsolesLibrary() throws IOException {
        Map<String, byte[]> war = within("tollgate.war");
        JsonNode bill = bill("tollgate.war");
        Set<String> expected = new TreeSet<>();
        for (String name : war.keySet()) {
            if (name.endsWith(".jar")) {
                expected.add(name.replaceFirst(".*/", "").replaceFirst("\\.jar$", ""));
            }
        }
        assertThat(expected).hasSizeGreaterThan(30);
        Matcher uplot = Pattern.compile("uPlot \\(v([0-9.]+)\\)")
                .matcher(new String(war.get("console/lib/uPlot.esm.js"), StandardCharsets.UTF_8));
        assertThat(uplot.find()).isTrue();
        expected.add("uplot-" + uplot.group(1));
        assertThat(listed(bill)).isEqualTo(expected);
        for (JsonNode component : bill.path("components")) {
            for (JsonNode place : component.path("evidence").path("occurrences")) {
                byte[] found = war.get(place.path("location").asText());
                assertThat(found).as(place.toString()).isNotNull();
                if (place.path("location").asText().endsWith(".jar")) {
                    assertThat(component.path("hashes").findValuesAsText("content"))
                            .contains(Archive.sha256(found));
                }
            }
        }
    }

    @Test
    void theGuardsBillListsExactlyTheLibrariesWhoseClassesItHolds() throws IOException {
        Set<String> expected = new TreeSet<>();
        List<String> strangers = new ArrayList<>();
        for (String name : within("tollgate-guard.jar").keySet()) {
            if (name.endsWith(".class") && name.startsWith(ShippedLibraries.SHADED)) {
                expected.add(jarWith(name.substring(ShippedLibraries.SHADED.length())));
            } else if (name.endsWith(".class") && !name.startsWith("dev/tollgate/guard/")) {
                strangers.add(name);
            }
        }
        assertThat(expected).hasSizeGreaterThan(15);
        assertThat(listed(bill("tollgate-guard.jar"))).isEqualTo(expected);
        assertThat(strangers).isEmpty();
    }

    /** The jar of the build's class path that a class comes from, without its ending. */
    private static String jarWith(String name) throws IOException {
        Enumeration<URL> found = ReleaseZipIT.class.getClassLoader().getResources(name);
        assertThat(found.hasMoreElements()).as(name).isTrue();
        URL jar = ((JarURLConnection) found.nextElement().openConnection()).getJarFileURL();
        return jar.getPath().replaceFirst(".*/", "").replaceFirst("\\.jar$", "");
    }

    @Test
    void billsNameTheirArtifactByItsHashAndBearSerialNumbersOfTheirOwn() throws IOException {
        Set<String> serials = new HashSet<>();
        for (String artifact : List.of("tollgate.war", "tollgate-guard.jar")) {
            JsonNode bill = bill(artifact);
            assertThat(bill.path("bomFormat").asText()).isEqualTo("CycloneDX");
            assertThat(bill.path("metadata").path("component").path("hashes").findValuesAsText("content"))
                    .containsExactly(Archive.sha256(FILES.get(artifact)));
            assertThat(bill.path("metadata").has("timestamp")).isFalse();
            serials.add(bill.path("serialNumber").asText());
            Set<String> references = new HashSet<>(bill.path("components").findValuesAsText("bom-ref"));
            references.add(
                    bill.path("metadata").path("component").path("bom-ref").asText());
            for (JsonNode dependency : bill.path("dependencies")) {
                assertThat(references).contains(dependency.path("ref").asText());
                dependency
                        .path("dependsOn")
                        .forEach(needed -> assertThat(references).contains(needed.asText()));
            }
        }
        assertThat(serials).hasSize(2).allMatch(serial -> serial.startsWith("urn:uuid:"));
    }

    @Test
    void everyLibraryThatShipsIsListedWithItsLicenseAndTheText() throws IOException {
        Set<String> rows = new TreeSet<>();
        Set<String> inGuard = new TreeSet<>();
        Matcher row = ROW.matcher(text("THIRD-PARTY.md"));
        while (row.find()) {
            String library = row.group(1) + "-" + row.group(2);
            rows.add(library);
            if (row.group(4).equals("yes")) {
                inGuard.add(library);
            }
            List<String> texts = LINK.matcher(row.group(5))
                    .results()
                    .map(link -> link.group(1))
                    .toList();
            assertThat(texts).as(library).anyMatch(text -> text.matches("(?i).*/(license|copying)[^/]*"));
            texts.forEach(text -> assertThat(FILES.get(text)).as(text).hasSizeGreaterThan(100));
        }
        assertThat(rows).isEqualTo(listed(bill("tollgate.war")));
        assertThat(inGuard).isEqualTo(listed(bill("tollgate-guard.jar")));
    }

    @Test
    void everyLinkOfEveryPageLeadsToSomethingInTheZip() {
        List<String> broken = new ArrayList<>();
        int followed = 0;
        for (String page : FILES.keySet()) {
            if (!page.endsWith(".md") || page.startsWith("licenses/")) {
                continue;
            }
            Matcher link = LINK.matcher(text(page));
            while (link.find()) {
                String target = link.group(1).isEmpty()
                        ? page
                        : Path.of(page)
                                .resolveSibling(link.group(1))
                                .normalize()
                                .toString();
                followed++;
                if (!FILES.containsKey(target)
                        && FILES.keySet().stream().noneMatch(name -> name.startsWith(target + "/"))) {
                    broken.add(page + ": " + link.group());
                }
            }
        }
        assertThat(broken).isEmpty();
        assertThat(followed).isGreaterThan(100);
    }
}
