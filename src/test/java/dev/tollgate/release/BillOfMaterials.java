package dev.tollgate.release;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * A CycloneDX bill of materials of one artifact: the build's own, of everything on its class path, cut down to what the artifact
 * holds. Its serial number is derived from its text.
 */
final class BillOfMaterials {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectNode whole;

    private BillOfMaterials(ObjectNode whole) {
        this.whole = whole;
    }

    /**
     * The whole build's.
     *
     * @param file what cyclonedx-maven-plugin wrote
     */
    static BillOfMaterials of(Path file) throws IOException {
        return new BillOfMaterials((ObjectNode) JSON.readTree(file.toFile()));
    }

    /** What it says. */
    JsonNode content() {
        return whole;
    }

    /**
     * Of one artifact.
     *
     * @param artifact its file
     * @param qualifiers by which Maven tells it from the project's other artifacts, such as {@code type=war}
     * @param description what it is
     * @param libraries what is in it
     */
    String of(Path artifact, String qualifiers, String description, List<Library> libraries) throws IOException {
        ObjectNode bill = whole.deepCopy();
        bill.remove("serialNumber");
        ObjectNode metadata = (ObjectNode) bill.path("metadata");
        // Of the class path, which is not what is listed here.
        metadata.remove("properties");
        ObjectNode component = (ObjectNode) metadata.path("component");
        String before = component.path("bom-ref").asText();
        String reference = before.replaceFirst("\\?.*", "?" + qualifiers);
        component.put("type", "application").put("bom-ref", reference).put("purl", reference);
        component.put("description", description);
        component
                .putArray("hashes")
                .addObject()
                .put("alg", "SHA-256")
                .put("content", Archive.sha256(Files.readAllBytes(artifact)));
        ArrayNode components = bill.putArray("components");
        libraries.forEach(library -> components.add(located(library)));
        Set<String> listed = libraries.stream().map(Library::reference).collect(Collectors.toSet());
        bill.set("dependencies", dependencies(before, reference, listed));
        String text = written(bill);
        bill.put("serialNumber", "urn:uuid:" + UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)));
        return written(bill);
    }

    /** A component, and where in the WAR it lies. In the guard there is no such place: its classes are among the others. */
    private static ObjectNode located(Library library) {
        ObjectNode component = library.component().deepCopy();
        if (!library.places().isEmpty()) {
            ArrayNode places = component.putObject("evidence").putArray("occurrences");
            library.places().forEach(place -> places.addObject().put("location", place));
        }
        return component;
    }

    private ArrayNode dependencies(String before, String artifact, Set<String> listed) {
        ArrayNode kept = JSON.createArrayNode();
        for (JsonNode one : whole.path("dependencies")) {
            String reference = one.path("ref").asText();
            if (reference.equals(before) || listed.contains(reference)) {
                List<String> needed = new ArrayList<>();
                one.path("dependsOn").forEach(each -> needed.add(each.asText()));
                needed.retainAll(listed);
                ArrayNode array = kept.addObject()
                        .put("ref", reference.equals(before) ? artifact : reference)
                        .putArray("dependsOn");
                needed.forEach(array::add);
            }
        }
        return kept;
    }

    private static String written(JsonNode bill) throws IOException {
        DefaultIndenter lines = new DefaultIndenter("  ", "\n");
        return JSON.writer(new DefaultPrettyPrinter().withObjectIndenter(lines).withArrayIndenter(lines))
                        .writeValueAsString(bill)
                + "\n";
    }
}
