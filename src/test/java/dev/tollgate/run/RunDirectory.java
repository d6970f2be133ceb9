package dev.tollgate.run;

import dev.tollgate.fixture.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code target/run}: what survives a run. Held by one process at a time; the operating system lets go of it when that
 * process dies, however it dies. Not thread-safe.
 */
final class RunDirectory implements AutoCloseable {

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private final Path path;
    private final FileChannel channel;
    private final Map<String, String> remembered;

    private RunDirectory(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
        this.remembered = PrivateFiles.load(memory());
    }

    /**
     * Takes hold of the directory, making it if there is none.
     *
     * @throws IllegalStateException if another process holds it
     */
    static RunDirectory hold(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        try {
            if (!Files.isDirectory(absolute)) {
                Files.createDirectories(absolute.getParent());
                Files.createDirectory(absolute, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            }
            // Everything that a run keeps lies in here: keys, usage, uploads, logs.
            Files.setPosixFilePermissions(absolute, OWNER_ONLY);
            FileChannel channel =
                    FileChannel.open(absolute.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!locked(channel)) {
                channel.close();
                throw new IllegalStateException("Tollgate already runs from " + absolute + ". Stop that one first.");
            }
            return new RunDirectory(absolute, channel);
        } catch (IOException e) {
            throw new UncheckedIOException("could not use " + absolute, e);
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    Path path() {
        return path;
    }

    /** Where the running system is described, while it runs. */
    Path properties() {
        return path.resolve("tollgate.properties");
    }

    private Path memory() {
        return path.resolve("state.properties");
    }

    /** What an earlier run remembered under this name. */
    Optional<String> recall(String name) {
        return Optional.ofNullable(remembered.get(name));
    }

    /** The port an earlier run used, or 0. */
    int recallPort(String name) {
        return recall(name).map(Integer::valueOf).orElse(0);
    }

    /** Remembers a value for later runs, on disk when this returns. */
    void remember(String name, String value) {
        if (!value.equals(remembered.put(name, value))) {
            PrivateFiles.store(memory(), remembered);
        }
    }

    /** A random password of this installation's own, the same in every run. */
    String password(String name) {
        return recall(name).orElseGet(() -> {
            String password = PrivateFiles.newPassword();
            remember(name, password);
            return password;
        });
    }

    /** Lets go of it. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
