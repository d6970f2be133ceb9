package dev.tollgate.release;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;

/** Zip files, as a release needs them. */
final class Archive {

    private static final int FILE = 0100644;
    private static final int FOLDER = 0040755;

    private Archive() {}

    /** An archive's files by name, sorted. */
    static Map<String, byte[]> read(Path archive) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (ZipFile zip = ZipFile.builder().setPath(archive).get()) {
            for (ZipArchiveEntry entry :
                    (Iterable<ZipArchiveEntry>) () -> zip.getEntries().asIterator()) {
                if (!entry.isDirectory()) {
                    try (InputStream in = zip.getInputStream(entry)) {
                        files.put(entry.getName(), in.readAllBytes());
                    }
                }
            }
        }
        return files;
    }

    /**
     * Gives every file the mode 644 and every folder 755. The WAR's plugin takes them from the disk, where they are what the builder's
     * umask makes of them; nothing is compressed anew, so with a umask of 022 the bytes stay what they are.
     */
    static void setModes(Path archive) throws IOException {
        Path rewritten = archive.resolveSibling(archive.getFileName() + ".rewritten");
        try (ZipFile zip = ZipFile.builder().setPath(archive).get();
                ZipArchiveOutputStream out = new ZipArchiveOutputStream(rewritten)) {
            Enumeration<ZipArchiveEntry> entries = zip.getEntriesInPhysicalOrder();
            while (entries.hasMoreElements()) {
                ZipArchiveEntry entry = entries.nextElement();
                entry.setUnixMode(entry.isDirectory() ? FOLDER : FILE);
                out.addRawArchiveEntry(entry, zip.getRawInputStream(entry));
            }
        }
        Files.move(rewritten, archive, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The SHA-256 of some bytes, in hexadecimal digits. */
    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
