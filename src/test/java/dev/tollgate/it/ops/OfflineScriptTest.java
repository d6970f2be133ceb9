package dev.tollgate.it.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.it.support.Shell;
import dev.tollgate.it.support.Shell.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code server-config/wildfly/offline.sh} beside processes with the command lines that servers have. The command line tool of this
 * home only says what it was asked to do. {@code WildFlyScriptsIT} has a real server.
 */
class OfflineScriptTest {

    private static final Path SCRIPT =
            Path.of("server-config/wildfly/offline.sh").toAbsolutePath();

    @TempDir
    private Path directory;

    private Path home;
    private Process server;

    @BeforeEach
    void unpack() throws IOException {
        home = Files.createDirectories(directory.resolve("a server"));
        Files.createDirectories(home.resolve("standalone"));
        Files.createDirectories(home.resolve("other"));
        Files.createSymbolicLink(home.resolve("link"), home.resolve("standalone"));
        Files.createFile(home.resolve("jboss-modules.jar"));
        Path tool = Files.createDirectories(home.resolve("bin")).resolve("jboss-cli.sh");
        Files.writeString(tool, "#!/bin/sh\necho ran \"$@\"\n");
        assertThat(tool.toFile().setExecutable(true)).isTrue();
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.destroyForcibly();
        }
    }

    /** Starts a process with the command line of a server, in the server's home. */
    private void start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("bash", "-c", "read -r line", "java"));
        for (String argument : arguments) {
            command.add(argument.replace("HOME", home.toString()));
        }
        server = new ProcessBuilder(command).directory(home.toFile()).start();
    }

    private Said install(Map<String, String> environment) throws Exception {
        Map<String, String> all = new TreeMap<>(environment);
        all.put("JBOSS_HOME", home.toString());
        return new Shell(home, all).run(SCRIPT + " install.cli -Dpostgresql.jar=/a.jar", true);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-Djboss.home.dir=HOME|-Djboss.server.base.dir=HOME/standalone|-b|0.0.0.0",
                "-Djboss.server.base.dir=HOME/link",
                "-Djboss.server.base.dir=standalone",
                "-Djboss.server.base.dir=HOME/other|-Djboss.server.base.dir=HOME/standalone",
                "-Djboss.home.dir=HOME",
                "-Djboss.socket.binding.port-offset=100"
            })
    void refusesWhileTheServerRunsHoweverItsDirectoryIsNamed(String options) throws Exception {
        start(("-jar|HOME/jboss-modules.jar|-mp|HOME/modules|org.jboss.as.standalone|" + options).split("\\|"));
        Said said = install(Map.of());
        assertThat(said.code()).as(said.text()).isEqualTo(3);
        assertThat(said.text())
                .isEqualTo("the server of " + home.resolve("standalone").toRealPath() + " runs (process " + server.pid()
                        + "): stop it first; nothing was changed\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.jboss.as.standalone|-Djboss.home.dir=HOME|-Djboss.server.base.dir=HOME/other",
                "org.jboss.as.standalone|-Djboss.home.dir=HOME/other",
                "org.jboss.as.cli|-Djboss.server.base.dir=HOME/standalone",
                "org.jboss.as.standalone.notes|-Djboss.server.base.dir=HOME/standalone"
            })
    void runsTheScriptBesideOtherServersAndPrograms(String command) throws Exception {
        start(command.split("\\|"));
        Said said = install(Map.of());
        assertThat(said.code()).as(said.text()).isZero();
        assertThat(said.text())
                .isEqualTo("ran -Dstopped.server.config=standalone.xml -Dpostgresql.jar=/a.jar --file="
                        + SCRIPT.getParent() + "/install.cli\n");
    }

    @Test
    void anotherBaseDirectoryIsThatOfTheToolsOptions() throws Exception {
        start("org.jboss.as.standalone", "-Djboss.server.base.dir=HOME/other");
        Path other = Files.createSymbolicLink(directory.resolve("other"), home.resolve("other"));
        Said said = install(Map.of("JAVA_OPTS", "-Xmx1g -Djboss.server.base.dir=" + other + " -Dx=y"));
        assertThat(said.code()).as(said.text()).isEqualTo(3);
    }

    @Test
    void saysWhatIsMissing() throws Exception {
        Said said = new Shell(home, Map.of("JBOSS_HOME", home.toString())).run(SCRIPT + " instal.cli", true);
        assertThat(said.code()).isEqualTo(2);
        assertThat(said.text()).contains("there is no script", "instal.cli");
        said = new Shell(home, Map.of("JBOSS_HOME", "")).run(SCRIPT + " install.cli", true);
        assertThat(said.code()).isEqualTo(2);
        assertThat(said.text()).startsWith("usage: ");
    }
}
