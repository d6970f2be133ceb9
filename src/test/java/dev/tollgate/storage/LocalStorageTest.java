package dev.tollgate.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.storage.StorageProvider.Arrival;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalStorageTest {

    private static final long MAX = 1_000_000;

    @TempDir
    Path directory;

    private LocalStorage storage;

    @BeforeEach
    void start() {
        storage = new LocalStorage(directory.resolve("uploads"));
    }

    @AfterEach
    void close() {
        storage.close();
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static Arrival arrival(String fileName) {
        return new Arrival(fileName, null, -1, MAX);
    }

    /** Returns all files below the test's directory except locks. */
    private List<Path> everything() throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            return paths.filter(Files::isRegularFile)
                    .filter(path -> !path.toString().endsWith(".lock"))
                    .toList();
        }
    }

    private Path stored(String id) {
        return directory.resolve("uploads/files").resolve(id.substring(0, 2)).resolve(id);
    }

    @Test
    void storedFileHoldsEveryByteAndIsDescribed() throws Exception {
        byte[] body = bytes(300_001);
        StoredFile file = storage.store(new ByteArrayInputStream(body), arrival("../x/photo.bin"));
        assertThat(stored(file.id())).hasBinaryContent(body);
        assertThat(file.sha256())
                .isEqualTo(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(body)));
        assertThat(file.size()).isEqualTo(body.length);
        assertThat(file.fileName()).isEqualTo("photo.bin");
        assertThat(file.provider()).isEqualTo("local");
        Properties description = new Properties();
        try (InputStream in = Files.newInputStream(stored(file.id() + ".properties"))) {
            description.load(in);
        }
        assertThat(description).containsEntry("fileName", "photo.bin").containsEntry("sha256", file.sha256());
        assertThat(everything()).hasSize(2);
    }

    @Test
    void sameBytesAndNameTwiceAreTwoFiles() throws Exception {
        StoredFile one = storage.store(new ByteArrayInputStream(bytes(5)), arrival("a"));
        StoredFile two = storage.store(new ByteArrayInputStream(bytes(5)), arrival("a"));
        assertThat(one.id()).isNotEqualTo(two.id());
        assertThat(everything()).hasSize(4);
    }

    @Test
    void fileOfExactlyTheLimitIsKeptAndOneByteMoreIsRefusedWithoutATrace() throws Exception {
        storage.store(new ByteArrayInputStream(bytes((int) MAX)), arrival("fits"));
        assertThat(everything()).hasSize(2);
        assertThatThrownBy(() -> storage.store(new ByteArrayInputStream(bytes((int) MAX + 1)), arrival("too big")))
                .isInstanceOf(TooLargeException.class);
        assertThatThrownBy(() ->
                        storage.store(new ByteArrayInputStream(bytes(100)), new Arrival("tiny limit", null, -1, 99)))
                .isInstanceOf(TooLargeException.class);
        assertThat(everything()).hasSize(2);
    }

    @Test
    void endlessBodyIsRefusedSoonAfterTheLimit() {
        long[] read = {0};
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                read[0]++;
                return 0;
            }
        };
        assertThatThrownBy(() -> storage.store(endless, arrival("endless"))).isInstanceOf(TooLargeException.class);
        assertThat(read[0]).isLessThan(MAX + 2 * MagicBytes.HEAD);
    }

    @Test
    void fileWithoutBytesIsAFile() throws Exception {
        StoredFile stored = storage.store(InputStream.nullInputStream(), arrival("empty"));
        assertThat(stored.size()).isZero();
        assertThat(stored.sha256()).startsWith("e3b0c44298fc1c149afb");
        assertThat(everything()).hasSize(2);
    }

    @Test
    void bodyThatBreaksOffLeavesNoPart() throws Exception {
        for (int after : new int[] {0, 10, 70_000, 200_000}) {
            assertThatThrownBy(() -> storage.store(breakingAfter(after), arrival("broken")))
                    .isInstanceOf(BrokenUploadException.class);
        }
        assertThat(everything()).isEmpty();
    }

    private static InputStream breakingAfter(int bytes) {
        return new InputStream() {
            private int left = bytes;

            @Override
            public int read() throws IOException {
                if (left == 0) {
                    throw new IOException("connection reset by peer");
                }
                return left-- & 0xff;
            }
        };
    }

    @Test
    void bodyShorterThanAnnouncedIsBroken() throws Exception {
        Arrival announced = new Arrival("short", null, 101, MAX);
        assertThatThrownBy(() -> storage.store(new ByteArrayInputStream(bytes(100)), announced))
                .isInstanceOf(BrokenUploadException.class);
        assertThat(everything()).isEmpty();
    }

    @Test
    void failureOfTheBodysStreamThatIsNoIoExceptionLeavesNoPartEither() throws Exception {
        InputStream failing = new InputStream() {
            private int left = 100_000;

            @Override
            public int read() {
                if (left == 0) {
                    throw new IllegalStateException("the container gave up");
                }
                left--;
                return 0;
            }
        };
        assertThatThrownBy(() -> storage.store(failing, arrival("x"))).isInstanceOf(IllegalStateException.class);
        assertThat(everything()).isEmpty();
    }

    @Test
    void clientsNameNeverBecomesAPath() throws Exception {
        for (String name : List.of(
                "../../../../tmp/evil", "/etc/passwd", "a\0b", "x".repeat(10_000), "..", "C:\\x\\..\\y", "\u202etxt")) {
            StoredFile file = storage.store(new ByteArrayInputStream(bytes(10)), arrival(name));
            assertThat(file.fileName()).isEqualTo(FileName.of(name));
            assertThat(stored(file.id())).exists();
        }
        assertThat(everything()).allMatch(path -> path.startsWith(directory.resolve("uploads/files")));
        try (Stream<Path> top = Files.list(directory)) {
            assertThat(top).containsExactly(directory.resolve("uploads"));
        }
    }

    @Test
    void partsOfADeadNodeAreRemovedAtStartAndThoseOfALivingOneAreNot() throws Exception {
        Path dead = Files.createDirectories(directory.resolve("uploads/incoming/dead"));
        Files.createFile(dead.resolve("dead.lock"));
        Files.write(dead.resolve("part"), bytes(1_000));
        InputStream slow = new InputStream() {
            private int left = 200_000;

            @Override
            public int read() throws IOException {
                if (left == 100_000) {
                    new LocalStorage(directory.resolve("uploads")).close();
                    assertThat(dead).doesNotExist();
                }
                return left-- > 0 ? 1 : -1;
            }
        };
        StoredFile file = storage.store(slow, arrival("survives"));
        assertThat(Files.size(stored(file.id()))).isEqualTo(200_000);
    }

    @Test
    void directoryThatCannotBeMadeIsNamed() throws Exception {
        Path file = Files.createFile(directory.resolve("in-the-way"));
        assertThatThrownBy(() -> new LocalStorage(file.resolve("uploads")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("in-the-way");
    }

    /** Runs on file systems with permissions. */
    @Test
    void onlyTheServersUserCanOpenStoredFiles() throws Exception {
        List<String> whileItComes = new ArrayList<>();
        InputStream watching = new ByteArrayInputStream(bytes(10)) {
            @Override
            public int readNBytes(byte[] buffer, int from, int length) {
                whileItComes.addAll(open());
                return super.readNBytes(buffer, from, length);
            }
        };
        storage.store(watching, arrival("secret.txt"));
        assertThat(whileItComes).isEmpty();
        assertThat(open()).isEmpty();
        try (Stream<Path> folder = Files.list(directory.resolve("uploads/files"))) {
            Path made = folder.findFirst().orElseThrow();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                    .isEqualTo("rwx------");
            for (String name : new String[] {"", ".properties"}) {
                Path file = stored(idIn(made)).resolveSibling(idIn(made) + name);
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .isEqualTo("rw-------");
            }
        }
    }

    private static String idIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.contains("."))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Returns the files below the store that others than the owner can open. */
    private List<String> open() {
        try (Stream<Path> paths = Files.walk(directory.resolve("uploads"))) {
            List<String> open = new ArrayList<>();
            for (Path path : paths.toList()) {
                String permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
                if (!permissions.endsWith("------")) {
                    open.add(path + " " + permissions);
                }
            }
            return open;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aStoreOfAnEarlierReleaseIsClosedToOthersAndKeptForItsGroup() throws Exception {
        Path old = Files.createDirectories(directory.resolve("old/files/ab"));
        Files.setPosixFilePermissions(old.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
        new LocalStorage(directory.resolve("old")).close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(old.getParent())))
                .isEqualTo("rwxr-x---");
    }
}
