package dev.tollgate.it.guard;

import java.io.IOException;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** The end of the guard, after all other classes that share its server. */
@Order(3)
class GuardUninstallIT extends GuardCase {

    @Test
    void uninstallTakesEverythingOutAndTheWarsAreAsTheyWere() throws IOException {
        guarded.uninstall();
    }
}
