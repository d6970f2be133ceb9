package dev.tollgate.it.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.server.ForeignWars;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.fixture.server.WildFlyBase;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.ShippedWar;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A single foreign WAR gets the guard as a deployment overlay, while the server runs, and loses it again. */
class GuardOverlayIT extends ShippedWar {

    @TempDir
    Path directory;

    private final AdminClient operator = new AdminClient(this);

    @Test
    void overlaidApplicationIsGuardedAndItsNeighbourIsNot() throws IOException {
        Path overlaid = ForeignWars.complete(directory, "overlaid.war");
        Path neighbour = ForeignWars.complete(directory, "neighbour.war");
        byte[] before = Files.readAllBytes(overlaid);
        String jar = System.getProperty("tollgate.test.guard.jar");
        cli(
                "deploy " + overlaid,
                "deploy " + neighbour,
                "deployment-overlay add --name=tollgate-guard --content=/WEB-INF/lib/tollgate-guard.jar=" + jar
                        + " --deployments=overlaid.war --redeploy-affected");
        try {
            String key = operator.newKey(operator.newAccount("free")).secret();
            for (int i = 0; i < 10; i++) {
                assertThat(status("/overlaid/", key)).isEqualTo(200);
            }
            assertThat(status("/overlaid/", key)).isEqualTo(429);
            assertThat(status("/neighbour/", key)).isEqualTo(200);
            cli("deployment-overlay remove --name=tollgate-guard --redeploy-affected");
            assertThat(status("/overlaid/", key)).isEqualTo(200);
        } finally {
            cli("undeploy overlaid.war", "undeploy neighbour.war");
        }
        assertThat(overlaid).hasBinaryContent(before);
    }

    private int status(String path, String key) {
        URI here = at("/");
        HttpResponse<String> answer =
                send(HttpRequest.newBuilder(here.resolve(path)).header("X-API-Key", key));
        return answer.statusCode();
    }

    private static void cli(String... commands) {
        new WildFlyBase(
                        Path.of(System.getProperty("tollgate.test.wildfly.home"))
                                .toAbsolutePath(),
                        IntegrationServers.baseDirectory())
                .command(Integer.getInteger("tollgate.it.management.port"), commands);
    }
}
