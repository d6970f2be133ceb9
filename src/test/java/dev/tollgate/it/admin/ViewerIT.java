package dev.tollgate.it.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.contract.Contract;
import dev.tollgate.contract.Contract.Operation;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.ShippedWar;
import jakarta.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A user with the role {@code tollgate-viewer}: what it sees, and that it changes nothing, by HTTP Basic and by a session. */
class ViewerIT extends ShippedWar {

    private static final String API = "/api/v1/admin";
    private static final String CREDENTIALS = "{\"user\":\"" + IntegrationServers.VIEWER + "\",\"password\":\""
            + IntegrationServers.ADMIN_PASSWORD + "\"}";

    private final AdminClient operator = new AdminClient(this);
    private final AdminClient viewer = new AdminClient(this, IntegrationServers.VIEWER);
    private AdminClient.Key key;
    private String state;

    @BeforeEach
    void somethingToSee() {
        key = operator.newKey(operator.newAccount("pro", "seen by a viewer"), "seen by a viewer");
        state = state();
    }

    /** What a change would be seen by. */
    private String state() {
        String account = "/accounts/" + key.account();
        return List.of(
                        "/accounts?size=1",
                        "/tiers?size=200",
                        "/routes",
                        account,
                        account + "/limits",
                        account + "/principals",
                        "/keys?accountId=" + key.account(),
                        "/bans/" + key.account())
                .stream()
                .map(path -> path + " " + send(operator.request(path).GET()).body())
                .map(text -> text.replaceAll("#[0-9a-f]{32}", "").replaceAll("\"lastUsedAt\":[^,}]*", ""))
                .collect(Collectors.joining("\n"));
    }

    /** Every operation of administration of the contract. */
    private List<Operation> operations() {
        return new Contract(get("/openapi.json", Map.of()).body())
                .operations().values().stream()
                        .filter(operation -> operation.path().startsWith(API))
                        .toList();
    }

    private String path(Operation operation) {
        String id = operation.path().contains("/accounts/") ? key.account() : key.id();
        String query = operation.path().endsWith("/stream") ? "?events=1" : "";
        return (operation.path() + query)
                .replace("{id}", id)
                .replace("{keyId}", key.id())
                .replace("{batchId}", "1")
                .replace("{principal}", key.id())
                .replace("{name}", operation.path().contains("/routes/") ? "uploads" : "free")
                .replace("{caller}", key.account());
    }

    /** The operation as its example has it; where it has none, with an empty object. */
    private HttpRequest.Builder asked(Contract contract, Operation operation, Map<String, String> by) {
        HttpRequest.Builder request = HttpRequest.newBuilder(at(path(operation)));
        by.forEach(request::header);
        if (operation.method().equals("GET")) {
            return request.GET();
        }
        var body = contract.bodies(operation).get("application/json");
        return request.header("Content-Type", "application/json")
                .method(
                        operation.method(),
                        operation.method().equals("DELETE")
                                ? BodyPublishers.noBody()
                                : BodyPublishers.ofString(
                                        body == null
                                                ? "{}"
                                                : body.path("example").toString()));
    }

    private Map<String, String> basic() {
        return Map.of(
                "Authorization",
                viewer.request("/")
                        .build()
                        .headers()
                        .firstValue("Authorization")
                        .orElseThrow());
    }

    private HttpResponse<String> signIn() {
        HttpResponse<String> begun = send(HttpRequest.newBuilder(at("/console/session"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(CREDENTIALS)));
        assertThat(begun.statusCode()).as(begun.body()).isEqualTo(200);
        return begun;
    }

    /** The cookie and the token, as the console's pages send them. */
    private Map<String, String> session() {
        HttpResponse<String> begun = signIn();
        return Map.of(
                "Cookie",
                begun.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0],
                "Tollgate-Token",
                AdminClient.json(begun).getString("token"));
    }

    @Test
    void viewerSeesWhatEveryOperationShowsAndIsRefusedWhatEveryOtherChanges() {
        Contract contract = new Contract(get("/openapi.json", Map.of()).body());
        Map<String, Integer> seen = new TreeMap<>();
        int refused = 0;
        for (Map<String, String> by : List.of(basic(), session())) {
            for (Operation operation : operations()) {
                HttpResponse<String> answer = send(asked(contract, operation, by));
                if (operation.method().equals("GET")) {
                    seen.merge(operation.name(), answer.statusCode(), Math::min);
                    continue;
                }
                refused++;
                assertThat(answer.statusCode()).as(operation.name()).isEqualTo(403);
                assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
                assertThat(AdminClient.json(answer).getString("code")).isEqualTo("FORBIDDEN");
                assertThat(AdminClient.json(answer).getString("detail"))
                        .contains("tollgate-viewer may look at everything and change nothing", "role tollgate-admin.");
                assertThat(contract.documents(operation, 403))
                        .as(operation.name() + " says so in the contract")
                        .isTrue();
            }
        }
        System.out.printf("a viewer: %d operations seen, %d requests refused%n", seen.size(), refused);
        // A caller is searched by a text, and this one is not banned.
        assertThat(seen.remove("GET " + API + "/callers")).isEqualTo(400);
        assertThat(seen.remove("GET " + API + "/bans/{caller}")).isEqualTo(404);
        assertThat(seen)
                .hasSizeGreaterThan(20)
                .allSatisfy((operation, status) -> assertThat(status).isEqualTo(200));
        assertThat(refused).isGreaterThan(40);
        assertThat(state()).isEqualTo(state);
        assertThat(upload()).as("its key goes on working").isEqualTo(201);
    }

    private int upload() {
        return send(HttpRequest.newBuilder(at("/api/v1/uploads/local?fileName=seen.txt"))
                        .header("X-API-Key", key.secret())
                        .header("Content-Type", "text/plain")
                        .POST(BodyPublishers.ofString("seen")))
                .statusCode();
    }

    @Test
    void viewerDownloadsTablesAndWatchesTheOverview() {
        for (String path : List.of("/audit/export", "/keys/" + key.id() + "/analytics/daily")) {
            HttpResponse<String> answer =
                    send(viewer.request(path).header("Accept", "text/csv").GET());
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
                    .as(path)
                    .startsWith("text/csv");
        }
        HttpResponse<String> stream = send(viewer.request("/overview/stream?events=1")
                .header("Accept", "text/event-stream")
                .GET());
        assertThat(stream.statusCode()).isEqualTo(200);
        assertThat(stream.body()).contains("event: overview");
        assertThat(send(viewer.request("/accounts").method("HEAD", BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void viewersSessionSaysItsRoleOpensTheConsoleAndEnds() {
        HttpResponse<String> begun = signIn();
        assertThat(AdminClient.json(begun).getString("role")).isEqualTo(IntegrationServers.VIEWER_ROLE);
        Map<String, String> cookie = Map.of(
                "Cookie", begun.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0]);
        assertThat(get("/console/session", cookie).body())
                .isEqualTo("{\"user\":\"viewer\",\"role\":\"tollgate-viewer\"}");
        assertThat(get("/", cookie).statusCode()).isEqualTo(200);
        assertThat(get("/console/app.js", cookie).statusCode()).isEqualTo(200);
        assertThat(send(HttpRequest.newBuilder(at("/console/session"))
                                .header("Cookie", cookie.get("Cookie"))
                                .DELETE())
                        .statusCode())
                .isEqualTo(204);
        assertThat(get(API + "/accounts", cookie).statusCode()).isEqualTo(401);
    }

    @Test
    void viewersSignInIsAuditedWithItsRoleAndNothingElseOfIt() {
        signIn();
        Ports.await(
                "the sign-in in the audit trail",
                Duration.ofSeconds(20),
                () -> send(operator.request("/audit?type=ADMIN_SIGN_IN&q=viewer&size=200")
                                .GET())
                        .body()
                        .contains("\"role\":\"tollgate-viewer\""));
        assertThat(AdminClient.json(send(
                                operator.request("/audit?size=200&q=viewer").GET()))
                        .getJsonArray("items")
                        .getValuesAs(JsonObject.class))
                .filteredOn(row -> row.getString("actor").equals(IntegrationServers.VIEWER))
                .isNotEmpty()
                .allMatch(row -> row.getString("type").equals("ADMIN_SIGN_IN"));
        assertThat(send(operator.request("/audit?type=ADMIN_SIGN_IN&size=200").GET())
                        .body())
                .contains("\"role\":\"tollgate-admin\"");
    }
}
