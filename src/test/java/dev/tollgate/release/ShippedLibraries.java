package dev.tollgate.release;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * The libraries that ship, found in the artifacts themselves: what is in neither is not listed, and what no bill of materials
 * knows ends the build.
 */
final class ShippedLibraries {

    /** Below which package maven-shade-plugin moves the guard's libraries. */
    static final String SHADED = "dev/tollgate/guard/lib/";

    private static final String UPLOT = "console/lib/";

    private ShippedLibraries() {}

    /**
     * Those in the WAR: its jars, and the console's charting library.
     *
     * @param war the WAR
     * @param known the bill of materials of the build's class path
     * @return sorted by where they lie
     * @throws IllegalStateException if the WAR holds a jar that the bill does not know by its hash
     */
    static List<Library> of(Path war, JsonNode known) throws IOException {
        List<Library> libraries = new ArrayList<>();
        Map<String, byte[]> uplot = new TreeMap<>();
        for (Map.Entry<String, byte[]> file : Archive.read(war).entrySet()) {
            if (file.getKey().endsWith(".jar")) {
                ObjectNode component = component(known, "SHA-256", Archive.sha256(file.getValue()))
                        .orElseThrow(() -> new IllegalStateException(
                                file.getKey() + " is in the WAR, and not in the build's bill of materials"));
                libraries.add(new Library(component, List.of(file.getKey()), unpacked(file.getValue())));
            } else if (file.getKey().startsWith(UPLOT)) {
                uplot.put(file.getKey(), file.getValue());
            }
        }
        libraries.add(new Library(
                named(known, "uplot")
                        .orElseThrow(() -> new IllegalStateException("uPlot is not in the build's bill of materials")),
                List.copyOf(uplot.keySet()),
                uplot));
        return libraries;
    }

    private static Optional<ObjectNode> component(JsonNode known, String algorithm, String hash) {
        for (JsonNode component : known.path("components")) {
            for (JsonNode each : component.path("hashes")) {
                if (each.path("alg").asText().equals(algorithm)
                        && each.path("content").asText().equals(hash)) {
                    return Optional.of((ObjectNode) component);
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<ObjectNode> named(JsonNode known, String name) {
        for (JsonNode component : known.path("components")) {
            if (component.path("name").asText().equals(name)) {
                return Optional.of((ObjectNode) component);
            }
        }
        return Optional.empty();
    }

    private static Map<String, byte[]> unpacked(byte[] jar) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(jar))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (!entry.isDirectory()) {
                    files.put(entry.getName(), in.readAllBytes());
                }
            }
        }
        return files;
    }
}
