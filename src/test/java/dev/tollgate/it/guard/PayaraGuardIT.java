package dev.tollgate.it.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.server.ForeignWars;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.fixture.server.Payara;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.Bystander;
import dev.tollgate.it.support.Node;
import dev.tollgate.it.support.RedisAttacker;
import dev.tollgate.it.support.Strangers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The guard as it ships, a library of a Payara domain, before WARs that know nothing of it; Tollgate is on the same server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PayaraGuardIT {

    private static final Path SCRIPTS = Path.of(System.getProperty("tollgate.test.project"), "server-config", "payara");

    private Payara server;
    private Node node;

    @BeforeAll
    void install() throws IOException {
        Map<String, String> settings = new HashMap<>(IntegrationServers.settings());
        settings.put("tollgate.redis.budget", "1s");
        settings.put("tollgate.guard.applications", "*, !/left");
        settings.put("tollgate.guard.async", "/deferred");
        settings.put("tollgate.guard.routes.file", RawPaths.ROUTES.toString());
        settings.putAll(Persons.SETTINGS);
        server = (Payara) IntegrationServers.start("guard", settings, List.of());
        Path wars = Files.createDirectories(server.directory().resolve("foreign"));
        server.deploy(ForeignWars.complete(wars, "complete.war"));
        server.deploy(ForeignWars.ordered(wars, "ordered.war"));
        server.deploy(ForeignWars.complete(wars, "left.war"));
        server.deploy(ForeignWars.secured(wars, "secured.war"));
        server.deploy(ForeignWars.annotated(wars, "slow.war", SlowServlet.class));
        server.deploy(ForeignWars.annotated(wars, "deferred.war", SlowServlet.class));
        server.deploy(ForeignWars.of(
                wars,
                "raw.war",
                RawPathApplication.class,
                RawPathApplication.Files.class,
                RawPathApplication.Assets.class,
                RawPathApplication.Forward.class,
                RawPathApplication.Fail.class));
        server.guard(SCRIPTS, Path.of(System.getProperty("tollgate.test.guard.jar")));
        node = new Node("guarded", server);
        awaitApplications();
    }

    @AfterAll
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private void awaitApplications() {
        Ports.await(
                "the foreign WARs",
                Duration.ofMinutes(1),
                () -> get("/left/", null).statusCode() == 200);
    }

    private HttpResponse<String> get(String path, String key) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.root() + path));
        return node.send(key == null ? request : request.header("X-API-Key", key));
    }

    private String newKey(String tier) {
        return node.operator().newKey(node.operator().newAccount(tier)).secret();
    }

    @Test
    @Order(0)
    void installSaysWhatItDidAndASecondRunChangesNothing() throws IOException {
        Path logs = server.directory().resolve("logs");
        assertThat(Files.readString(logs.resolve("install-guard.log")))
                .startsWith("added    library tollgate-guard.jar");
        assertThat(Files.readString(logs.resolve("install-guard-again.log")))
                .isEqualTo("kept     library tollgate-guard.jar\n");
    }

    @ParameterizedTest
    @CsvSource({
        "STREAMS,POST,/complete/",
        "STREAMS_TRICKLED,GET,/slow/later",
        "CHUNKED,GET,/deferred/later",
        "LENGTH,POST,/ordered/"
    })
    @Order(1)
    void bodiesThatGuardedApplicationsDoNotReadHoldUpNobody(Strangers.Way way, String method, String path)
            throws Exception {
        Bystander bystander = new Bystander(node);
        URI left = URI.create(server.root() + "/left/");
        bystander.ask(left);
        Bystander.Latency calm = bystander.ask(left);
        try (Strangers strangers = new Strangers(URI.create(server.root() + path), way, method, newKey("enterprise"))) {
            strangers.awaitFirsts();
            System.out.println(
                    "[unread] guarded " + way + " " + path + ": " + bystander.isServedBeside(left, null, calm));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/complete/", "/ordered/", "/slow/later", "/deferred/later"})
    @Order(1)
    void tenRequestsPassAndTheEleventhIs429WhateverTheWar(String path) {
        String key = newKey("free");
        HttpResponse<String> refused = FreeWindow.useUp(() -> get(path, key));
        assertThat(refused.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
    }

    @Test
    @Order(1)
    void requestsOfTheApplicationThatIsNamedForItComeBackAsAsynchronousDispatchesAndNoOthersDo() {
        String key = newKey("pro");
        Deferred.apartFrom("/slow", "/deferred", path -> get(path, key));
    }

    @Test
    @Order(1)
    void noSpellingOfAPathIsAWayPastItsPolicyAndPathsOfOneMeaningAreServed() {
        RawPaths paths = new RawPaths(URI.create(server.root()).getPort());
        paths.assertThatNoSpellingReachesAFileWithoutItsKey();
        paths.assertThatPathsOfOneMeaningAreServed(newKey("pro"));
        paths.assertThatDispatchesWithinTheApplicationWork(newKey("pro"));
    }

    @Test
    @Order(1)
    void http2IsNoWayPastPoliciesAndLimits() throws IOException {
        RawPaths paths = new RawPaths(URI.create(server.root()).getPort());
        paths.assertThatPseudoHeaderFieldsAreNoWayPast(newKey("pro"));
        paths.assertThatBothVersionsOfHttpShareOneWindow(newKey("free"));
    }

    @Test
    @Order(1)
    void preflightsAreChargedToTheirAddress() {
        new RawPaths(URI.create(server.root()).getPort()).assertThatPreflightsAreCharged();
    }

    @Test
    @Order(1)
    void unknownKeyIs401AndAnApplicationThatIsLeftOutAsksForNone() {
        String unknown = ApiKeyToken.generate().reveal();
        // From an address of its own: guesses are counted, and other tests guess from here.
        HttpRequest.Builder guess = HttpRequest.newBuilder(URI.create(server.root() + "/complete/"))
                .header("X-Forwarded-For", "203.0.113.201")
                .header("X-API-Key", unknown);
        assertThat(node.send(guess).statusCode()).isEqualTo(401);
        assertThat(get("/left/", unknown).statusCode()).isEqualTo(200);
    }

    @Test
    @Order(1)
    void requestsAreMeteredUnderTheContextPathAndTollgateItselfIsGatedOnce() {
        String key = newKey("pro");
        get("/complete/", key);
        get("/slow/later", key);
        Ports.await(
                "what was metered",
                Duration.ofSeconds(5),
                () -> requests(key, "complete") == 1 && requests(key, "slow") == 1);
        HttpResponse<String> checked = get("/gate/api/v1/check", key);
        assertThat(checked.statusCode()).as(checked.body()).isEqualTo(204);
        assertThat(checked.headers().firstValue("RateLimit").orElse("")).contains("\"minute\";r=97;");
    }

    @Test
    @Order(1)
    void personsWithoutAnyKeyAreLimitedOneByOne() {
        new Persons(node, URI.create(server.root() + "/secured/")).areLimitedOneByOneAndInTheAdministratorsLists();
    }

    private int requests(String key, String provider) {
        HttpResponse<String> answer = get("/gate/api/v1/analytics?provider=" + provider, key);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return AdminClient.json(answer).getJsonObject("summary").getInt("totalRequests");
    }

    @Test
    @Order(1)
    void whatSomebodyWritesToRedisIsNobodysIdentity() {
        RedisAttacker attacker = new RedisAttacker(IntegrationServers.redis());
        AdminClient.Key theirs = node.operator().newKey(node.operator().newAccount("enterprise"));
        assertThat(get("/complete/", theirs.secret()).statusCode()).isEqualTo(200);
        for (String made : List.of(
                attacker.forgeKey(theirs.id(), theirs.account(), "enterprise"), attacker.copyEntry(theirs.secret()))) {
            // From an address of its own: guesses are counted, and other tests guess from here.
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.root() + "/complete/"))
                    .header("X-Forwarded-For", "203.0.113.202")
                    .header("X-API-Key", made);
            assertThat(node.send(request).statusCode()).isEqualTo(401);
        }
    }

    @Test
    @Order(2)
    void uninstallTakesItOutAndASecondRunChangesNothing() throws IOException {
        server.unguard(SCRIPTS);
        awaitApplications();
        String unknown = ApiKeyToken.generate().reveal();
        Ports.await(
                "the WAR unguarded",
                Duration.ofMinutes(1),
                () -> get("/complete/", unknown).statusCode() == 200);
        Path logs = server.directory().resolve("logs");
        assertThat(Files.readString(logs.resolve("uninstall-guard.log")))
                .startsWith("removed  library tollgate-guard.jar");
        assertThat(Files.readString(logs.resolve("uninstall-guard-again.log")))
                .isEqualTo("absent   library tollgate-guard.jar\n");
        assertThat(server.directory().resolve("lib/tollgate-guard.jar")).doesNotExist();
    }
}
