package dev.tollgate.it.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.Node;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/** People who sign in to a guarded application and have no API key: each has limits of its own. */
final class Persons {

    /** What the guard and the WAR are told. */
    static final Map<String, String> SETTINGS = Map.of(
            "tollgate.principals", "container",
            "tollgate.principals.unknown", "create",
            "tollgate.principals.tiers", "tollgate-admin=pro,*=free");

    private final Node node;
    private final URI secured;

    /**
     * @param node the node with Tollgate
     * @param secured the guarded application, which wants people to sign in
     */
    Persons(Node node, URI secured) {
        this.node = node;
        this.secured = secured;
    }

    private HttpResponse<String> as(String user) {
        String credentials = user + ":" + IntegrationServers.ADMIN_PASSWORD;
        return node.send(HttpRequest.newBuilder(secured)
                .header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8))));
    }

    private static String policy(HttpResponse<String> answer) {
        return answer.headers().firstValue("RateLimit-Policy").orElse("");
    }

    /** Checks it, by the server's own users. */
    void areLimitedOneByOneAndInTheAdministratorsLists() {
        assertThat(node.send(HttpRequest.newBuilder(secured)).statusCode())
                .as("the application's own constraint")
                .isEqualTo(401);
        for (int i = 0; i < 10; i++) {
            HttpResponse<String> served = as(IntegrationServers.VISITOR);
            assertThat(served.statusCode()).as(served.body()).isEqualTo(200);
            assertThat(policy(served)).startsWith("\"minute\";q=10;w=60, \"month\";q=1000");
        }
        assertThat(as(IntegrationServers.VISITOR).statusCode()).isEqualTo(429);
        HttpResponse<String> other = as(IntegrationServers.ADMIN);
        assertThat(other.statusCode()).isEqualTo(200);
        assertThat(policy(other)).as("its tier by its role").startsWith("\"minute\";q=100;w=60");
        AdminClient operator = node.operator();
        String accounts = node.send(operator.request("/accounts?q=" + IntegrationServers.VISITOR)
                        .GET())
                .body();
        assertThat(accounts).contains("\"total\":1");
        String account = accounts.replaceFirst("(?s).*\"id\":\"([0-9a-f-]{36})\".*", "$1");
        assertThat(node.send(operator.request("/accounts/" + account + "/principals")
                                .GET())
                        .body())
                .contains("\"name\":\"" + IntegrationServers.VISITOR + "\"");
    }
}
