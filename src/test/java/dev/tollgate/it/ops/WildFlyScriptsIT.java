package dev.tollgate.it.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.tollgate.docs.Commands;
import dev.tollgate.fixture.Folders;
import dev.tollgate.fixture.postgres.PostgresDriver;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.it.support.Shell;
import dev.tollgate.it.support.Shell.Said;
import dev.tollgate.it.support.ShippedWar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The scripts of {@code server-config/wildfly/README.md} from top to bottom, on a server that nothing was done to yet. */
class WildFlyScriptsIT extends ShippedWar {

    private static final Path SCRIPTS = Path.of(
                    System.getProperty("tollgate.test.project", ""), "server-config/wildfly")
            .toAbsolutePath();

    /** A server whose own files are another's, but for what an installation changes. */
    private Path pristine() throws IOException {
        Path home = Path.of(System.getProperty("tollgate.test.wildfly.home")).toAbsolutePath();
        Path server = Path.of(System.getProperty("tollgate.test.dir"), "scripts", "wildfly");
        Folders.delete(server);
        Files.createDirectories(server);
        try (Stream<Path> parts = Files.list(home)) {
            for (Path part : parts.toList()) {
                String name = part.getFileName().toString();
                if (!name.equals("standalone") && !name.equals("modules")) {
                    Files.createSymbolicLink(server.resolve(name), part);
                }
            }
        }
        Files.createDirectory(server.resolve("modules"));
        Files.createSymbolicLink(server.resolve("modules/system"), home.resolve("modules/system"));
        Folders.copy(home.resolve("standalone"), server.resolve("standalone"));
        return server;
    }

    /** The scripts the page's commands name, in its order. */
    private static List<String> scripts() {
        Pattern command = Pattern.compile("\\./offline\\.sh (\\S+\\.cli)( -D\\S+)?");
        return Commands.all().stream()
                .filter(typed -> typed.page().equals("server-config/wildfly/README.md"))
                .map(typed -> command.matcher(typed.text()))
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .distinct()
                .toList();
    }

    @Test
    void thePagesScriptsSetAServerUpAndTakeEverythingOutAgain() throws Exception {
        Path server = pristine();
        Path configuration = server.resolve("standalone/configuration/standalone.xml");
        String before = Files.readString(configuration);
        assertThat(scripts())
                .containsExactly(
                        "install.cli", "secrets-off.cli", "json-logs.cli", "json-logs-off.cli", "uninstall.cli");
        // In one go, since each start of the command line costs seconds.
        StringBuilder all = new StringBuilder();
        for (String script : scripts()) {
            all.append(Files.readString(SCRIPTS.resolve(script))).append('\n');
        }
        Files.writeString(server.resolve("all.cli"), all);
        Said said = new Shell(server, Map.of("JBOSS_HOME", server.toString()))
                .run(SCRIPTS + "/offline.sh ./all.cli -Dpostgresql.jar=" + PostgresDriver.jar(), true);
        assertThat(said.code()).as(said.text()).isZero();
        assertThat(said.text()).contains("added", "removed  data source tollgate", "removed  module org.postgresql");
        assertThat(server.resolve("modules/org/postgresql")).doesNotExist();
        assertThat(Files.readString(configuration)).isEqualTo(before);
        Said early = new Shell(server, Map.of("JBOSS_HOME", server.toString()))
                .run("echo tollgate.jdbc.password=x | sh " + SCRIPTS + "/secrets.sh", true);
        assertThat(early.code()).as(early.text()).isEqualTo(1);
        assertThat(early.text()).contains("there is no data source tollgate: run install.cli first");
        assertThat(Files.readString(configuration)).isEqualTo(before);
        assertThat(configuration.resolveSibling("tollgate-key.cs")).doesNotExist();
    }

    @Test
    void noScriptTouchesAServerThatRuns() throws Exception {
        Path base = IntegrationServers.baseDirectory().toAbsolutePath();
        Path configuration = base.resolve("configuration");
        Map<String, Long> before = files(configuration);
        Shell operator = new Shell(
                base,
                Map.of(
                        "JBOSS_HOME",
                        System.getProperty("tollgate.test.wildfly.home"),
                        "JAVA_OPTS",
                        "-Djboss.server.base.dir=" + base));
        for (String script : allScripts()) {
            Said said = operator.run(SCRIPTS + "/offline.sh " + script, true);
            assertThat(said.code()).as(said.text()).isEqualTo(3);
            assertThat(said.text().lines())
                    .singleElement(STRING)
                    .contains(base.toString(), "process " + IntegrationServers.pid());
        }
        Said said = operator.run("echo tollgate.redis.password=x | " + SCRIPTS + "/secrets.sh", true);
        assertThat(said.code()).as(said.text()).isEqualTo(3);
        assertThat(said.text().lines()).singleElement(STRING).contains("stop it first; nothing was changed");
        assertThat(files(configuration)).isEqualTo(before);
    }

    @Test
    void aScriptThatNobodyCheckedForDoesNothing() throws Exception {
        Path server = pristine();
        Map<String, Long> before = files(server.resolve("standalone/configuration"));
        Said said = new Shell(server, Map.of("JBOSS_HOME", server.toString()))
                .run("$JBOSS_HOME/bin/jboss-cli.sh --file=" + SCRIPTS + "/json-logs.cli", true);
        assertThat(said.code()).as(said.text()).isNotZero();
        assertThat(said.text()).contains("run-this-by-offline.sh");
        assertThat(files(server.resolve("standalone/configuration"))).isEqualTo(before);
    }

    /** The scripts of the folder, each of which says that it needs to be checked for. */
    private static List<String> allScripts() throws IOException {
        try (Stream<Path> all = Files.list(SCRIPTS)) {
            return all.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".cli"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void everyScriptNeedsTheServerStopped() throws IOException {
        for (String script : allScripts()) {
            assertThat(Files.readString(SCRIPTS.resolve(script)))
                    .as(script)
                    .contains("\nembed-server --server-config=${stopped.server.config:run-this-by-offline.sh.xml} ");
        }
    }

    /** The files of a folder, with their sizes and times. */
    private static Map<String, Long> files(Path folder) throws IOException {
        Map<String, Long> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(
                        folder.relativize(file) + " " + Files.size(file),
                        Files.getLastModifiedTime(file).toMillis());
            }
        }
        return files;
    }
}
