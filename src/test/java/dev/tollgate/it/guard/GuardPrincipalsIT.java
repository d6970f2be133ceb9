package dev.tollgate.it.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.server.IntegrationServers;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Persons whom the server has authenticated, before a guarded application that has no idea of keys. */
@Order(2)
class GuardPrincipalsIT extends GuardCase {

    @Test
    void personsWithoutAnyKeyAreLimitedOneByOne() throws Exception {
        new Persons(guarded.node(), guarded.at("/secured/")).areLimitedOneByOneAndInTheAdministratorsLists();
        assertThat(Pattern.compile("\\b" + IntegrationServers.VISITOR + "\\b")
                        .matcher(Files.readString(guarded.server().logFile()))
                        .results()
                        .count())
                .as("names of principals in the log")
                .isZero();
    }

    /** A token is nobody's API key, and the person in it needs none. */
    @Test
    void peopleWithABearerTokenOfAnIssuerAreLimitedOneByOne() throws Exception {
        TokenIssuer issuer = guarded.issuer();
        assertThat(with(null).statusCode())
                .as("the application's own constraint")
                .isEqualTo(401);
        for (int i = 0; i < 10; i++) {
            HttpResponse<String> served = with(issuer.token("jürgen@example.org"));
            assertThat(served.statusCode()).as(served.body()).isEqualTo(200);
            assertThat(policy(served)).startsWith("\"minute\";q=10;w=60, \"month\";q=1000");
        }
        HttpResponse<String> over = with(issuer.token("jürgen@example.org"));
        assertThat(over.statusCode()).isEqualTo(429);
        assertThat(over.body()).contains("\"code\":\"RATE_LIMIT_EXCEEDED\"");
        assertThat(with(issuer.token("jörgen@example.org")).statusCode())
                .as("another person")
                .isEqualTo(200);
        String forged = issuer.token("jorgen@example.org", "http://127.0.0.1:1");
        assertThat(with(forged).statusCode()).as("by another issuer").isEqualTo(401);
        assertThat(Files.readString(guarded.server().logFile())).doesNotContain("rgen@example.org");
    }

    private static HttpResponse<String> with(String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(guarded.at("/tokens/"));
        return guarded.node().send(token == null ? request : request.header("Authorization", "Bearer " + token));
    }

    private static String policy(HttpResponse<String> answer) {
        return answer.headers().firstValue("RateLimit-Policy").orElse("");
    }
}
