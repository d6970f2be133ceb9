package dev.tollgate.it.client;

import dev.tollgate.it.support.Chromium;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The programs that clients are made of: curl, Python, Node and a browser, and the npm packages in {@code clients/}. */
final class ClientPrograms {

    private static final int PATIENCE_SECONDS = 120;

    private static final Path SOURCES =
            Path.of(System.getProperty("tollgate.test.project", ""), "src/test/resources/clients");

    private static final Path DIRECTORY = Path.of(System.getProperty("tollgate.test.dir", "target/it"), "clients");

    private ClientPrograms() {}

    /** Whether the machine has all of them. */
    static boolean areInstalled() {
        return Chromium.isInstalled()
                && Stream.of("curl", "python3", "node", "npm").allMatch(ClientPrograms::isInstalled)
                && end(List.of("python3", "-c", "import urllib3")) == 0;
    }

    private static boolean isInstalled(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(place -> Path.of(place, program))
                .anyMatch(Files::isExecutable);
    }

    /** Copies the scripts below the build's directory, with the npm packages that their lock file names. */
    static void prepare() throws IOException {
        Files.createDirectories(DIRECTORY);
        Path installed = DIRECTORY.resolve("package-lock.json");
        boolean done = Files.exists(DIRECTORY.resolve("node_modules/.package-lock.json"))
                && Files.exists(installed)
                && Files.mismatch(SOURCES.resolve("package-lock.json"), installed) == -1;
        try (Stream<Path> files = Files.list(SOURCES)) {
            for (Path file : files.toList()) {
                Files.copy(file, DIRECTORY.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (done) {
            return;
        }
        run(List.of("npm", "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"));
    }

    /** Where a script is. */
    static String script(String name) {
        return DIRECTORY.resolve(name).toAbsolutePath().toString();
    }

    /** Runs a program to its end, which must be a good one. */
    static void run(List<String> command) {
        int code = end(command);
        if (code != 0) {
            throw new AssertionError(command.get(0) + " ended with " + code + ": " + said(command));
        }
    }

    private static int end(List<String> command) {
        try {
            Files.createDirectories(DIRECTORY);
            Process process = new ProcessBuilder(command)
                    .directory(DIRECTORY.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log(command).toFile())
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new AssertionError("not over after " + PATIENCE_SECONDS + " s: " + said(command));
            }
            return process.exitValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** A file for what a program says: programs run at the same time. */
    private static Path log(List<String> command) {
        String name = command.get(0) + "-" + Path.of(command.get(1)).getFileName();
        return DIRECTORY.resolve(name.replaceAll("[^A-Za-z0-9_.-]", "") + ".log");
    }

    private static String said(List<String> command) {
        try {
            return Files.readString(log(command));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
