package dev.tollgate.it.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.server.IntegrationServers;
import java.nio.file.Files;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Persons whom the server has authenticated, before a guarded application that has no idea of keys. */
@Order(2)
class GuardPrincipalsIT extends GuardCase {

    @Test
    void personsWithoutAnyKeyAreLimitedOneByOne() throws Exception {
        new Persons(guarded.node(), guarded.at("/secured/")).areLimitedOneByOneAndInTheAdministratorsLists();
        assertThat(Pattern.compile("\\b" + IntegrationServers.VISITOR + "\\b")
                        .matcher(Files.readString(guarded.server().logFile()))
                        .results()
                        .count())
                .as("names of principals in the log")
                .isZero();
    }
}
