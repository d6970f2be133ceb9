package dev.tollgate.it.support;

import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.server.IntegrationServers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What the integration tests have in common: the WAR that ships, byte for byte, on the WildFly that Arquillian manages or on Payara, and
 * requests to it. It is deployed once for all of them.
 */
@ExtendWith(ArquillianExtension.class)
@RunAsClient
public abstract class ShippedWar implements Target {

    private static final Duration FIRST_ANSWER = Duration.ofSeconds(5);

    /** Shared by all tests, so that they share its connection, too. */
    private static volatile HttpClient http = newClient();

    private static HttpClient newClient() {
        return HttpClient.newBuilder().connectTimeout(FIRST_ANSWER).build();
    }

    /**
     * The server has been started by now, with the WAR; it says that it runs when all of that is done. A client that gets no answer
     * is replaced: over HTTP/2 it would send everything else over the same connection.
     */
    @BeforeAll
    static void awaitServing() {
        HttpRequest live = HttpRequest.newBuilder(URI.create(IntegrationServers.deployed() + "/health/live"))
                .timeout(FIRST_ANSWER)
                .build();
        Ports.await("the WAR serving", Duration.ofMinutes(1), () -> {
            try {
                return http.send(live, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
            } catch (IOException e) {
                http = newClient();
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        });
    }

    @Override
    public URI at(String path) {
        return URI.create(IntegrationServers.deployed() + path);
    }

    protected HttpResponse<String> get(String path, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(at(path));
        headers.forEach(request::header);
        return send(request);
    }

    @Override
    public HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError("no answer from the server", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
