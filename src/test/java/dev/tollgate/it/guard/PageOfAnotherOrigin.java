package dev.tollgate.it.guard;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.sun.net.httpserver.HttpServer;
import dev.tollgate.it.support.Chromium;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A page at {@link GuardedWildFly#PAGES} in a real browser, which asks servers of other origins. */
final class PageOfAnotherOrigin implements AutoCloseable {

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

    private final HttpServer pages;
    private final Playwright playwright;
    private final Page page;

    /**
     * What the page read.
     *
     * @param fields those that it may read, their names in lower case
     */
    record Read(int status, String body, Map<String, String> fields) {}

    PageOfAnotherOrigin() throws IOException {
        pages = HttpServer.create(
                new InetSocketAddress(InetAddress.getByName("127.0.0.1"), GuardedWildFly.PAGES_PORT), 0);
        pages.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody()
                    .write("<!DOCTYPE html><title>A page</title>".getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        pages.start();
        playwright = Chromium.driver();
        page = Chromium.launch(playwright).newPage();
        page.navigate(GuardedWildFly.PAGES);
    }

    /**
     * Has the page ask.
     *
     * @param key null for none; with one, the browser asks first whether the page may send it
     * @return null if the browser keeps the answer from the page
     */
    @SuppressWarnings("unchecked")
    Read read(String method, String url, String key) {
        List<String> arguments = new ArrayList<>(List.of(url, method));
        arguments.add(key);
        Map<String, Object> answer = (Map<String, Object>) page.evaluate(FETCH, arguments);
        return answer == null
                ? null
                : new Read((Integer) answer.get("status"), (String) answer.get("body"), (Map<String, String>)
                        answer.get("fields"));
    }

    /** The page reads the refusal, with the fields that go with its status. */
    static void assertRefusal(Read read, int status, String code) {
        assertThat(read).as("what the page may read").isNotNull();
        assertThat(read.status()).as(read.body()).isEqualTo(status);
        assertThat(read.body()).contains("\"code\":\"" + code + "\"");
        assertThat(read.fields().get("x-request-id")).matches("[0-9a-f]{32}");
        switch (status) {
            case 401 -> assertThat(read.fields()).containsKey("www-authenticate");
            case 429 -> assertThat(read.fields()).containsKeys("retry-after", "ratelimit", "ratelimit-policy");
            default -> assertThat(read.fields()).containsKey("retry-after");
        }
    }

    @Override
    public void close() {
        playwright.close();
        pages.stop(0);
    }
}
