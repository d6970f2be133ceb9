package dev.tollgate.storage;

import dev.tollgate.core.usage.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;

/**
 * A storage provider in a directory of the local file system, which several nodes may share. Thread-safe; blocks.
 *
 * <p>The name of a file is its random ID, {@code files/ab/ab12...}. {@code ab12....properties} beside it has the client's name,
 * the media type, the size and the hash. Bytes are written under {@code incoming/<node>/} and moved in one step, so a file is
 * there completely, with its description, or not at all. A node holds a lock in its own folder while it runs. The next start of
 * any node removes the unfinished uploads of nodes that were killed.
 *
 * <p>On file systems with owners, only the server's user can read the files and folders. Nodes that share a directory run as
 * the same user.
 *
 * <p><b>Known limitation</b>: files are not forced to disk. After a power failure, the last ones may be missing or incomplete,
 * although the response was 201; the recorded size and hash tell. A killed server loses no file, and may leave a description
 * without a file.
 */
public final class LocalStorage implements StorageProvider, AutoCloseable {

    /** The provider's name. */
    public static final String NAME = "local";

    private static final System.Logger LOG = System.getLogger(LocalStorage.class.getName());

    private final Path files;
    private final Path incoming;
    private final FileChannel lock;
    private final MagicBytes magic = new MagicBytes();

    /**
     * Opens the provider and creates its directory if there is none.
     *
     * @throws UncheckedIOException naming the directory, if it cannot be written
     */
    public LocalStorage(Path directory) {
        try {
            Path root = OwnerOnly.createDirectories(directory).toRealPath();
            files = OwnerOnly.createDirectories(root.resolve("files"));
            Path nodes = OwnerOnly.createDirectories(root.resolve("incoming"));
            // Earlier releases created them readable for all users.
            OwnerOnly.closeToOthers(files);
            OwnerOnly.closeToOthers(nodes);
            removeLeftovers(nodes);
            incoming =
                    OwnerOnly.createDirectories(nodes.resolve(UUID.randomUUID().toString()));
            lock = OwnerOnly.create(lockOf(incoming));
            lock.lock();
        } catch (IOException e) {
            throw new UncheckedIOException("uploads cannot be stored in " + directory + ": " + e, e);
        }
    }

    @Override
    public boolean isUsable() {
        return Files.isWritable(files) && Files.isWritable(incoming);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public StoredFile store(InputStream body, Arrival arrival) throws IOException {
        String id = UUID.randomUUID().toString();
        Path part = incoming.resolve(id);
        try {
            StoredFile stored = receive(body, arrival, id, part);
            Path folder = OwnerOnly.createDirectories(files.resolve(id.substring(0, 2)));
            Path description = folder.resolve(id + ".properties");
            try {
                describe(stored, description);
                Files.move(part, folder.resolve(id), StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException | RuntimeException e) {
                Files.deleteIfExists(description);
                throw e;
            }
            return stored;
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private StoredFile receive(InputStream body, Arrival arrival, String id, Path part) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[MagicBytes.HEAD];
        int read = fill(body, buffer, 0, arrival.maxBytes());
        String fileName = FileName.of(arrival.fileName());
        String type = magic.typeOf(buffer, read, MediaType.declared(arrival.declaredType()), fileName);
        long size = 0;
        try (OutputStream out = Channels.newOutputStream(OwnerOnly.create(part))) {
            while (read > 0) {
                digest.update(buffer, 0, read);
                out.write(buffer, 0, read);
                size += read;
                read = fill(body, buffer, size, arrival.maxBytes());
            }
        }
        if (arrival.length() >= 0 && size != arrival.length()) {
            throw new BrokenUploadException(size + " bytes arrived instead of " + arrival.length());
        }
        String hash = HexFormat.of().formatHex(digest.digest());
        return new StoredFile(id, NAME, fileName, type, size, hash);
    }

    /** Reads until the buffer is full or the body ends. Fails at the first byte beyond the limit. */
    private static int fill(InputStream body, byte[] buffer, long before, long maxBytes) throws IOException {
        int read;
        try {
            read = body.readNBytes(buffer, 0, buffer.length);
        } catch (IOException e) {
            throw new BrokenUploadException(e);
        }
        if (before + read > maxBytes) {
            throw new TooLargeException("more than " + maxBytes + " bytes");
        }
        return read;
    }

    private static void describe(StoredFile stored, Path description) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("fileName", stored.fileName());
        properties.setProperty("contentType", stored.contentType());
        properties.setProperty("size", Long.toString(stored.size()));
        properties.setProperty("sha256", stored.sha256());
        try (OutputStream out = Channels.newOutputStream(OwnerOnly.create(description))) {
            properties.store(out, null);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static void removeLeftovers(Path nodes) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(nodes)) {
            for (Path folder : folders) {
                if (isAbandoned(folder)) {
                    int parts = remove(folder);
                    if (parts > 0) {
                        LOG.log(
                                System.Logger.Level.INFO,
                                "unfinished uploads of an earlier run were removed: uploads={0,number,#}",
                                parts);
                    }
                }
            }
        }
    }

    private static Path lockOf(Path folder) {
        return folder.resolve(folder.getFileName() + ".lock");
    }

    private static boolean isAbandoned(Path folder) {
        try (FileChannel channel = FileChannel.open(lockOf(folder), StandardOpenOption.WRITE)) {
            Optional<FileLock> taken = Optional.ofNullable(channel.tryLock());
            return taken.isPresent();
        } catch (OverlappingFileLockException | IOException e) {
            // This process holds the lock, the node has not created it yet, or another node is removing it.
            return false;
        }
    }

    private static int remove(Path folder) throws IOException {
        int parts = 0;
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder)) {
            for (Path part : left) {
                if (Files.deleteIfExists(part) && !part.equals(lockOf(folder))) {
                    parts++;
                }
            }
        }
        Files.deleteIfExists(folder);
        return parts;
    }

    /** Releases the lock and removes this node's folder; uploads in progress fail. */
    @Override
    public void close() {
        try {
            lock.close();
            remove(incoming);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the folder of unfinished uploads could not be removed", e);
        }
    }
}
