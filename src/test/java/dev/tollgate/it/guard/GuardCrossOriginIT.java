package dev.tollgate.it.guard;

import static dev.tollgate.it.guard.PageOfAnotherOrigin.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import dev.tollgate.it.guard.PageOfAnotherOrigin.Read;
import dev.tollgate.it.support.AdminClient;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** What a page of another origin reads in a real browser: of Tollgate, and of guarded applications with and without CORS of their own. */
@EnabledIf("dev.tollgate.it.support.Chromium#isInstalled")
@Order(2)
class GuardCrossOriginIT extends GuardCase {

    private static PageOfAnotherOrigin page;

    @BeforeAll
    static void openThePage() throws IOException {
        page = new PageOfAnotherOrigin();
    }

    @AfterAll
    static void close() {
        page.close();
    }

    private static Read read(String method, String path, String key) {
        return page.read(method, guarded.at(path).toString(), key);
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

    @Test
    void whileRedisIsAwayTheRefusalsOfTollgateAndOfBothApplicationsAreRead() {
        guarded.toRedis().refuse(true);
        try {
            assertRefusal(read("GET", "/tollgate/api/v1/limits", null), 503, "GATE_UNAVAILABLE");
            assertRefusal(read("GET", "/cors/closed/x", null), 503, "GATE_UNAVAILABLE");
            assertRefusal(read("GET", "/complete/closed/x", null), 503, "GATE_UNAVAILABLE");
        } finally {
            guarded.toRedis().refuse(false);
        }
        Ports.await(
                "Redis",
                Duration.ofSeconds(30),
                () -> read("GET", "/cors/", null).fields().containsKey("ratelimit"));
    }
}
