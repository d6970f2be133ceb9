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
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A real reverse proxy with the configuration that ships; only its addresses, its patience and a location without a gate are the
 * test's. It speaks HTTP/2 in cleartext on a port of its own.
 */
public final class ReverseProxy implements AutoCloseable {

    private static final Path SHIPPED = Path.of(System.getProperty("tollgate.test.project", ""), "server-config");

    /** The proxies there are. */
    public enum Kind {
        NGINX("nginx"),
        CADDY("caddy");

        private final String program;

        Kind(String program) {
            this.program = program;
        }
    }

    /**
     * Between what a proxy stands, and for whom.
     *
     * @param tollgate the port of Tollgate's server
     * @param backend the port of what the proxy guards
     * @param pages the origin whose pages may read that Tollgate is down; null for none
     */
    public record Place(int tollgate, int backend, String pages) {

        private String in(String configuration) {
            String named = pages == null
                    ? configuration
                    : configuration
                            .replaceAll("(?m)^(\\s*)# (if \\(\\$http_origin|@page |header @page )", "$1$2")
                            .replace("https://shop.example", pages);
            return patient(named)
                    .replace("127.0.0.1:8080", "127.0.0.1:" + tollgate)
                    .replace("127.0.0.1:9000", "127.0.0.1:" + backend);
        }

        /** The first look-ups of a server just started can take seconds on a busy machine. */
        private static String patient(String configuration) {
            return configuration.replaceAll("(?<=timeout {1,4})5s", "30s");
        }
    }

    private final Process process;
    private final Path directory;
    private final int port;
    private final int http2Port;

    private ReverseProxy(Process process, Path directory, int port, int http2Port) {
        this.process = process;
        this.directory = directory;
        this.port = port;
        this.http2Port = http2Port;
    }

    /** Whether all of them are installed. Debian puts some where only root looks for programs. */
    public static boolean areInstalled() {
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
     */
    public static ReverseProxy start(Kind kind, Path directory, Place place) throws IOException {
        return start(kind, directory, place, UnaryOperator.identity());
    }

    /**
     * The same, with changes of the operator's.
     *
     * @param change what the operator makes of {@code example.conf} or the {@code Caddyfile}
     */
    static ReverseProxy start(Kind kind, Path directory, Place place, UnaryOperator<String> change) throws IOException {
        int port = Ports.free();
        int http2Port = Ports.free();
        List<String> command =
                switch (kind) {
                    case NGINX -> nginx(directory, port, http2Port, place, change);
                    case CADDY -> caddy(directory, port, http2Port, place, change);
                };
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile());
        builder.environment().put("XDG_DATA_HOME", directory.toString());
        builder.environment().put("XDG_CONFIG_HOME", directory.toString());
        ReverseProxy proxy = new ReverseProxy(builder.start(), directory, port, http2Port);
        try {
            Ports.await(kind + " serving", Duration.ofSeconds(20), () -> {
                if (!proxy.process.isAlive()) {
                    throw new IllegalStateException(kind + " ended: " + proxy.log());
                }
                return Ports.accepts(port) && Ports.accepts(http2Port);
            });
        } catch (IllegalStateException e) {
            proxy.close();
            throw e;
        }
        return proxy;
    }

    private static List<String> nginx(
            Path directory, int port, int http2Port, Place place, UnaryOperator<String> change) throws IOException {
        for (String file : List.of("tollgate.conf", "tollgate-backend.conf")) {
            Files.writeString(
                    directory.resolve(file),
                    place.in(Files.readString(SHIPPED.resolve("nginx").resolve(file))));
        }
        String server = change.apply(place.in(Files.readString(SHIPPED.resolve("nginx/example.conf"))))
                .replace(
                        "    listen 80;",
                        "    listen 127.0.0.1:" + port + ";\n    listen 127.0.0.1:" + http2Port + " http2;")
                .replace(
                        "    location / {",
                        "    location /ungated/ {\n        auth_request off;\n        proxy_pass http://backend;\n    }\n"
                                + "\n    location / {");
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

    private static List<String> caddy(
            Path directory, int port, int http2Port, Place place, UnaryOperator<String> change) throws IOException {
        String shipped = change.apply(place.in(Files.readString(SHIPPED.resolve("caddy/Caddyfile"))))
                .replace("\n:80 {", "\nhttp://:" + port + ", http://:" + http2Port + " {\n\tbind 127.0.0.1");
        // Cleartext HTTP/2 on the second port alone: on the first, the proxy would answer "Upgrade: h2c" itself.
        Path file = Files.writeString(
                directory.resolve("Caddyfile"),
                "{\n\tadmin off\n\tauto_https off\n\tservers 127.0.0.1:" + http2Port
                        + " {\n\t\tprotocols h1 h2 h2c\n\t}\n}\n" + shipped);
        return List.of(program(Kind.CADDY), "run", "--adapter", "caddyfile", "--config", file.toString());
    }

    public int port() {
        return port;
    }

    /** Where it speaks HTTP/2 to clients that know that it does. */
    public int http2Port() {
        return http2Port;
    }

    /** What it wrote, to be shown where a test fails. */
    public String log() {
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
