package dev.tollgate.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.ForeignWars;
import dev.tollgate.fixture.IntegrationServers;
import dev.tollgate.fixture.WildFlyBase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A single foreign WAR gets the guard as a deployment overlay, while the server runs, and loses it again. */
class GuardOverlayIT extends ShippedWar {

    @TempDir
    Path directory;

    private final Operator operator = new Operator(this);

    @Test
    void overlaidApplicationIsGuardedAndItsNeighbourIsNot() throws IOException, SQLException {
        Path overlaid = ForeignWars.complete(directory, "overlaid.war");
        Path neighbour = ForeignWars.complete(directory, "neighbour.war");
        byte[] before = Files.readAllBytes(overlaid);
        String jar = System.getProperty("tollgate.test.guard.jar");
        cli(
                "/system-property=tollgate.redis.seal:add(value=" + keptSecret() + ")",
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
            cli("undeploy overlaid.war", "undeploy neighbour.war", "/system-property=tollgate.redis.seal:remove");
        }
        assertThat(overlaid).hasBinaryContent(before);
    }

    /** The secret that the WAR, having none in its settings, shares with its like: as the runbook says how to read it. */
    private static String keptSecret() throws SQLException {
        Map<String, String> settings = IntegrationServers.settings();
        try (Connection database = DriverManager.getConnection(
                        settings.get("tollgate.jdbc.url"),
                        settings.get("tollgate.jdbc.user"),
                        settings.get("tollgate.jdbc.password"));
                Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery("SELECT secret FROM shared_secrets WHERE name = 'redis.seal'")) {
            row.next();
            return row.getString(1);
        }
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
