package dev.tollgate.release;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The licenses and notices of libraries: from the library itself, else from the project. */
final class LicenseTexts {

    private static final Pattern TEXT =
            Pattern.compile("(?i)(?:.*/)?(?:licen[cs]e|notice|copying)(?:[._-][^/]*)?(?<!\\.class)");
    private static final Pattern LICENSE = Pattern.compile("(?i)(?:.*/)?(?:licen[cs]e|copying)(?:[._-][^/]*)?");

    private final Path own;
    private final byte[] apache;

    /**
     * Reads nothing of the libraries yet.
     *
     * @param own the directory with a file {@code ARTIFACT.txt} for each library whose jar lacks its license
     * @param apache the Apache license 2.0, which needs no file of that kind: it names no author
     */
    LicenseTexts(Path own, byte[] apache) {
        this.own = own;
        this.apache = apache.clone();
    }

    /**
     * A library's texts by file name, with a license among them.
     *
     * @throws IllegalStateException if there is no license
     */
    Map<String, byte[]> of(Library library) throws IOException {
        Map<String, byte[]> texts = new TreeMap<>();
        boolean licensed = false;
        for (Map.Entry<String, byte[]> file : library.files().entrySet()) {
            if (TEXT.matcher(file.getKey()).matches()) {
                texts.put(
                        file.getKey()
                                .replaceFirst("^META-INF/|^console/lib/", "")
                                .replace('/', '_'),
                        file.getValue());
                licensed |= LICENSE.matcher(file.getKey()).matches();
            }
        }
        if (!licensed) {
            texts.put("LICENSE.txt", lacking(library));
        }
        return texts;
    }

    private byte[] lacking(Library library) throws IOException {
        Path file = own.resolve(library.name() + ".txt");
        if (Files.exists(file)) {
            return Files.readAllBytes(file);
        }
        if (library.licenses().contains("Apache-2.0")) {
            return apache.clone();
        }
        throw new IllegalStateException("No text of the license of " + library.name() + " " + library.version() + " ("
                + String.join(", ", library.licenses()) + "): put it into " + file);
    }
}
