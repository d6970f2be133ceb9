package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.config.BadSettingException;
import dev.tollgate.config.Settings;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.http.servlet.CrossOrigin;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What pages of other origins may read of refusals and of an application's answers. */
class CrossOriginTest {

    private static final String SHOP = "https://shop.example";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static final Map<String, Servlet> APPLICATION = Map.of(
            "/plain", servlet(response -> {}),
            "/sets",
                    servlet(response -> {
                        response.setHeader("Access-Control-Allow-Origin", "https://its.example");
                        response.setHeader("Access-Control-Expose-Headers", "X-App");
                        response.setHeader("Vary", "Accept");
                    }),
            "/adds",
                    servlet(response -> {
                        response.addHeader("Access-Control-Allow-Origin", "*");
                        response.addHeader("Access-Control-Expose-Headers", "X-App");
                        response.addHeader("Access-Control-Expose-Headers", "X-Other");
                    }));

    private static RealRedis redis;
    private static InMemoryDirectory directory;
    private static GuardedServer named;
    private static GuardedServer anybody;
    private static GuardedServer credentials;
    private static GuardedServer off;

    private interface Answer {
        void write(HttpServletResponse response);
    }

    private static Servlet servlet(Answer answer) {
        return new HttpServlet() {
            private static final long serialVersionUID = 1L;

            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
                answer.write(response);
                response.getWriter().print("served");
            }
        };
    }

    @BeforeAll
    static void start() throws Exception {
        redis = RealRedis.start();
        directory = new InMemoryDirectory();
        named = server(Map.of("tollgate.cors.origins", SHOP + ", http://localhost:3000"));
        anybody = server(Map.of("tollgate.cors.origins", "*"));
        credentials = server(Map.of("tollgate.cors.origins", SHOP, "tollgate.cors.credentials", "true"));
        off = server(Map.of());
    }

    private static GuardedServer server(Map<String, String> settings) throws Exception {
        return new GuardedServer(
                redis, directory, GuardedServer.Setup.withPagesOf(CrossOrigin.of(Settings.of(settings))), APPLICATION);
    }

    @AfterAll
    static void stop() throws Exception {
        for (GuardedServer server : List.of(named, anybody, credentials, off)) {
            server.close();
        }
        redis.close();
    }

    @BeforeEach
    void forget() {
        named.client.getKeys().flushall();
    }

    private static HttpResponse<String> ask(GuardedServer at, String path, String origin, String key) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(at.uri(path)).header("X-API-Key", key);
        if (origin != null) {
            request.header("Origin", origin);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String newKey() {
        return directory.newKey(directory.newAccount(), "free", OptionalLong.empty());
    }

    private static String field(HttpResponse<String> answer, String name) {
        return String.join(" + ", answer.headers().allValues(name));
    }

    /** All of the gate's fields that an answer has are named for the page. */
    private static void assertNamesEveryField(HttpResponse<String> answer) {
        String exposed = field(answer, "Access-Control-Expose-Headers").toLowerCase(Locale.ROOT) + ",";
        for (String name : answer.headers().map().keySet()) {
            if (name.toLowerCase(Locale.ROOT).matches("(x-)?ratelimit.*|retry-after|x-request-id|www-authenticate")) {
                assertThat(exposed).contains(name.toLowerCase(Locale.ROOT) + ",");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {SHOP, "HTTPS://Shop.Example", "http://localhost:3000"})
    void refusalsOfEveryKindCanBeReadByPagesOfAnAllowedOrigin(String origin) throws Exception {
        String key = newKey();
        HttpResponse<String> guess = ask(named, "/plain", origin, "tg_wrong");
        assertThat(guess.statusCode()).isEqualTo(401);
        int banned = 0;
        for (int i = 0; i < 17; i++) {
            HttpResponse<String> answer = ask(named, "/plain", origin, key);
            if (answer.statusCode() == 200) {
                assertThat(field(answer, "Access-Control-Allow-Origin")).isEmpty();
                continue;
            }
            banned += answer.body().contains("\"code\":\"BANNED\"") ? 1 : 0;
            assertThat(field(answer, "Access-Control-Allow-Origin")).isEqualTo(origin);
            assertThat(field(answer, "Vary")).isEqualTo("Origin");
            assertThat(field(answer, "Retry-After")).isNotEmpty();
            assertThat(field(answer, "Access-Control-Allow-Credentials")).isEmpty();
            assertNamesEveryField(answer);
        }
        assertThat(banned).as("from the store and from memory").isGreaterThan(1);
        assertThat(field(guess, "Access-Control-Allow-Origin")).isEqualTo(origin);
        assertNamesEveryField(guess);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://shop.example.evil",
                "http://shop.example",
                "https://shop.example:444",
                "https://evil.example",
                "null",
                "*",
                "https://shop.example/",
                "https://shop.example https://evil.example"
            })
    void otherOriginsReadNothing(String origin) throws Exception {
        HttpResponse<String> guess = ask(named, "/plain", origin, "tg_wrong");
        assertThat(guess.statusCode()).isEqualTo(401);
        assertThat(guess.headers().map().keySet())
                .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("access-control-"));
        assertThat(field(guess, "Vary")).isEqualTo("Origin");
    }

    @Test
    void anybodyIsAnyOriginWithoutCredentialsAndCredentialsAreForNamedOnes() throws Exception {
        HttpResponse<String> guess = ask(anybody, "/plain", "https://any.example", "tg_wrong");
        assertThat(field(guess, "Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(field(guess, "Access-Control-Allow-Credentials")).isEmpty();
        HttpResponse<String> with = ask(credentials, "/plain", SHOP, "tg_wrong");
        assertThat(field(with, "Access-Control-Allow-Origin")).isEqualTo(SHOP);
        assertThat(field(with, "Access-Control-Allow-Credentials")).isEqualTo("true");
        assertThatThrownBy(() -> CrossOrigin.of(
                        Settings.of(Map.of("tollgate.cors.origins", "*", "tollgate.cors.credentials", "true"))))
                .isInstanceOf(BadSettingException.class)
                .hasMessageContaining("tollgate.cors.credentials");
        assertThatThrownBy(() -> CrossOrigin.of(Settings.of(Map.of("tollgate.cors.origins", "shop.example"))))
                .isInstanceOf(BadSettingException.class);
    }

    @Test
    void anAdmittedAnswersFieldsAreTheApplicationsAndOursAreAddedToItsList() throws Exception {
        String key = newKey();
        HttpResponse<String> sets = ask(named, "/sets", SHOP, key);
        assertThat(sets.statusCode()).isEqualTo(200);
        assertThat(field(sets, "Access-Control-Allow-Origin")).isEqualTo("https://its.example");
        assertThat(field(sets, "Access-Control-Expose-Headers")).startsWith("X-App, RateLimit, ");
        assertThat(field(sets, "Vary")).isEqualTo("Accept");
        assertNamesEveryField(sets);
        HttpResponse<String> adds = ask(named, "/adds", SHOP, key);
        assertThat(field(adds, "Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(field(adds, "Access-Control-Expose-Headers")).contains("X-App", "X-Other", "Retry-After");
        assertThat(field(ask(named, "/plain", SHOP, key), "Access-Control-Allow-Origin"))
                .isEmpty();
    }

    @Test
    void withoutOriginsNothingIsAddedToAnyAnswer() throws Exception {
        HttpResponse<String> guess = ask(off, "/plain", SHOP, "tg_wrong");
        assertThat(guess.headers().map().keySet())
                .noneMatch(name -> name.toLowerCase(Locale.ROOT).matches("access-control-.*|vary"));
        assertThat(field(ask(off, "/sets", SHOP, newKey()), "Access-Control-Expose-Headers"))
                .isEqualTo("X-App");
        assertThat(field(ask(named, "/sets", null, newKey()), "Access-Control-Expose-Headers"))
                .isEqualTo("X-App");
    }
}
