package dev.tollgate.it.support;

import dev.tollgate.fixture.server.AppServer;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** One of several Tollgates that share a Redis and a PostgreSQL: a server process of its own. Requests are thread-safe. */
public final class Node implements Target {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String name;
    private final AppServer server;
    private final AdminClient operator = new AdminClient(this);
    private volatile HttpClient http = client();

    public Node(String name, AppServer server) {
        this.name = name;
        this.server = server;
    }

    private static HttpClient client() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(2))
                .build();
    }

    /** The process behind it. */
    public AppServer server() {
        return server;
    }

    /** An administrator signed in here. */
    public AdminClient operator() {
        return operator;
    }

    /** Starts the process again, and waits until it serves. */
    public void restart() {
        server.restart();
        http = client();
    }

    @Override
    public URI at(String path) {
        return URI.create(server.baseUrl() + path);
    }

    @Override
    public HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return exchange(request);
        } catch (IOException e) {
            throw new AssertionError("no answer from " + this, e);
        }
    }

    /** Sends a request; it may be that there is no answer. */
    public HttpResponse<String> exchange(HttpRequest.Builder request) throws IOException {
        try {
            return http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Uploads bytes to the local provider. */
    public HttpResponse<String> upload(String secret, byte[] content) throws IOException {
        return exchange(HttpRequest.newBuilder(at("/api/v1/uploads/local?fileName=upload.bin"))
                .header("X-API-Key", secret)
                .POST(HttpRequest.BodyPublishers.ofByteArray(content)));
    }

    /** What an administrator gets from here. */
    public JsonObject admin(String path) {
        HttpResponse<String> answer = send(operator.request(path));
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(path + " answers " + answer.statusCode() + " " + answer.body());
        }
        return AdminClient.json(answer);
    }

    /** Requests served of a key, settled or not. */
    public long successes(AdminClient.Key key) {
        return admin("/keys/" + key.id() + "/analytics")
                .getJsonObject("summary")
                .getJsonNumber("successfulRequests")
                .longValue();
    }

    /** How its parts are, by name. */
    public Map<String, String> components() {
        JsonObject ready = AdminClient.json(send(HttpRequest.newBuilder(at("/health/ready"))));
        Map<String, String> states = new TreeMap<>();
        JsonObject parts = ready.getJsonObject("components");
        parts.keySet().forEach(part -> states.put(part, parts.getString(part)));
        return states;
    }

    /**
     * Whether all its parts work; false too if it does not answer. A Redis that was slow within the last minute works: after it
     * was frozen it says so for as long.
     */
    public boolean isWell() {
        try {
            return components().entrySet().stream()
                    .allMatch(part -> part.getValue().equals("up")
                            || part.getKey().equals("redis") && part.getValue().equals("degraded"));
        } catch (AssertionError | RuntimeException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
