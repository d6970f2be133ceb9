package dev.tollgate.it.forwardauth;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollgate.it.support.AdminClient.Key;
import dev.tollgate.it.support.PlainHttp;
import dev.tollgate.it.support.PlainHttp.Answer;
import io.swagger.v3.core.util.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The configurations for Traefik and Envoy, none of which runs here, and answers to what they ask. */
@EnabledIf(
        value = "dev.tollgate.it.forwardauth.ReverseProxy#areInstalled",
        disabledReason = "nginx and caddy are not both installed; .ci/run installs them from Debian's packages")
class TraefikAndEnvoyIT extends ForwardAuthCase {

    private static JsonNode shipped(String file) throws IOException {
        return Yaml.mapper()
                .readTree(
                        Files.readString(Path.of(System.getProperty("tollgate.test.project"), "server-config", file)));
    }

    /** No Traefik runs here: this is what it sends, to the address its configuration has. */
    @Test
    void whatTraefikAsksIsAnsweredForTheOriginalRequest() throws IOException {
        String address = shipped("traefik/tollgate.yml")
                .at("/http/middlewares/tollgate/forwardAuth/address")
                .asText();
        String question = "GET " + address.substring("http://127.0.0.1:8080".length());
        Key key = operator.newKey(operator.newAccount("free"));
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            answers.add(PlainHttp.ask(
                    "127.0.0.1",
                    at("").getPort(),
                    question,
                    null,
                    "X-Api-Key: " + key.secret(),
                    "X-Forwarded-For: " + client,
                    "X-Forwarded-Host: shop.example",
                    "X-Forwarded-Method: POST",
                    "X-Forwarded-Proto: http",
                    "X-Forwarded-Uri: " + orders + "?x=1"));
        }
        assertThat(answers).extracting(Answer::status).containsExactly(204, 204, 204, 429);
        assertThat(answers.get(0).header("X-Tollgate-Caller")).isEqualTo(key.account());
        assertRefusal(answers.get(3), 429, "RATE_LIMIT_EXCEEDED");
    }

    /** Nor does an Envoy: it appends the original path and query to its prefix, keeps the method, and takes 200 alone for a yes. */
    @Test
    void whatEnvoyAsksIsAnsweredForTheOriginalRequest() throws IOException {
        JsonNode filters = shipped("envoy/tollgate.yaml")
                .at("/static_resources/listeners/0/filter_chains/0/filters/0/typed_config/http_filters");
        JsonNode service = filters.at("/1/typed_config/http_service");
        String prefix = service.path("path_prefix").asText();
        JsonNode added = service.at("/authorization_request/headers_to_add/0");
        Key key = operator.newKey(operator.newAccount("free"));
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            answers.add(PlainHttp.ask(
                    "127.0.0.1",
                    at("").getPort(),
                    "POST " + prefix + orders + "?refusals=fields&original=forwarded",
                    null,
                    "Content-Length: 0",
                    added.path("key").asText() + ": " + added.path("value").asText(),
                    "x-api-key: " + key.secret(),
                    "x-forwarded-for: " + client));
        }
        assertThat(answers).extracting(Answer::status).containsExactly(200, 200, 200, 429);
        assertThat(answers.get(0).header("X-Tollgate-Caller")).isEqualTo(key.account());
        assertThat(answers.get(0).header("RateLimit")).startsWith("\"minute\";r=7;");
        assertThat(answers.get(0).body()).isEmpty();
        assertThat(answers.get(3).header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answers.get(3).json().getString("code")).isEqualTo("RATE_LIMIT_EXCEEDED");
    }
}
