package dev.tollgate.it.guard;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.sun.net.httpserver.HttpServer;
import dev.tollgate.fixture.Ports;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.Chromium;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** What a page of another origin reads in a real browser: of Tollgate, and of guarded applications with and without CORS of their own. */
@EnabledIf("dev.tollgate.it.support.Chromium#isInstalled")
@Order(2)
class GuardCrossOriginIT extends GuardCase {

    /** Null where the browser keeps the answer from the page. */
    private static final String FETCH = """
            async ([url, method, key]) => {
              try {
                const answer = await fetch(url, {
                  method, headers: key ? {'X-API-Key': key} : {}, body: method === 'POST' ? 'x' : undefined});
                return {status: answer.status, body: await answer.text(), fields: Object.fromEntries(answer.headers)};
              } catch (failure) {
                return null;
              }
            }""";

    private static HttpServer pages;
    private static Playwright playwright;
    private static Page page;

    /** What a page read. */
    private record Read(int status, String body, Map<String, String> fields) {}

    @BeforeAll
    static void openThePage() throws Exception {
        pages = HttpServer.create(
                new InetSocketAddress(InetAddress.getByName("127.0.0.1"), GuardedWildFly.PAGES_PORT), 0);
        pages.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("<!DOCTYPE html><title>A page</title>".getBytes());
            exchange.close();
        });
        pages.start();
        playwright = Chromium.driver();
        Browser browser = Chromium.launch(playwright);
        page = browser.newPage();
        page.navigate(GuardedWildFly.PAGES);
    }

    @AfterAll
    static void close() {
        playwright.close();
        pages.stop(0);
    }

    @SuppressWarnings("unchecked")
    private static Read read(String method, String path, String key) {
        List<String> arguments = new ArrayList<>(List.of(guarded.at(path).toString(), method));
        arguments.add(key);
        Map<String, Object> answer = (Map<String, Object>) page.evaluate(FETCH, arguments);
        return answer == null
                ? null
                : new Read((Integer) answer.get("status"), (String) answer.get("body"), (Map<String, String>)
                        answer.get("fields"));
    }

    private static void assertRefusal(Read read, int status, String code) {
        assertThat(read).as("what the page may read").isNotNull();
        assertThat(read.status()).as(read.body()).isEqualTo(status);
        assertThat(read.body()).contains("\"code\":\"" + code + "\"");
        assertThat(read.fields().get("x-request-id")).matches("[0-9a-f]{32}");
        if (status == 429) {
            assertThat(read.fields()).containsKeys("retry-after", "ratelimit", "ratelimit-policy", "x-ratelimit-limit");
        } else {
            assertThat(read.fields()).containsKey("www-authenticate");
        }
    }

    @Test
    void tollgatesOwnAnswersAreReadWithAKeyAndItsRefusalsToo() {
        String free = newKey("free").secret();
        Read limits = read("GET", "/tollgate/api/v1/limits", free);
        assertThat(limits).isNotNull();
        assertThat(limits.status()).isEqualTo(200);
        assertThat(limits.fields()).containsKeys("ratelimit", "ratelimit-policy", "x-request-id");
        assertRefusal(read("GET", "/tollgate/api/v1/analytics", null), 401, "MISSING_API_KEY");
        assertRefusal(read("GET", "/tollgate/api/v1/analytics", "not-ours"), 401, "INVALID_API_KEY");
        Read last = null;
        for (int i = 0; i < 11; i++) {
            last = read("POST", "/tollgate/api/v1/uploads/local", free);
        }
        assertRefusal(last, 429, "RATE_LIMIT_EXCEEDED");
        assertThat(read("GET", "/tollgate/api/v1/admin/accounts", null))
                .as("administration is for Tollgate's own pages")
                .isNull();
    }

    @Test
    void anApplicationWithCorsOfItsOwnIsReadAsItSaysWithTheGatesFields() {
        String free = newKey("free").secret();
        for (int i = 0; i < 10; i++) {
            Read served = read("GET", "/cors/", free);
            assertThat(served).isNotNull();
            assertThat(served.status()).isEqualTo(200);
            assertThat(served.fields()).containsEntry("x-app", "its own").containsKeys("ratelimit", "x-request-id");
        }
        assertRefusal(read("GET", "/cors/", free), 429, "RATE_LIMIT_EXCEEDED");
        assertRefusal(read("GET", "/cors/", "tg_wrong"), 401, "INVALID_API_KEY");
    }

    @Test
    void ofAnApplicationWithoutCorsAPageReadsTheRefusalsAlone() {
        assertThat(read("GET", "/complete/", null))
                .as("the application's answer")
                .isNull();
        assertRefusal(read("GET", "/raw/api/files/x", null), 401, "MISSING_API_KEY");
        AdminClient operator = operator();
        String ban = "{\"caller\":\"ip:127.0.0.1\",\"level\":\"5_MIN\",\"reason\":\"a test\"}";
        assertThat(operator.send("POST", "/bans", ban).statusCode()).isEqualTo(201);
        try {
            Ports.await("the ban", TWO_SECONDS, () -> read("GET", "/complete/", null) != null);
            assertRefusal(read("GET", "/complete/", null), 429, "BANNED");
        } finally {
            assertThat(operator.send("DELETE", "/bans/ip:127.0.0.1", null).statusCode())
                    .isEqualTo(204);
        }
        Ports.await("the lift", TWO_SECONDS, () -> read("GET", "/complete/", null) == null);
    }
}
