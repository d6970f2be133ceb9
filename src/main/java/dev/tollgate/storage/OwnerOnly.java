package dev.tollgate.storage;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * Files and folders that only their owner can open: 0600 and 0700 from their first instant. Where the file system has no such
 * permissions, they get what it gives.
 */
final class OwnerOnly {

    private static final Logger LOG = System.getLogger(OwnerOnly.class.getName());

    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE, PosixFilePermission.OTHERS_EXECUTE);

    private OwnerOnly() {}

    /** Makes a folder and those above it that are not there; leaves those that are as they are. */
    static Path createDirectories(Path folder) throws IOException {
        return Files.createDirectories(folder, attributes(folder, "rwx------"));
    }

    /** Makes a file, to be written. */
    static FileChannel create(Path file) throws IOException {
        return FileChannel.open(
                file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes(file, "rw-------"));
    }

    /**
     * Takes a folder away from users that are neither its owner nor of its group. Where that is refused, as on some network
     * file systems, the folder stays as it is and the log says so: it is the operator's to close.
     */
    static void closeToOthers(Path folder) throws IOException {
        if (hasPermissions(folder.getFileSystem())) {
            Set<PosixFilePermission> permissions = EnumSet.copyOf(Files.getPosixFilePermissions(folder));
            if (permissions.removeAll(OTHERS)) {
                try {
                    Files.setPosixFilePermissions(folder, permissions);
                } catch (IOException e) {
                    LOG.log(
                            Level.WARNING,
                            "other users of this machine can read {0}, where tollgate.uploads.directory keeps uploads: {1}",
                            folder,
                            e.toString());
                }
            }
        }
    }

    private static FileAttribute<?>[] attributes(Path path, String permissions) {
        return hasPermissions(path.getFileSystem())
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    private static boolean hasPermissions(FileSystem system) {
        return system.supportedFileAttributeViews().contains("posix");
    }
}
