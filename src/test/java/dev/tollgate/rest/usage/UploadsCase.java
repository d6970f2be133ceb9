package dev.tollgate.rest.usage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.Settings;
import dev.tollgate.core.account.RequestAttributes;
import dev.tollgate.rest.support.BodyReader;
import dev.tollgate.rest.support.InProcess;
import dev.tollgate.storage.LocalStorage;
import dev.tollgate.storage.StorageProvider;
import dev.tollgate.storage.StorageProviders;
import dev.tollgate.storage.StoredFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The upload resource over a store on disk and one that is full. */
abstract class UploadsCase {

    static final String LOCAL = "api/v1/uploads/local";
    static final int MAX = 1024 * 1024;

    @TempDir
    Path directory;

    LocalStorage storage;
    InProcess api;

    /** A store whose disk is full. */
    record FullStore() implements StorageProvider {
        @Override
        public String name() {
            return "full";
        }

        @Override
        public StoredFile store(InputStream body, Arrival arrival) throws IOException {
            throw new IOException("No space left on device");
        }
    }

    @BeforeEach
    void open() {
        storage = new LocalStorage(directory);
        api = new InProcess(
                List.of(UploadsResource.class),
                new StorageProviders(List.of(storage, new FullStore())),
                new BodyReader(InProcess.boundless()),
                Settings.of(Map.of("tollgate.uploads.max-size", "1MiB")));
    }

    @AfterEach
    void close() {
        storage.close();
    }

    List<Path> files() throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            return paths.filter(Files::isRegularFile)
                    .filter(path -> !path.toString().endsWith(".lock"))
                    .toList();
        }
    }

    static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    InProcess.Answer post(String path, Map<String, String> headers, byte[] body) {
        return api.call("POST", path, headers, new ByteArrayInputStream(body));
    }

    InProcess.Answer form(String disposition, byte[] file, String end) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(("preamble\r\n--XX\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--XX\r\n"
                        + disposition + "Content-Type: image/png\r\n\r\n")
                .getBytes(UTF_8));
        body.write(file);
        body.write(end.getBytes(UTF_8));
        return post(LOCAL, Map.of("Content-Type", "multipart/form-data; boundary=\"XX\""), body.toByteArray());
    }

    static String disposition(String fileName) {
        return "Content-Disposition: form-data; name=\"file\"; filename=\"" + fileName + "\"\r\n";
    }

    void assertFailed(InProcess.Answer answer, int status, String code) throws IOException {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.headers()).containsEntry("Content-Type", "application/problem+json");
        assertThat(answer.attributes())
                .containsEntry(RequestAttributes.FAILED, true)
                .doesNotContainKeys(RequestAttributes.FILE_SIZE, RequestAttributes.FILE_TYPE);
        assertThat(files()).isEmpty();
    }
}
