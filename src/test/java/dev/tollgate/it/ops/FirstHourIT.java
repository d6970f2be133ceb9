package dev.tollgate.it.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tollgate.docs.Page;
import dev.tollgate.fixture.Folders;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.postgres.PostgresDriver;
import dev.tollgate.fixture.postgres.RealPostgres;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.it.support.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The page docs/first-hour.md, word by word in one shell, on a WildFly that was set up as the release's README says. Payara's
 * commands are those of {@code PayaraIT}.
 */
class FirstHourIT {

    private static final int PATIENCE_MINUTES = 8;

    private final Path directory =
            Path.of(System.getProperty("tollgate.test.dir"), "first-hour").toAbsolutePath();
    private final Path wildfly = directory.resolve("wildfly");
    private final int port = Ports.free();
    private final int management = Ports.free();

    private static List<String> blocks(String page) {
        return Page.all().stream()
                .filter(one -> one.name().equals(page))
                .flatMap(one -> one.blocks().stream())
                .filter(block -> block.kind().equals("sh"))
                .map(block -> String.join("\n", block.lines()))
                .toList();
    }

    @AfterEach
    void stop() {
        ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains("-Djboss.home.dir=" + wildfly))
                .forEach(ProcessHandle::destroyForcibly);
        Folders.delete(directory);
    }

    /** The folder of a release, as far as the page needs it. */
    private Path release() throws Exception {
        Path folder = Files.createDirectories(directory.resolve("release"));
        Path project = Path.of(System.getProperty("tollgate.test.project")).toAbsolutePath();
        Files.copy(IntegrationServers.war(), folder.resolve("tollgate.war"));
        Files.copy(project.resolve("src/release/README.md"), folder.resolve("README.md"));
        Files.createSymbolicLink(folder.resolve("server-config"), project.resolve("server-config"));
        return folder;
    }

    private Shell reader(Path folder) {
        Map<String, String> environment = new HashMap<>();
        environment.put("JBOSS_HOME", wildfly.toString());
        environment.put(
                "JAVA_OPTS",
                "-Xmx512m -Djava.net.preferIPv4Stack=true -Djboss.http.port=" + port + " -Djboss.https.port="
                        + Ports.free() + " -Djboss.management.http.port=" + management);
        // Has the start script pass signals on.
        environment.put("LAUNCH_JBOSS_IN_BACKGROUND", "true");
        return new Shell(folder, environment);
    }

    @Test
    void leadsFromTheFirstKeyToAnUpgrade() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/pg_dump")), "PostgreSQL's programs are not installed");
        Folders.delete(directory);
        Folders.copy(Path.of(System.getProperty("tollgate.test.wildfly.home")), wildfly);
        List<String> setUp = blocks("src/release/README.md");
        List<String> page = blocks("docs/first-hour.md");
        try (RealRedis redis = RealRedis.start();
                RealPostgres postgres = RealPostgres.startUnsynced()) {
            postgres.provide("tollgate", "change-me");
            String typed = setUp.get(1) + "\n" + setUp.get(2) + "\n"
                    + IntStream.range(0, page.size())
                            .mapToObj(i -> "echo; echo \"--- block " + i + "\"\n" + page.get(i))
                            .collect(Collectors.joining("\n"));
            Shell.Said said = reader(release())
                    .run(
                            typed.replace("localhost:8080", "localhost:" + port)
                                    .replace("localhost:9990", "localhost:" + management)
                                    .replace(":6379", ":" + redis.port())
                                    .replace(":5432", ":" + postgres.port())
                                    .replace("PGPORT=5432", "PGPORT=" + postgres.port())
                                    .replace("/path/to/postgresql-42.7.x.jar", "'" + PostgresDriver.jar() + "'"),
                            true,
                            PATIENCE_MINUTES);
            String all = said.text();
            assertThat(said.code()).as(all).isZero();
            assertThat(part(all, 0)).contains("\"status\"");
            assertThat(part(all, 1)).contains("201 ").contains("\"totalFilesUploaded\":1");
            assertThat(part(all, 2)).contains("201 201 429 ").contains("RATE_LIMIT_EXCEEDED");
            assertThat(part(all, 3))
                    .contains("429 ")
                    .contains("\"code\":\"BANNED\"")
                    .contains("201 ")
                    .contains("BAN_APPLIED")
                    .contains("BAN_LIFTED");
            assertThat(part(all, 6)).contains("401 ").contains("tollgate_info");
            assertThat(part(all, 8))
                    .contains("kept ")
                    .contains("\"balanced\":true")
                    .contains("201 ");
        }
    }

    private static String part(String all, int block) {
        String from = all.substring(all.indexOf("--- block " + block));
        int end = from.indexOf("\n--- block " + (block + 1));
        return end < 0 ? from : from.substring(0, end);
    }
}
