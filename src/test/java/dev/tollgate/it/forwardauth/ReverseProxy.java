package dev.tollgate.it.forwardauth;

import dev.tollgate.fixture.Ports;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real reverse proxy with the configuration that ships; only its addresses and its patience are the test's. */
final class ReverseProxy implements AutoCloseable {

    private static final Path SHIPPED = Path.of(System.getProperty("tollgate.test.project", ""), "server-config");

    /** The proxies there are. */
    enum Kind {
        NGINX("nginx"),
        CADDY("caddy");

        private final String program;

        Kind(String program) {
            this.program = program;
        }
    }

    private final Process process;
    private final Path directory;
    private final int port;

    private ReverseProxy(Process process, Path directory, int port) {
        this.process = process;
        this.directory = directory;
        this.port = port;
    }

    /** Whether all of them are installed. Debian puts some where only root looks for programs. */
    static boolean areInstalled() {
        return Stream.of(Kind.values()).allMatch(kind -> program(kind) != null);
    }

    private static String program(Kind kind) {
        return Stream.concat(
                        Stream.of(System.getenv("PATH").split(File.pathSeparator)), Stream.of("/usr/sbin", "/usr/bin"))
                .map(place -> Path.of(place, kind.program))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElse(null);
    }

    /**
     * Starts one and waits until it serves.
     *
     * @param directory an empty one, for its files
     * @param tollgate the port of Tollgate's server
     * @param backend the port of what it guards
     */
    static ReverseProxy start(Kind kind, Path directory, int tollgate, int backend) throws IOException {
        int port = Ports.free();
        List<String> command =
                switch (kind) {
                    case NGINX -> nginx(directory, port, tollgate, backend);
                    case CADDY -> caddy(directory, port, tollgate, backend);
                };
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile());
        builder.environment().put("XDG_DATA_HOME", directory.toString());
        builder.environment().put("XDG_CONFIG_HOME", directory.toString());
        ReverseProxy proxy = new ReverseProxy(builder.start(), directory, port);
        try {
            Ports.await(kind + " serving", Duration.ofSeconds(20), () -> {
                if (!proxy.process.isAlive()) {
                    throw new IllegalStateException(kind + " ended: " + proxy.log());
                }
                return Ports.accepts(port);
            });
        } catch (IllegalStateException e) {
            proxy.close();
            throw e;
        }
        return proxy;
    }

    private static List<String> nginx(Path directory, int port, int tollgate, int backend) throws IOException {
        Files.writeString(
                directory.resolve("tollgate.conf"), patient(Files.readString(SHIPPED.resolve("nginx/tollgate.conf"))));
        String server = Files.readString(SHIPPED.resolve("nginx/example.conf"))
                .replace("127.0.0.1:8080", "127.0.0.1:" + tollgate)
                .replace("127.0.0.1:9000", "127.0.0.1:" + backend)
                .replace("listen 80;", "listen 127.0.0.1:" + port + ";");
        Files.writeString(directory.resolve("example.conf"), server);
        StringBuilder places = new StringBuilder();
        for (String kept : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
            places.append("  ").append(kept).append("_temp_path ").append(directory.resolve(kept + ".tmp;\n"));
        }
        Path main = Files.writeString(directory.resolve("nginx.conf"), """
                daemon off;
                master_process off;
                pid %s/pid;
                error_log stderr;
                events {}
                http {
                  access_log off;
                %s  include example.conf;
                }
                """.formatted(directory, places));
        return List.of(program(Kind.NGINX), "-p", directory + "/", "-e", "stderr", "-c", main.toString());
    }

    private static List<String> caddy(Path directory, int port, int tollgate, int backend) throws IOException {
        String shipped = patient(Files.readString(SHIPPED.resolve("caddy/Caddyfile")))
                .replace("127.0.0.1:8080", "127.0.0.1:" + tollgate)
                .replace("127.0.0.1:9000", "127.0.0.1:" + backend)
                .replace("\n:80 {", "\nhttp://:" + port + " {\n\tbind 127.0.0.1");
        Path file =
                Files.writeString(directory.resolve("Caddyfile"), "{\n\tadmin off\n\tauto_https off\n}\n" + shipped);
        return List.of(program(Kind.CADDY), "run", "--adapter", "caddyfile", "--config", file.toString());
    }

    /** The first look-ups of a server just started can take seconds on a busy machine. */
    private static String patient(String configuration) {
        return configuration.replaceAll("(?<=timeout {1,4})5s", "30s");
    }

    int port() {
        return port;
    }

    /** What it wrote, to be shown where a test fails. */
    String log() {
        try {
            return Files.readString(directory.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
