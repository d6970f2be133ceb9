package dev.tollgate.it.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Folders;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.TcpProxy;
import dev.tollgate.fixture.server.ForeignWars;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.fixture.server.WildFly;
import dev.tollgate.fixture.server.WildFlyBase;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A WildFly with Tollgate and, as a module, the guard as it ships, before WARs that know nothing of it. */
final class GuardedWildFly implements AutoCloseable {

    private static final Path PROJECT = Path.of(System.getProperty("tollgate.test.project"));
    private static final Path SCRIPTS = PROJECT.resolve("server-config/wildfly");

    /** Where pages of another origin are, which may read what is refused. */
    static final int PAGES_PORT = Ports.free();

    static final String PAGES = "http://127.0.0.1:" + PAGES_PORT;

    private final Map<Path, Path> originals = new HashMap<>();
    private final TcpProxy toRedis = new TcpProxy(IntegrationServers.redis().port());
    private final TokenIssuer issuer = new TokenIssuer();
    private final WildFlyBase base;
    private final String configuredBefore;
    private final WildFly server;
    private final Node node;

    private GuardedWildFly(WildFlyBase base) throws IOException {
        this.base = base;
        configuredBefore = configuration();
        Folders.unzip(Path.of(System.getProperty("tollgate.test.guard")), base.home());
        assertThat(base.configure(SCRIPTS.resolve("install-guard.cli")))
                .contains("added    global module dev.tollgate.guard");
        String installed = configuration();
        assertThat(base.configure(SCRIPTS.resolve("install-guard.cli")))
                .contains("kept     global module dev.tollgate.guard");
        assertThat(configuration()).isEqualTo(installed);
        base.putUser(IntegrationServers.VISITOR, IntegrationServers.ADMIN_PASSWORD, List.of());
        Path wars = Files.createDirectories(base.directory().resolve("foreign"));
        deploy(ForeignWars.complete(wars, "complete.war"));
        deploy(ForeignWars.ordered(wars, "ordered.war"));
        deploy(ForeignWars.complete(wars, "left.war"));
        deploy(ForeignWars.annotated(wars, "slow.war", SlowServlet.class));
        deploy(ForeignWars.annotated(wars, "deferred.war", SlowServlet.class));
        deploy(ForeignWars.of(wars, "cors.war", OwnCorsFilter.class));
        deploy(ForeignWars.secured(wars, "secured.war"));
        deploy(ForeignWars.behindTokens(wars, "tokens.war", issuer.url()));
        deploy(ForeignWars.of(
                wars,
                "raw.war",
                RawPathApplication.class,
                RawPathApplication.Files.class,
                RawPathApplication.Assets.class,
                RawPathApplication.Forward.class,
                RawPathApplication.Fail.class));
        Map<String, String> settings = new HashMap<>(IntegrationServers.settings());
        settings.put("tollgate.redis.url", toRedis.url());
        settings.put("tollgate.redis.budget", "1s");
        settings.put("tollgate.guard.applications", "*, !/left");
        settings.put("tollgate.cors.origins", PAGES);
        settings.put("tollgate.guard.async", "/deferred");
        settings.putAll(Persons.SETTINGS);
        settings.put("tollgate.guard.routes.file", RawPaths.ROUTES.toString());
        server = WildFly.start(base, IntegrationServers.war(), settings, "-XX:TieredStopAtLevel=1");
        node = new Node("guarded", server);
        Ports.await(
                "the foreign WARs",
                Duration.ofMinutes(1),
                () -> get("/left/", null).statusCode() == 200);
    }

    /** Installs the guard, twice, of which the second changes nothing, deploys the WARs and starts the server. */
    static GuardedWildFly start() {
        try {
            return new GuardedWildFly(IntegrationServers.newBase("guard"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String configuration() throws IOException {
        return Files.readString(base.directory().resolve("configuration/standalone.xml"));
    }

    private void deploy(Path war) throws IOException {
        Path deployed = base.directory().resolve("deployments").resolve(war.getFileName());
        originals.put(war, Files.copy(war, deployed, StandardCopyOption.REPLACE_EXISTING));
    }

    HttpResponse<String> get(String path, String key) {
        HttpRequest.Builder request = HttpRequest.newBuilder(at(path));
        return node.send(key == null ? request : request.header("X-API-Key", key));
    }

    AdminClient.Key newKey(String tier) {
        return node.operator().newKey(node.operator().newAccount(tier));
    }

    WildFly server() {
        return server;
    }

    /** What leads to the Redis of Tollgate and of the guard, and of no other server. */
    TcpProxy toRedis() {
        return toRedis;
    }

    /** Whose tokens the application below {@code /tokens} takes. */
    TokenIssuer issuer() {
        return issuer;
    }

    /** Tollgate on the same server, and its administrators. */
    Node node() {
        return node;
    }

    /** Where an application of the server is, such as {@code /left/}. */
    URI at(String path) {
        return URI.create("http://localhost:" + server.httpPort() + path);
    }

    /** Stops the server and checks that uninstalling leaves the configuration, the WARs and the modules as they were. */
    void uninstall() throws IOException {
        close();
        for (Map.Entry<Path, Path> war : originals.entrySet()) {
            assertThat(Files.mismatch(war.getKey(), war.getValue())).isEqualTo(-1);
        }
        assertThat(base.configure(SCRIPTS.resolve("uninstall-guard.cli")))
                .contains("removed  global module dev.tollgate.guard")
                .contains("removed  module dev.tollgate.guard");
        assertThat(base.configure(SCRIPTS.resolve("uninstall-guard.cli")))
                .doesNotContain("removed")
                .contains("absent   module dev.tollgate.guard");
        assertThat(configuration()).isEqualTo(configuredBefore);
        assertThat(base.home().resolve("modules/dev/tollgate/guard")).doesNotExist();
        Folders.delete(base.home().resolve("tollgate-guard"));
    }

    /** Stops the server, if it still runs. */
    @Override
    public void close() {
        server.close();
        toRedis.close();
        issuer.close();
    }
}
