package dev.tollgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.IntegrationServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What {@code server-config/payara} made of the domain that all other tests use. */
class PayaraIT {

    private static String read(String file) throws IOException {
        return Files.readString(directory().resolve(file));
    }

    private static Path directory() {
        return IntegrationServers.payara().directory();
    }

    @Test
    void installSaysWhatItDidAndASecondRunChangesNothing() throws IOException {
        assertThat(read("logs/install.log").lines())
                .hasSize(4)
                .allMatch(line -> line.startsWith("added ") || line.startsWith("changed "));
        assertThat(read("logs/install-again.log").lines()).hasSize(4).allMatch(line -> line.startsWith("kept "));
    }

    @Test
    void thePasswordsAreInNoFileOfTheDomainInClearText() throws IOException {
        String password = IntegrationServers.settings().get("tollgate.jdbc.password");
        for (String file : new String[] {"config/domain.xml", "config/domain-passwords", "config/tollgate.properties"}) {
            assertThat(read(file)).as(file).doesNotContain(password);
        }
        assertThat(read("config/domain.xml")).contains("${MPCONFIG=tollgate.jdbc.password:tollgate}");
    }
}
