package dev.tollgate.release;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/**
 * A library within the WAR.
 *
 * @param component what the build's bill of materials says of it; not to be changed
 * @param places where in the WAR it lies
 * @param files its files by name; of a library that the WAR does not hold as a jar, those it holds
 */
record Library(ObjectNode component, List<String> places, Map<String, byte[]> files) {

    /** The library's artifact, such as {@code netty-common}. */
    String name() {
        return component.path("name").asText();
    }

    /** The library's version. */
    String version() {
        return component.path("version").asText();
    }

    /** What the bill of materials calls it where one component refers to another. */
    String reference() {
        return component.path("bom-ref").asText();
    }

    /** The names of the licenses it is offered under, SPDX's where there is one. */
    List<String> licenses() {
        return component.findParents("license").stream()
                .map(found -> found.path("license"))
                .map(license -> license.path("id").asText(license.path("name").asText()))
                .toList();
    }

    /** Whether classes of this library are in a jar that has them moved below a package. */
    boolean isShadedInto(Iterable<String> entries, String below) {
        for (String entry : entries) {
            if (entry.endsWith(".class")
                    && entry.startsWith(below)
                    && files.containsKey(entry.substring(below.length()))) {
                return true;
            }
        }
        return false;
    }

    /** Where it is told about. */
    String homepage() {
        for (JsonNode reference : component.path("externalReferences")) {
            if (reference.path("type").asText().equals("website")) {
                return reference.path("url").asText();
            }
        }
        return "";
    }
}
