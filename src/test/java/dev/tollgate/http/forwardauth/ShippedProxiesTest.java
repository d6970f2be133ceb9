package dev.tollgate.http.forwardauth;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.swagger.v3.core.util.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the shipped configurations of the reverse proxies say. Those of nginx and Caddy run in the integration tests, those of Envoy
 * and Traefik run nowhere here.
 */
class ShippedProxiesTest {

    private static final Path PROJECT = Path.of(System.getProperty("tollgate.test.project", ""));
    private static final Path SHIPPED = PROJECT.resolve("server-config");

    /** Words to Tollgate, which no backend asks for. */
    private static final Set<String> TO_TOLLGATE = Set.of("X-Tollgate-Console", ForwardAuthServlet.ADMITTED);

    private static final List<String> OF_PROXIES = List.of(
            "Forwarded",
            "X-Original-URI",
            "X-Original-URL",
            "X-Original-Method",
            "X-Rewrite-URL",
            "X-Forwarded-Uri",
            "X-Forwarded-Method");

    private static String text(String file) throws IOException {
        return Files.readString(SHIPPED.resolve(file));
    }

    private static JsonNode envoy() throws IOException {
        return Yaml.mapper()
                .readTree(text("envoy/tollgate.yaml"))
                .at("/static_resources/listeners/0/filter_chains/0/filters/0/typed_config");
    }

    private static JsonNode traefik() throws IOException {
        return Yaml.mapper().readTree(text("traefik/tollgate.yml")).path("http");
    }

    /** Every field of Tollgate's in the sources, and those with which other proxies name a request. */
    private static Set<String> taken() throws IOException {
        Set<String> names = new TreeSet<>(OF_PROXIES);
        Pattern name = Pattern.compile("\"(X-Tollgate-[A-Za-z-]+)\"");
        try (Stream<Path> sources = Files.walk(PROJECT.resolve("src/main/java"))) {
            for (Path source :
                    sources.filter(file -> file.toString().endsWith(".java")).toList()) {
                Matcher matcher = name.matcher(Files.readString(source));
                while (matcher.find()) {
                    names.add(matcher.group(1));
                }
            }
        }
        assertThat(names).contains("X-Tollgate-Caller", "X-Tollgate-Status", "X-Tollgate-Problem");
        names.removeAll(TO_TOLLGATE);
        names.add("X-Tollgate-Scopes");
        return names;
    }

    @Test
    void nginxTakesEveryFieldAwayInEveryLocation() throws IOException {
        String fields = text("nginx/tollgate-backend.conf");
        assertThat(taken())
                .allSatisfy(name -> assertThat(fields)
                        .containsPattern("(?m)^proxy_set_header " + name + " +(\"\"|\\$tollgate_[a-z]+);$"));
        assertThat(text("nginx/tollgate.conf")).containsPattern("(?m)^include tollgate-backend.conf;$");
        for (String location : text("nginx/example.conf").split("\n    location ")) {
            int own = location.indexOf("proxy_set_header");
            assertThat(own < 0 || location.substring(0, own).contains("include tollgate-backend.conf;"))
                    .as(location)
                    .isTrue();
        }
    }

    @Test
    void caddyTakesEveryFieldAway() throws IOException {
        String file = text("caddy/Caddyfile");
        assertThat(taken())
                .allSatisfy(name -> assertThat(Pattern.compile("(?m)^\trequest_header -(\\S+)$")
                                .matcher(file)
                                .results()
                                .map(result ->
                                        result.group(1).toLowerCase(Locale.ROOT).replace("*", ".*"))
                                .anyMatch(name.toLowerCase(Locale.ROOT)::matches))
                        .as(name)
                        .isTrue());
    }

    @Test
    void envoyTakesEveryFieldAwayBeforeItAsks() throws IOException {
        JsonNode filters = envoy().path("http_filters");
        assertThat(filters.findValuesAsText("name"))
                .containsSubsequence(
                        "envoy.filters.http.header_mutation",
                        "envoy.filters.http.ext_authz",
                        "envoy.filters.http.router");
        assertThat(filters.at("/0/typed_config/mutations/request_mutations").findValuesAsText("remove"))
                .containsAll(taken().stream()
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .toList());
        assertThat(envoy().at("/common_http_protocol_options/headers_with_underscores_action")
                        .asText())
                .isEqualTo("DROP_HEADER");
    }

    @Test
    void traefikTakesEveryFieldAwayOnEveryRouter() throws IOException {
        JsonNode asking = traefik().at("/middlewares/tollgate/forwardAuth");
        JsonNode fields = traefik().at("/middlewares/tollgate-fields/headers/customRequestHeaders");
        assertThat(taken())
                .allSatisfy(name -> assertThat(name.equals(ForwardAuthServlet.CALLER)
                                || fields.path(name).asText("kept").isEmpty())
                        .as(name)
                        .isTrue());
        assertThat(asking.path("authResponseHeaders"))
                .extracting(JsonNode::asText)
                .contains(ForwardAuthServlet.CALLER);
        assertThat("X_Tollgate.Caller")
                .containsPattern(asking.path("authResponseHeadersRegex").asText());
        assertThat(fields.path("Connection").asText("kept")).isEmpty();
        assertThat(asking.path("trustForwardHeader").asBoolean(true)).isFalse();
        traefik()
                .path("routers")
                .forEach(router -> assertThat(router.path("middlewares"))
                        .extracting(JsonNode::asText)
                        .startsWith("tollgate-fields")
                        .endsWith("tollgate"));
    }

    @Test
    void noFileLimitsOrHoldsBackABody() throws IOException {
        assertThat(text("nginx/tollgate.conf")
                        .split("location = /tollgate-check")[1]
                        .split("}")[0])
                .contains("client_max_body_size 0;", "proxy_pass_request_body off;");
        assertThat(text("nginx/example.conf").split("location /")[0])
                .contains("client_max_body_size 0;", "proxy_request_buffering off;", "proxy_buffering         off;");
        assertThat(text("caddy/Caddyfile")).doesNotContain("request_body", "buffer", "max_size");
        assertThat(text("envoy/tollgate.yaml")).doesNotContain("filters.http.buffer", "per_connection_buffer");
        assertThat(envoy().at("/http_filters/1/typed_config").has("with_request_body"))
                .isFalse();
        assertThat(envoy().at("/route_config/virtual_hosts/0/routes/0/route/timeout")
                        .asText())
                .isEqualTo("0s");
        assertThat(text("traefik/tollgate.yml")).doesNotContain("buffering", "forwardBody");
    }

    @Test
    void noFileLetsAClientChangeToAnotherProtocolThanWebSocket() throws IOException {
        assertThat(envoy().path("upgrade_configs").findValuesAsText("upgrade_type"))
                .containsExactly("websocket");
        assertThat(traefik().at("/routers/backend/middlewares"))
                .extracting(JsonNode::asText)
                .doesNotContain("tollgate-websocket");
        assertThat(traefik().at("/routers/backend-websocket/rule").asText()).contains("(?i)^websocket$");
    }

    @Test
    void whileTollgateIsDownEnvoyLetsNobodyPassAndSaysWhen() throws IOException {
        JsonNode asking = envoy().at("/http_filters/1/typed_config");
        assertThat(asking.path("failure_mode_allow").asBoolean(true)).isFalse();
        assertThat(asking.at("/status_on_error/code").asText()).isEqualTo("ServiceUnavailable");
        JsonNode said = envoy().at("/local_reply_config/mappers/0");
        assertThat(said.at("/headers_to_add/0/header/key").asText()).isEqualTo("retry-after");
        String document = said.at("/body/inline_string").asText();
        assertThat(Yaml.mapper().readTree(document).path("code").asText()).isEqualTo("GATE_UNAVAILABLE");
        for (String other : List.of("nginx/tollgate.conf", "caddy/Caddyfile")) {
            assertThat(text(other)).contains(document);
        }
    }

    @Test
    void envoyAsksForTheStatusThatItTakesForAYes() throws IOException {
        JsonNode added = envoy().at("/http_filters/1/typed_config/http_service/authorization_request/headers_to_add/0");
        assertThat(added.path("key").asText()).isEqualToIgnoringCase(ForwardAuthServlet.ADMITTED);
        assertThat(added.path("value").asText()).isEqualTo("200");
    }
}
