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
 * A factory of files and folders that only their owner can open: they are created with 0600 and 0700. On a file system without
 * such permissions, they get its defaults.
 */
final class OwnerOnly {

    private static final Logger LOG = System.getLogger(OwnerOnly.class.getName());

    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE, PosixFilePermission.OTHERS_EXECUTE);

    private OwnerOnly() {}

    /** Creates a folder and missing parents; leaves existing ones unchanged. */
    static Path createDirectories(Path folder) throws IOException {
        return Files.createDirectories(folder, attributes(folder, "rwx------"));
    }

    /** Creates a file for writing. */
    static FileChannel create(Path file) throws IOException {
        return FileChannel.open(
                file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes(file, "rw-------"));
    }

    /**
     * Removes the permissions of users that are neither the owner nor in the group. If the file system refuses, as some network
     * file systems do, the folder is left unchanged and a warning is logged.
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
                            "other users of this machine can read {0}, the directory of tollgate.uploads.directory: {1}",
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
