package dev.tollgate.it.forwardauth;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The machine's curl, for uploads of any size and for HTTP/2. */
final class Curl {

    private static final int PATIENCE_SECONDS = 60;

    /**
     * What came of it.
     *
     * @param http the version of HTTP that was spoken, such as {@code 1.1} or {@code 2}
     * @param uploaded the octets of the body that were sent
     */
    record Said(int status, String http, long uploaded, String body) {}

    /** How the body of an upload goes. */
    enum Upload {
        /** HTTP/1.1 with Content-Length. */
        LENGTH_1("1.1", "--http1.1", true),
        /** HTTP/1.1 in chunks. */
        CHUNKS_1("1.1", "--http1.1", false),
        /** HTTP/2 with content-length. */
        LENGTH_2("2", "--http2-prior-knowledge", true),
        /** HTTP/2 without. */
        FRAMES_2("2", "--http2-prior-knowledge", false);

        private final String http;
        private final String option;
        private final boolean length;

        Upload(String http, String option, boolean length) {
            this.http = http;
            this.option = option;
            this.length = length;
        }

        /** The version of HTTP. */
        String http() {
            return http;
        }

        /** Whether the length is told before. */
        boolean tellsLength() {
            return length;
        }
    }

    private Curl() {}

    /**
     * Puts a body of zeros.
     *
     * @param directory for the body, which takes no room there
     * @param options further ones, such as header fields
     */
    static Said put(Path directory, Upload how, long size, String from, String url, String... options) {
        Path body = directory.resolve("zeros-" + size);
        try (RandomAccessFile file = new RandomAccessFile(body.toFile(), "rw")) {
            file.setLength(size);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> all = new ArrayList<>(List.of(how.option, "-T", how.length ? body.toString() : "-"));
        all.addAll(List.of(options));
        return run(directory, how.length ? null : body, from, url, all);
    }

    /**
     * Asks for something.
     *
     * @param directory for what it says
     * @param from the client's address
     */
    static Said get(Path directory, String from, String url, String... options) {
        return run(directory, null, from, url, List.of(options));
    }

    private static Said run(Path directory, Path input, String from, String url, List<String> options) {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "--interface", from));
        command.addAll(List.of("-w", "\n%{http_code} %{http_version} %{size_upload}"));
        command.addAll(options);
        command.add(url);
        try {
            Path said = Files.createTempFile(directory, "said", ".txt");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
            if (input != null) {
                builder.redirectInput(input.toFile());
            }
            Process process = builder.start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("no answer within a minute: " + command);
            }
            String text = Files.readString(said, StandardCharsets.UTF_8);
            int last = text.lastIndexOf('\n');
            String[] numbers = text.substring(last + 1).split(" ");
            if (process.exitValue() != 0) {
                throw new AssertionError(command + " failed: " + text);
            }
            return new Said(
                    Integer.parseInt(numbers[0]), numbers[1], Long.parseLong(numbers[2]), text.substring(0, last));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
