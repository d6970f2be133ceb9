package dev.tollgate.rest.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.analytics.UsageStack;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.rest.support.InProcess;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.InputStream;
import java.io.StringReader;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The reports as HTTP answers, over Jersey, a real Redis and a real PostgreSQL. */
class AnalyticsResourceTest {

    private static final String ANALYTICS = "api/v1/analytics";
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 22);
    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

    private static UsageStack stack;
    private static InProcess application;

    private String key;

    @BeforeAll
    static void start() {
        stack = new UsageStack();
        application = new InProcess(List.of(AnalyticsResource.class), stack.node(Clock.fixed(NOON, ZoneOffset.UTC)));
    }

    @AfterAll
    static void stop() {
        stack.close();
    }

    @BeforeEach
    void someUsage() {
        key = stack.newKey();
        stack.record(event("local", 0, 100, "image/png"), event("s3", 1, 50, "text/csv"));
        stack.settle(key);
        stack.record(event("local", 0, 51, "image/jpeg"));
    }

    private UsageEvent event(String provider, int daysAgo, long bytes, String type) {
        return new UsageEvent(
                key, provider, TODAY.minusDays(daysAgo), true, 1, bytes, type, NOON.toEpochMilli() + bytes);
    }

    private InProcess.Answer get(String path, String... headers) {
        Map<String, String> fields = new HashMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            fields.put(headers[i], headers[i + 1]);
        }
        return application.with(key).call("GET", path, fields, InputStream.nullInputStream());
    }

    private static JsonValue value(String json) {
        try (JsonReader reader = Json.createReader(new StringReader(json))) {
            return reader.readValue();
        }
    }

    @Test
    void totalsHaveExactlyTheContractsMembers() {
        InProcess.Answer answer = get(ANALYTICS);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers()).containsEntry("Content-Type", "application/json;charset=utf-8");
        assertThat(answer.json()).isEqualTo(value("""
                {"apiKeyId":"%s","provider":"all",
                 "summary":{"totalRequests":3,"successfulRequests":3,"failedRequests":0,"totalFilesUploaded":3,
                   "totalFileSize":201,"averageFileSize":67.00,"successRate":100.00,
                   "lastUsedAt":"2026-11-22T12:00:00.100Z"},
                 "providers":[
                   {"provider":"local","totalRequests":2,"successfulRequests":2,"failedRequests":0,
                    "totalFilesUploaded":2,"totalFileSize":151,"averageFileSize":75.50,"successRate":100.00,
                    "lastUsedAt":"2026-11-22T12:00:00.100Z"},
                   {"provider":"s3","totalRequests":1,"successfulRequests":1,"failedRequests":0,
                    "totalFilesUploaded":1,"totalFileSize":50,"averageFileSize":50.00,"successRate":100.00,
                    "lastUsedAt":"2026-11-22T12:00:00.050Z"}],
                 "fileTypes":{"image/jpeg":1,"image/png":1,"text/csv":1},
                 "meta":{"cached":false,"generatedAt":"2026-11-22T12:00:00Z","pendingIncluded":true}}""".formatted(key)));
        JsonObject one = get(ANALYTICS + "?provider=s3").json();
        assertThat(one.getString("provider")).isEqualTo("s3");
        assertThat(one.getJsonObject("summary").getInt("totalRequests")).isEqualTo(1);
        assertThat(one.getJsonArray("providers")).hasSize(1);
    }

    @Test
    void daysHaveExactlyTheContractsMembers() {
        assertThat(get(ANALYTICS + "/daily?startDate=2026-11-01&limit=7").json())
                .isEqualTo(value("""
                {"days":[
                   {"date":"2026-11-22","totalRequests":2,"successfulRequests":2,"failedRequests":0,
                    "totalFilesUploaded":2,"totalFileSize":151},
                   {"date":"2026-11-21","totalRequests":1,"successfulRequests":1,"failedRequests":0,
                    "totalFilesUploaded":1,"totalFileSize":50}],
                 "totals":{"totalRequests":3,"successfulRequests":3,"failedRequests":0,"totalFilesUploaded":3,
                   "totalFileSize":201},
                 "period":{"startDate":"2026-11-01","endDate":"2026-11-22","limit":7,"truncated":false},
                 "meta":{"cached":false,"generatedAt":"2026-11-22T12:00:00Z","pendingIncluded":true}}"""));
    }

    @Test
    void providersHaveExactlyTheContractsMembers() {
        assertThat(get(ANALYTICS + "/providers?provider=local").json()).isEqualTo(value("""
                {"providers":[
                   {"provider":"local","totalRequests":2,"successfulRequests":2,"failedRequests":0,
                    "totalFilesUploaded":2,"totalFileSize":151,"averageFileSize":75.50,"successRate":100.00,
                    "lastUsedAt":"2026-11-22T12:00:00.100Z",
                    "daily":[{"date":"2026-11-22","totalRequests":2,"successfulRequests":2,"failedRequests":0,
                      "totalFilesUploaded":2,"totalFileSize":151}]}],
                 "totals":{"totalRequests":2,"successfulRequests":2,"failedRequests":0,"totalFilesUploaded":2,
                   "totalFileSize":151},
                 "meta":{"cached":false,"generatedAt":"2026-11-22T12:00:00Z","pendingIncluded":true}}"""));
    }

    @Test
    void fileTypesHaveExactlyTheContractsMembers() {
        assertThat(get(ANALYTICS + "/file-types").json()).isEqualTo(value("""
                {"totalFiles":3,
                 "fileTypes":[{"type":"image/jpeg","count":1,"percentage":33.34},
                   {"type":"image/png","count":1,"percentage":33.33},{"type":"text/csv","count":1,"percentage":33.33}],
                 "categories":{"image":{"count":2,"types":["image/jpeg","image/png"]},
                   "text":{"count":1,"types":["text/csv"]}},
                 "meta":{"cached":false,"generatedAt":"2026-11-22T12:00:00Z","pendingIncluded":true}}"""));
    }

    @Test
    void liveHoldsTodayAndWhatIsPendingByProvider() {
        JsonObject live = get(ANALYTICS + "/live").json();
        assertThat(live.keySet()).containsExactly("apiKeyId", "summary", "today", "days", "providers", "meta");
        assertThat(live.getJsonObject("today").getInt("totalRequests")).isEqualTo(1);
        assertThat(live.getJsonArray("providers").getJsonObject(0).getString("provider"))
                .isEqualTo("local");
    }

    @Test
    void theTagStaysAsLongAsTheNumbersDo() {
        InProcess.Answer first = get(ANALYTICS);
        assertThat(first.headers())
                .containsEntry("Cache-Control", "private, max-age=0")
                .containsEntry("Vary", "Accept, Authorization, X-API-Key");
        String tag = first.headers().get("ETag");
        assertThat(tag).matches("\"[A-Za-z0-9_-]{22}\"");
        InProcess.Answer hit = get(ANALYTICS, "If-None-Match", tag);
        assertThat(hit.status()).isEqualTo(304);
        assertThat(hit.body()).isEmpty();
        assertThat(hit.headers()).containsEntry("ETag", tag).containsEntry("Cache-Control", "private, max-age=0");
        stack.settle(key);
        assertThat(get(ANALYTICS, "If-None-Match", "\"other\", " + tag).status())
                .as("settling changes no number")
                .isEqualTo(304);
        assertThat(get(ANALYTICS, "If-None-Match", "*").status()).isEqualTo(304);
        stack.record(event("local", 0, 1, "image/png"));
        InProcess.Answer changed = get(ANALYTICS, "If-None-Match", tag);
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.headers().get("ETag")).isNotEqualTo(tag);
    }

    @Test
    void daysAsATable() {
        InProcess.Answer table = get(ANALYTICS + "/daily", "Accept", "text/csv");
        assertThat(table.headers())
                .containsEntry("Content-Disposition", "attachment; filename=\"tollgate-daily.csv\"")
                .containsEntry("Content-Type", "text/csv;charset=utf-8;header=present");
        assertThat(table.body()).isEqualTo("""
                        date,totalRequests,successfulRequests,failedRequests,totalFilesUploaded,totalFileSize\r
                        2026-11-22,2,2,0,2,151\r
                        2026-11-21,1,1,0,1,50\r
                        """);
        String tag = table.headers().get("ETag");
        assertThat(get(ANALYTICS + "/daily", "Accept", "text/csv", "If-None-Match", tag)
                        .status())
                .isEqualTo(304);
        assertThat(get(ANALYTICS + "/daily", "If-None-Match", tag).status())
                .as("another representation has another tag")
                .isEqualTo(200);
    }

    @Test
    void octoberHas31DaysInJsonAndInTheTable() {
        JsonObject october = get(ANALYTICS + "/daily?startDate=2026-10-01&endDate=2026-10-31")
                .json();
        assertThat(october.getJsonArray("days")).hasSize(31);
        InProcess.Answer table =
                get(ANALYTICS + "/daily?startDate=2026-10-01&endDate=2026-10-31", "Accept", "text/csv");
        assertThat(table.body().lines()).hasSize(1 + 31);
        assertThat(table.headers()).doesNotContainKey("X-Tollgate-Truncated");
    }

    @Test
    void anAnswerThatLeavesDaysOutSaysSo() {
        JsonObject one = get(ANALYTICS + "/daily?limit=1").json();
        assertThat(one.getJsonObject("period").getBoolean("truncated")).isTrue();
        assertThat(one.getJsonObject("totals").getInt("totalRequests")).isEqualTo(2);
        InProcess.Answer table = get(ANALYTICS + "/daily?limit=1", "Accept", "text/csv");
        assertThat(table.body().lines().toList()).hasSize(3).last().asString().startsWith("# ");
        assertThat(table.headers()).containsEntry("X-Tollgate-Truncated", "true");
        stack.settle(key);
        JsonObject settled = get(ANALYTICS + "/daily?limit=1").json();
        assertThat(settled.get("totals")).isEqualTo(one.get("totals"));
        assertThat(settled.get("period")).isEqualTo(one.get("period"));
        assertThat(get(ANALYTICS + "/daily?limit=2")
                        .json()
                        .getJsonObject("period")
                        .getBoolean("truncated"))
                .isFalse();
    }

    @Test
    void providersAsATable() {
        assertThat(get(ANALYTICS + "/providers", "Accept", "text/csv").body()).isEqualTo("""
                        provider,totalRequests,successfulRequests,failedRequests,totalFilesUploaded,totalFileSize,\
                        averageFileSize,successRate,lastUsedAt\r
                        local,2,2,0,2,151,75.50,100.00,2026-11-22T12:00:00.100Z\r
                        s3,1,1,0,1,50,50.00,100.00,2026-11-22T12:00:00.050Z\r
                        """);
    }

    @Test
    void jsonIsWhatABrowserGets() {
        assertThat(get(ANALYTICS + "/daily", "Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
                        .headers())
                .containsEntry("Content-Type", "application/json;charset=utf-8");
        assertThat(get(ANALYTICS, "Accept", "text/csv").status()).isEqualTo(406);
    }

    @ParameterizedTest
    @CsvSource({
        "'?provider=all', provider",
        "'?provider=a,b', provider",
        "'?provider=Local', provider",
        "'?provider=', provider",
        "'?provider=a&provider=a', provider",
        "'?Provider=local', Provider",
        "'?limit=5', limit",
        "'/daily?limit=0', limit",
        "'/daily?limit=-5', limit",
        "'/daily?limit=NaN', limit",
        "'/daily?limit=367', limit",
        "'/daily?limit=5&limit=5', limit",
        "'/daily?startDate=2026-11-1', startDate",
        "'/daily?startDate=2026-11-02&endDate=2026-11-01', startDate",
        "'/daily?startDate=2020-01-01', startDate",
        "'/daily?endDate=tomorrow', endDate",
        "'/daily?provider=local', provider",
        "'/providers?endDate=2026-11-31', endDate",
        "'/providers?provider=all', provider",
        "'/providers?limit=5', limit",
        "'/file-types?provider=local', provider",
        "'/live?x=1', x"
    })
    void aBadParameterIsNamedBeforeAnySql(String path, String parameter) {
        stack.statements();
        InProcess.Answer answer = get(ANALYTICS + path);
        assertThat(stack.statements()).isZero();
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.headers()).containsEntry("Content-Type", "application/problem+json");
        assertThat(answer.json().getString("parameter")).isEqualTo(parameter);
        assertThat(answer.json().getString("code")).isEqualTo("INVALID_PARAMETER");
    }

    @Test
    void withoutAKeyThereIsNoReport() {
        InProcess.Answer answer = application.with((ApiKey) null).get(ANALYTICS);
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.json().getString("code")).isEqualTo("MISSING_API_KEY");
    }

    @Test
    void anOutageIsA503WithRetryAfter() {
        get(ANALYTICS);
        stack.postgres.server().kill();
        try {
            assertThat(get(ANALYTICS).status()).as("a hit").isEqualTo(200);
            InProcess.Answer miss = get(ANALYTICS + "/daily");
            assertThat(miss.status()).isEqualTo(503);
            assertThat(miss.headers()).containsEntry("Content-Type", "application/problem+json");
            assertThat(Integer.parseInt(miss.headers().get("Retry-After"))).isPositive();
            stack.redis.kill();
            InProcess.Answer live = get(ANALYTICS + "/live");
            assertThat(live.status()).isEqualTo(503);
            assertThat(live.json().getString("code")).isEqualTo("REDIS_UNAVAILABLE");
            assertThat(Integer.parseInt(live.headers().get("Retry-After"))).isPositive();
        } finally {
            stack.redis.restart();
            stack.postgres.server().restart();
        }
    }
}
