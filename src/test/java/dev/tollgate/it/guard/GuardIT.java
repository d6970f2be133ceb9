package dev.tollgate.it.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Folders;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.server.ForeignWars;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.fixture.server.WildFly;
import dev.tollgate.fixture.server.WildFlyBase;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.Bystander;
import dev.tollgate.it.support.Node;
import dev.tollgate.it.support.RedisAttacker;
import dev.tollgate.it.support.Strangers;
import jakarta.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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

/** The guard as it ships, before WARs that know nothing of it, on a WildFly that has Tollgate too. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GuardIT {

    private static final Path PROJECT = Path.of(System.getProperty("tollgate.test.project"));
    private static final Path SCRIPTS = PROJECT.resolve("server-config/wildfly");
    private static final Duration TWO_SECONDS = Duration.ofSeconds(2);

    private final Map<Path, Path> originals = new HashMap<>();
    private WildFlyBase base;
    private String configuredBefore;
    private WildFly server;
    private Node node;

    @BeforeAll
    void install() throws IOException {
        base = IntegrationServers.newBase("guard");
        configuredBefore = configuration();
        Folders.unzip(Path.of(System.getProperty("tollgate.test.guard")), base.home());
        assertThat(base.configure(SCRIPTS.resolve("install-guard.cli")))
                .contains("added    global module dev.tollgate.guard");
        String installed = configuration();
        assertThat(base.configure(SCRIPTS.resolve("install-guard.cli")))
                .contains("kept     global module dev.tollgate.guard");
        assertThat(configuration()).isEqualTo(installed);
        Path wars = Files.createDirectories(base.directory().resolve("foreign"));
        deploy(ForeignWars.complete(wars, "complete.war"));
        deploy(ForeignWars.ordered(wars, "ordered.war"));
        deploy(ForeignWars.complete(wars, "left.war"));
        deploy(ForeignWars.annotated(wars, "slow.war", SlowServlet.class));
        deploy(ForeignWars.annotated(wars, "deferred.war", SlowServlet.class));
        deploy(ForeignWars.of(
                wars,
                "raw.war",
                RawPathApplication.class,
                RawPathApplication.Files.class,
                RawPathApplication.Assets.class,
                RawPathApplication.Forward.class,
                RawPathApplication.Fail.class));
        Map<String, String> settings = new HashMap<>(IntegrationServers.settings());
        settings.put("tollgate.redis.budget", "1s");
        settings.put("tollgate.guard.applications", "*, !/left");
        settings.put("tollgate.guard.async", "/deferred");
        settings.put("tollgate.guard.routes.file", RawPaths.ROUTES.toString());
        server = WildFly.start(base, IntegrationServers.war(), settings, "-XX:TieredStopAtLevel=1");
        node = new Node("guarded", server);
        Ports.await(
                "the foreign WARs",
                Duration.ofMinutes(1),
                () -> get("/left/", null).statusCode() == 200);
    }

    @AfterAll
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private String configuration() throws IOException {
        return Files.readString(base.directory().resolve("configuration/standalone.xml"));
    }

    private void deploy(Path war) throws IOException {
        Path deployed = base.directory().resolve("deployments").resolve(war.getFileName());
        originals.put(war, Files.copy(war, deployed, StandardCopyOption.REPLACE_EXISTING));
    }

    private HttpResponse<String> get(String path, String key) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://localhost:" + server.httpPort() + path));
        return node.send(key == null ? request : request.header("X-API-Key", key));
    }

    private AdminClient.Key newKey(String tier) {
        return node.operator().newKey(node.operator().newAccount(tier));
    }

    @Test
    @Order(0)
    void guardIsThereBeforeTheFirstRequestAndOnceForAllApplications() throws IOException {
        String log = Files.readString(server.logFile());
        assertThat(log).contains("/complete is guarded", "/ordered is guarded", "/slow is guarded");
        assertThat(log).doesNotContain("/left is guarded", "/tollgate is guarded");
        // Tollgate's own and the guard's.
        assertThat(log.split("Redis is connected", -1)).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/tollgate/missing", "/tollgate/api/v1/missing", "/complete/missing", "/slow/missing"})
    @Order(0)
    void halfSentPostsToWhatIsMissingAreNoErrorOfOursEvenWhereNothingHasBeenAskedForYet(String path)
            throws IOException {
        for (String body : List.of("Content-Length: 8000\r\n\r\nx", "Transfer-Encoding: chunked\r\n\r\n5\r\nx")) {
            try (Socket socket = new Socket("localhost", server.httpPort())) {
                socket.setSoTimeout(20_000);
                socket.getOutputStream()
                        .write(("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + body)
                                .getBytes(StandardCharsets.US_ASCII));
                String status = new BufferedReader(
                                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                        .readLine();
                assertThat(status).startsWith("HTTP/1.1 4");
            }
        }
        assertThat(Files.readString(server.logFile())).doesNotContain("ClosedByInterruptException");
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
        URI left = URI.create("http://localhost:" + server.httpPort() + "/left/");
        bystander.ask(left);
        Bystander.Latency calm = bystander.ask(left);
        String key = newKey("enterprise").secret();
        URI attacked = URI.create("http://localhost:" + server.httpPort() + path);
        try (Strangers strangers = new Strangers(attacked, way, method, key)) {
            strangers.awaitFirsts();
            System.out.println(
                    "[unread] guarded " + way + " " + path + ": " + bystander.isServedBeside(left, null, calm));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/complete/", "/ordered/", "/slow/later", "/deferred/later"})
    @Order(1)
    void tenRequestsPassAndTheEleventhIs429WhateverTheWar(String path) {
        String key = newKey("free").secret();
        HttpResponse<String> refused = FreeWindow.useUp(() -> get(path, key));
        assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
    }

    @Test
    @Order(1)
    void requestsOfTheApplicationThatIsNamedForItComeBackAsAsynchronousDispatchesAndNoOthersDo() {
        String key = newKey("pro").secret();
        Deferred.apartFrom("/slow", "/deferred", path -> get(path, key));
    }

    @Test
    @Order(1)
    void noSpellingOfAPathIsAWayPastItsPolicyAndPathsOfOneMeaningAreServed() {
        RawPaths paths = new RawPaths(server.httpPort());
        paths.assertThatNoSpellingReachesAFileWithoutItsKey();
        paths.assertThatPathsOfOneMeaningAreServed(newKey("pro").secret());
        paths.assertThatDispatchesWithinTheApplicationWork(newKey("pro").secret());
    }

    @Test
    @Order(1)
    void http2IsNoWayPastPoliciesAndLimits() throws IOException {
        RawPaths paths = new RawPaths(server.httpPort());
        paths.assertThatPseudoHeaderFieldsAreNoWayPast(newKey("pro").secret());
        paths.assertThatBothVersionsOfHttpShareOneWindow(newKey("free").secret());
    }

    @Test
    @Order(1)
    void preflightsAreChargedToTheirAddress() {
        new RawPaths(server.httpPort()).assertThatPreflightsAreCharged();
    }

    @Test
    @Order(1)
    void unknownKeyIs401() {
        HttpResponse<String> refused = get(
                "/complete/", dev.tollgate.core.account.ApiKeyToken.generate().reveal());
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(401);
    }

    @Test
    @Order(1)
    void applicationThatIsLeftOutIsNot() {
        String key = newKey("free").secret();
        for (int i = 0; i < 12; i++) {
            HttpResponse<String> served = get("/left/", key);
            assertThat(served.statusCode()).isEqualTo(200);
            assertThat(served.headers().firstValue("RateLimit")).isEmpty();
        }
    }

    @Test
    @Order(1)
    void tollgatesOwnApplicationIsGatedOnce() {
        String key = newKey("free").secret();
        for (int i = 0; i < 10; i++) {
            assertThat(get("/tollgate/api/v1/check", key).statusCode()).isEqualTo(204);
        }
        assertThat(get("/tollgate/api/v1/check", key).statusCode()).isEqualTo(429);
    }

    @Test
    @Order(1)
    void usageAppearsInAnalyticsUnderTheContextPathAndAsTheApplicationSays() {
        String key = newKey("pro").secret();
        get("/complete/", key);
        get("/complete/nowhere", key);
        get("/slow/later", key);
        get("/slow/later?stored=12", key);
        Ports.await("what was metered", Duration.ofSeconds(5), () -> requests(key, "slow") == 1);
        assertThat(requests(key, "complete")).isEqualTo(2);
        JsonObject said = summary(key, "archive");
        assertThat(said.getInt("totalFilesUploaded")).isEqualTo(1);
        assertThat(said.getInt("totalFileSize")).isEqualTo(12);
    }

    private int requests(String key, String provider) {
        return summary(key, provider).getInt("totalRequests");
    }

    private JsonObject summary(String key, String provider) {
        HttpResponse<String> answer = get("/tollgate/api/v1/analytics?provider=" + provider, key);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return AdminClient.json(answer).getJsonObject("summary");
    }

    @Test
    @Order(1)
    void liftedBanAndOtherEditsHoldWithinTwoSeconds() {
        AdminClient.Key key = newKey("pro");
        assertThat(get("/complete/", key.secret()).statusCode()).isEqualTo(200);
        assertThat(node.operator()
                        .send(
                                "POST",
                                "/bans",
                                "{\"caller\":\"" + key.account() + "\",\"level\":\"1_DAY\",\"reason\":\"a test\"}")
                        .statusCode())
                .isLessThan(300);
        Ports.await(
                "the ban",
                TWO_SECONDS,
                () -> get("/complete/", key.secret()).body().contains("BANNED"));
        assertThat(node.operator()
                        .send("DELETE", "/bans/" + key.account() + "?reason=a+test", null)
                        .statusCode())
                .isLessThan(300);
        Ports.await(
                "the lift", TWO_SECONDS, () -> get("/complete/", key.secret()).statusCode() == 200);
        assertThat(node.operator()
                        .send("PUT", "/tiers/guarded", "{\"windowLimit\":1,\"monthlyQuota\":null}")
                        .statusCode())
                .isLessThan(300);
        node.operator().send("PATCH", "/accounts/" + key.account(), "{\"tier\":\"guarded\"}");
        Ports.await(
                "the new tier",
                TWO_SECONDS,
                () -> get("/complete/", key.secret()).statusCode() == 429);
        node.operator().send("PUT", "/tiers/guarded", "{\"windowLimit\":1000,\"monthlyQuota\":null}");
        Ports.await(
                "the raised limit",
                TWO_SECONDS,
                () -> get("/complete/", key.secret()).statusCode() == 200);
        node.operator().send("DELETE", "/keys/" + key.id(), null);
        Ports.await(
                "the revoked key",
                TWO_SECONDS,
                () -> get("/complete/", key.secret()).statusCode() == 401);
    }

    @Test
    @Order(1)
    void refusalIsInTheAuditTrail() {
        AdminClient.Key key = newKey("free");
        for (int i = 0; i < 11; i++) {
            get("/ordered/", key.secret());
        }
        Ports.await(
                "the row",
                Duration.ofSeconds(10),
                () -> node.operator()
                        .send("GET", "/audit?caller=" + key.account(), null)
                        .body()
                        .contains("LIMIT_EXCEEDED"));
    }

    /** Asked at the guarded application and, by the same attack, of Tollgate's own. */
    @Test
    @Order(1)
    void whatSomebodyWritesToRedisIsNobodysIdentityTierOrLift() {
        RedisAttacker attacker = new RedisAttacker(IntegrationServers.redis());
        AdminClient.Key theirs = newKey("enterprise");
        assertThat(get("/complete/", theirs.secret()).statusCode()).isEqualTo(200);
        String forged = attacker.forgeKey(theirs.id(), theirs.account(), "enterprise");
        assertThat(get("/complete/", forged).statusCode()).isEqualTo(401);
        String swapped = attacker.copyEntry(theirs.secret());
        assertThat(get("/complete/", swapped).statusCode()).isEqualTo(401);
        AdminClient.Key free = newKey("free");
        attacker.set("tier:{" + free.account() + "}", "enterprise");
        assertThat(get("/complete/", free.secret())
                        .headers()
                        .firstValue("RateLimit-Policy")
                        .orElse(""))
                .contains("\"minute\";q=10;");
        String before = attacker.entryOf(theirs.secret());
        node.operator().send("DELETE", "/keys/" + theirs.id(), null);
        Ports.await(
                "the revoked key",
                TWO_SECONDS,
                () -> get("/complete/", theirs.secret()).statusCode() == 401);
        attacker.set("apikey:{" + dev.tollgate.core.account.ApiKeyToken.hash(theirs.secret()) + "}", before);
        attacker.publish("changes:sealed", "1 everything -");
        attacker.incr("edition");
        assertThat(attacker.staysTrueFor(
                        Duration.ofSeconds(2),
                        () -> get("/complete/", theirs.secret()).statusCode() == 401))
                .as("a replayed entry of a revoked key")
                .isTrue();
        assertThat(node.operator()
                        .send(
                                "POST",
                                "/bans",
                                "{\"caller\":\"" + free.account() + "\",\"level\":\"PERMANENT\",\"reason\":\"a test\"}")
                        .statusCode())
                .isLessThan(300);
        Ports.await(
                "the ban", TWO_SECONDS, () -> get("/complete/", free.secret()).statusCode() == 403);
        attacker.lift(free.account());
        assertThat(attacker.staysTrueFor(
                        Duration.ofSeconds(2),
                        () -> get("/complete/", free.secret()).statusCode() == 403))
                .as("a forged lift")
                .isTrue();
    }

    @Test
    @Order(2)
    void uninstallTakesEverythingOutAndTheWarsAreAsTheyWere() throws IOException {
        server.close();
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
}
