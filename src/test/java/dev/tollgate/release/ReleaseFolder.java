package dev.tollgate.release;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.io.file.PathUtils;

/**
 * The folder that a release's zip holds, {@code target/release/tollgate-VERSION}: the artifacts, the documents, the servers'
 * scripts, a bill of materials per artifact, the licenses of what is in them, and the sums of all that.
 */
public final class ReleaseFolder {

    private static final String SUMS = "SHA256SUMS";
    private static final String GUARD = "tollgate-guard.jar";

    private final Path project;
    private final Path build;
    private final Path folder;

    private ReleaseFolder(Path project, Path build, String version) {
        this.project = project;
        this.build = build;
        this.folder = build.resolve("release/tollgate-" + version);
    }

    /** Writes it anew: the project's directory, that of its build, and the version. */
    public static void main(String[] arguments) throws IOException {
        new ReleaseFolder(Path.of(arguments[0]), Path.of(arguments[1]), arguments[2]).write();
    }

    private void write() throws IOException {
        if (Files.exists(folder.getParent())) {
            PathUtils.deleteDirectory(folder.getParent());
        }
        Files.createDirectories(folder);
        Archive.setModes(build.resolve("tollgate.war"));
        copy(build, "tollgate.war", GUARD, "tollgate-guard-wildfly.zip");
        copy(project, "LICENSE", "NOTICE", "CHANGELOG.md", "SECURITY.md", "docs", "server-config");
        copy(project.resolve("src/release"), "README.md");
        Path bill = build.resolve("bill-of-materials/bom.json");
        if (!Files.exists(bill)) {
            throw new IllegalStateException(
                    "cyclonedx-maven-plugin made no bill of materials, as with mvn -o; build without -o");
        }
        BillOfMaterials known = BillOfMaterials.of(bill);
        // An earlier build's is not this one's.
        Files.delete(bill);
        List<Library> inWar = ShippedLibraries.of(folder.resolve("tollgate.war"), known.content());
        List<String> entries = List.copyOf(Archive.read(folder.resolve(GUARD)).keySet());
        List<Library> inGuard = inWar.stream()
                .filter(library -> library.isShadedInto(entries, ShippedLibraries.SHADED))
                .map(library -> new Library(library.component(), List.of(), library.files()))
                .toList();
        text(
                "sbom/tollgate.war.cdx.json",
                known.of(folder.resolve("tollgate.war"), "type=war", "Tollgate's WAR, and the libraries in it", inWar));
        text(
                "sbom/tollgate-guard.jar.cdx.json",
                known.of(
                        folder.resolve(GUARD),
                        "classifier=guard&type=jar",
                        "Tollgate's guard, and the libraries in it",
                        inGuard));
        licenses(inWar, inGuard.stream().map(Library::reference).toList());
        sums();
    }

    private void copy(Path from, String... names) throws IOException {
        for (String name : names) {
            Path source = from.resolve(name);
            if (Files.isDirectory(source)) {
                PathUtils.copyDirectory(source, folder.resolve(name));
            } else {
                Files.copy(source, folder.resolve(name));
            }
        }
    }

    private void text(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private void licenses(List<Library> libraries, List<String> inGuard) throws IOException {
        LicenseTexts texts = new LicenseTexts(
                project.resolve("src/release/licenses"), Files.readAllBytes(project.resolve("LICENSE")));
        StringBuilder page = new StringBuilder("# Software by others in this release\n\n"
                + "Every library in `tollgate.war`, and whether the guard holds it too. Where a library is offered under several\n"
                + "licenses, all are named.\n\n"
                + "| library | version | licenses | in the guard | texts |\n|---|---|---|---|---|\n");
        List<Library> sorted = libraries.stream()
                .sorted(Comparator.comparing(Library::reference))
                .toList();
        for (Library library : sorted) {
            String directory = "licenses/" + library.name() + "-" + library.version();
            Files.createDirectories(folder.resolve(directory));
            StringBuilder links = new StringBuilder();
            for (Map.Entry<String, byte[]> text : texts.of(library).entrySet()) {
                Files.write(folder.resolve(directory).resolve(text.getKey()), text.getValue());
                links.append(links.length() == 0 ? "" : ", ")
                        .append("[" + text.getKey() + "](" + directory + "/" + text.getKey() + ")");
            }
            page.append("| [" + library.name() + "](" + library.homepage() + ") | " + library.version() + " | "
                    + String.join("; ", library.licenses()) + " | "
                    + (inGuard.contains(library.reference()) ? "yes" : "") + " | " + links + " |\n");
        }
        text("THIRD-PARTY.md", page.toString());
    }

    /** As {@code sha256sum -c SHA256SUMS} reads it, sorted by name. */
    private void sums() throws IOException {
        StringBuilder lines = new StringBuilder();
        try (Stream<Path> files = Files.walk(folder)) {
            String[] names = files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString().replace('\\', '/'))
                    .toArray(String[]::new);
            Arrays.sort(names);
            for (String name : names) {
                lines.append(Archive.sha256(Files.readAllBytes(folder.resolve(name))) + "  " + name + "\n");
            }
        }
        Files.write(folder.resolve(SUMS), lines.toString().getBytes(StandardCharsets.UTF_8));
    }
}
