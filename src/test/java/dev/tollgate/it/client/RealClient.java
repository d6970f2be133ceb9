package dev.tollgate.it.client;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import dev.tollgate.it.support.Chromium;
import io.github.resilience4j.core.functions.Either;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;

/** An HTTP client that asks again by itself after a refusal, as far as it can set up so by its users. */
enum RealClient {
    CURL {
        @Override
        void getTwice(URI url, String key) throws Exception {
            ClientPrograms.run(List.of(
                    "curl",
                    "--silent",
                    "--show-error",
                    "--fail",
                    "--noproxy",
                    "*",
                    "--retry",
                    "3",
                    "--header",
                    "X-API-Key: " + key,
                    url.toString(),
                    url.toString()));
        }
    },
    URLLIB3_RETRY {
        @Override
        void getTwice(URI url, String key) throws Exception {
            ClientPrograms.run(List.of("python3", ClientPrograms.script("urllib3_retry.py"), url.toString(), key));
        }
    },
    GOT {
        @Override
        void getTwice(URI url, String key) throws Exception {
            ClientPrograms.run(List.of("node", ClientPrograms.script("got.mjs"), url.toString(), key));
        }
    },
    AXIOS_RETRY {
        @Override
        void getTwice(URI url, String key) throws Exception {
            ClientPrograms.run(List.of("node", ClientPrograms.script("axios-retry.mjs"), url.toString(), key));
        }
    },
    RATELIMIT_HEADER_PARSER {
        @Override
        void getTwice(URI url, String key) throws Exception {
            ClientPrograms.run(
                    List.of("node", ClientPrograms.script("ratelimit-header-parser.mjs"), url.toString(), key));
        }
    },
    /** The JDK's client and resilience4j, which is told how long to wait by the answer. */
    RESILIENCE4J {
        @Override
        void getTwice(URI url, String key) throws Exception {
            HttpClient http = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .proxy(HttpClient.Builder.NO_PROXY)
                    .build();
            HttpRequest request =
                    HttpRequest.newBuilder(url).header("X-API-Key", key).build();
            Retry retry = Retry.of(
                    "refused",
                    RetryConfig.<HttpResponse<Void>>custom()
                            .maxAttempts(3)
                            .retryOnResult(answer -> answer.statusCode() == 429)
                            .intervalBiFunction((attempt, outcome) -> retryAfterMillis(outcome))
                            .build());
            for (int i = 0; i < 2; i++) {
                retry.executeCallable(() -> http.send(request, HttpResponse.BodyHandlers.discarding()));
            }
        }

        private long retryAfterMillis(Either<Throwable, HttpResponse<Void>> outcome) {
            return 1_000
                    * outcome.get().headers().firstValueAsLong("Retry-After").orElseThrow();
        }
    },
    /** A page's own script in Chromium. */
    FETCH {
        @Override
        void getTwice(URI url, String key) {
            try (Playwright playwright = Chromium.driver()) {
                Page page = Chromium.launch(playwright)
                        .newContext(new Browser.NewContextOptions().setBypassCSP(true))
                        .newPage();
                page.navigate(url.resolve("/tollgate/health/live").toString());
                page.evaluate(ASK_AGAIN, List.of(url.toString(), key));
            }
        }
    };

    private static final String ASK_AGAIN = """
            async ([url, key]) => {
              async function get() {
                const answer = await fetch(url, {headers: {'X-API-Key': key}});
                if (answer.status !== 429) {
                  return;
                }
                const seconds = Number(answer.headers.get('Retry-After'));
                await new Promise((resume) => setTimeout(resume, seconds * 1000));
                await get();
              }
              await get();
              await get();
            }""";

    /** Gets a URL, and then once more, which is refused; returns when the client has been let in. */
    abstract void getTwice(URI url, String key) throws Exception;
}
