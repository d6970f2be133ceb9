package dev.tollgate.it.support;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.server.IntegrationServers;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** An administrator, or another user of administration, with curl. */
public final class AdminClient {

    private final Target target;
    private final String user;

    public AdminClient(Target target) {
        this(target, IntegrationServers.ADMIN);
    }

    /** Another of the users that {@link IntegrationServers} names. */
    public AdminClient(Target target, String user) {
        this.target = target;
        this.user = user;
    }

    /** A key as the one answer that shows it says. */
    public record Key(String id, String secret, String account) {}

    public HttpRequest.Builder request(String path) {
        String login = user + ":" + IntegrationServers.ADMIN_PASSWORD;
        return HttpRequest.newBuilder(target.at("/api/v1/admin" + path))
                .header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
    }

    public HttpResponse<String> send(String method, String path, String json) {
        return target.send(request(path)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        json == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(json)));
    }

    /**
     * Sets a tier's limits, and creates the tier if there is none.
     *
     * @param limits the members of the body
     */
    public void setTier(String name, String limits) {
        HttpResponse<String> response = send("PUT", "/tiers/" + name, "{" + limits + "}");
        if (response.statusCode() == 404) {
            response = send("POST", "/tiers", "{\"name\":\"" + name + "\"," + limits + "}");
        }
        assertThat(response.statusCode()).as(response.body()).isIn(200, 201);
    }

    public String newAccount(String tier) {
        return newAccount(tier, "integration " + tier);
    }

    public String newAccount(String tier, String name) {
        HttpResponse<String> response =
                send("POST", "/accounts", "{\"name\":\"" + name + "\",\"tier\":\"" + tier + "\"}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        return json(response).getString("id");
    }

    public Key newKey(String account) {
        return newKey(account, "integration");
    }

    public Key newKey(String account, String name) {
        HttpResponse<String> response =
                send("POST", "/keys", "{\"accountId\":\"" + account + "\",\"name\":\"" + name + "\"}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
        return new Key(json(response).getString("id"), json(response).getString("key"), account);
    }

    public static JsonObject json(HttpResponse<String> response) {
        try (var reader = Json.createReader(new StringReader(response.body()))) {
            return reader.readObject();
        }
    }
}
