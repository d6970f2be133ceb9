package dev.tollgate.it.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.fixture.server.JvmWarnings;
import dev.tollgate.fixture.server.Payara;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@code server-config/payara} makes of a domain. */
class PayaraIT {

    private static final Path SCRIPTS = Path.of(System.getProperty("tollgate.test.project"), "server-config", "payara");

    private static String read(String file) throws IOException {
        return Files.readString(directory().resolve(file), StandardCharsets.ISO_8859_1);
    }

    private static Path directory() {
        return IntegrationServers.payara().directory();
    }

    @Test
    void installSaysWhatItDidAndASecondRunChangesNothing() throws IOException {
        assertThat(read("logs/install.log").lines())
                .hasSize(7)
                .allMatch(line -> line.startsWith("added ") || line.startsWith("changed "));
        IntegrationServers.payara().installAgain(SCRIPTS);
        assertThat(read("logs/install-again.log").lines()).hasSize(7).allMatch(line -> line.startsWith("kept "));
    }

    @Test
    void thePasswordsAreInNoFileOfTheDomainInClearText() throws IOException {
        String password = IntegrationServers.settings().get("tollgate.jdbc.password");
        for (String file :
                new String[] {"config/domain.xml", "config/domain-passwords", "config/tollgate.properties"}) {
            assertThat(read(file)).as(file).doesNotContain(password);
        }
        assertThat(read("config/domain.xml")).contains("${MPCONFIG=tollgate.jdbc.password:tollgate}");
    }

    @Test
    void uninstallTakesEverythingOutAndASecondRunChangesNothing() throws IOException {
        Map<String, String> settings = new TreeMap<>(IntegrationServers.settings());
        // The page has a command of its own that takes it out again.
        settings.remove("tollgate.redis.seal");
        Payara server = (Payara) IntegrationServers.start("taken-out", settings, List.of());
        try {
            server.takeOut(SCRIPTS);
        } finally {
            server.close();
        }
        Path domain = server.directory();
        assertThat(JvmWarnings.removedFrom(Files.readString(domain.resolve("logs/uninstall.log")))
                        .lines())
                .hasSize(7)
                .allMatch(line -> line.startsWith("removed ") || line.startsWith("changed "));
        assertThat(JvmWarnings.removedFrom(Files.readString(domain.resolve("logs/uninstall-again.log")))
                        .lines())
                .allMatch(line -> line.startsWith("absent ") || line.startsWith("kept "));
        assertThat(Files.readString(domain.resolve("config/domain.xml"))).doesNotContain("tollgate", "postgresql");
        try (Stream<Path> libraries = Files.list(domain.resolve("lib"))) {
            assertThat(libraries).noneMatch(each -> each.toString().endsWith(".jar"));
        }
    }
}
