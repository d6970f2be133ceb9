package dev.tollgate.rest.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.Settings;
import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.UsagePosting;
import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.KeyUsage.ProviderDay;
import dev.tollgate.core.usage.PostedCounts;
import dev.tollgate.core.usage.UsageCounts;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.RealRedis;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.usage.RedisPendingUsage;
import dev.tollgate.redis.usage.RedisPostedUsage;
import dev.tollgate.rest.support.BodyReader;
import dev.tollgate.rest.support.InProcess;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisson.api.RedissonClient;

/** Posted usage over HTTP's semantics and a real Redis. */
class UsageResourceTest {

    private static final String USAGE = "api/v1/usage";
    private static final int IDS_PER_QUARTER = 1_500;
    private static final int CELLS_PER_MINUTE = 1_100;
    private static final String UNLIMITED = "unlimited";

    private static RealRedis redis;
    private static RedissonClient client;
    private static RedisPendingUsage pending;
    private static InProcess api;

    private final String key = UUID.randomUUID().toString();

    private static InProcess over(RedissonClient redisson) {
        return over(redisson, UsagePosting.ANY);
    }

    private static InProcess over(RedissonClient redisson, UsagePosting posting) {
        ScriptBatcher batcher = new ScriptBatcher(redisson, 2, 64, 1_000, Duration.ofSeconds(2));
        return new InProcess(
                List.of(UsageResource.class),
                new BodyReader(InProcess.boundless()),
                posting,
                new PostedCounts(),
                new RedisPostedUsage(
                        batcher,
                        new RedisKeys(""),
                        false,
                        new RedisPostedUsage.Bounds(IDS_PER_QUARTER, CELLS_PER_MINUTE, Set.of(UNLIMITED)),
                        Duration.ofSeconds(2)));
    }

    @BeforeAll
    static void start() {
        redis = RealRedis.start();
        client = RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", redis.url())));
        pending = new RedisPendingUsage(
                new ScriptBatcher(client, 2, 64, 1_000, Duration.ofSeconds(2)), new RedisKeys(""), false);
        api = over(client);
    }

    @AfterAll
    static void stop() {
        client.shutdown();
        redis.close();
    }

    @BeforeEach
    void asKey() {
        api.with(key("account-of-" + key, null));
    }

    private ApiKey key(String account, Boolean postUsage) {
        return new ApiKey(key, account, "name", "tg_test0", true, Instant.EPOCH, null, OptionalLong.empty(), postUsage);
    }

    private static String manyTypes(String run) {
        return IntStream.range(0, 1_000)
                .mapToObj(i -> "{'id':'" + run + i + "','provider':'s3','mediaType':'a/t" + i + "'}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    @Test
    void moreCellsThanACallerMayPostInAMinuteAreRefusedWithTheBound() {
        assertThat(post(manyTypes("a")).status()).isEqualTo(200);
        InProcess.Answer answer = post(manyTypes("b"));
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.code()).isEqualTo("TOO_MANY_CELLS");
        assertThat(answer.json().getInt("limit")).isEqualTo(CELLS_PER_MINUTE);
        assertThat(answer.json().getInt("cells")).isEqualTo(1_020);
        assertThat(answer.json().getString("detail")).contains("1100 cells").contains("nothing was taken");
        assertThat(Integer.parseInt(answer.headers().get("Retry-After"))).isBetween(1, 60);
        assertThat(usage().totals().totalRequests()).isEqualTo(1_000);
        assertThat(post("[{'id':'small','provider':'s3'}]").status()).isEqualTo(200);
    }

    @Test
    void anotherKeyOfTheSameAccountBuysNoCells() {
        assertThat(post(manyTypes("a")).status()).isEqualTo(200);
        ApiKey second = new ApiKey(
                UUID.randomUUID().toString(),
                "account-of-" + key,
                "name",
                "tg_test1",
                true,
                Instant.EPOCH,
                null,
                OptionalLong.empty());
        api.with(second);
        assertThat(post(manyTypes("b")).code()).isEqualTo("TOO_MANY_CELLS");
    }

    @Test
    void accountsThatAreNeverLimitedHaveNoBoundOfCells() {
        api.with(key(UNLIMITED, null));
        assertThat(post(manyTypes("a")).status()).isEqualTo(200);
        assertThat(post(manyTypes("a")).json().getInt("repeated")).isEqualTo(1_000);
    }

    @ParameterizedTest
    @CsvSource({
        "ANY,,200",
        "ANY,true,200",
        "ANY,false,403",
        "PERMITTED,,403",
        "PERMITTED,true,200",
        "PERMITTED,false,403"
    })
    void whetherAKeyMayPostIsItsOwnPermissionOrTheSetting(UsagePosting posting, Boolean permission, int status) {
        InProcess guarded = over(client, posting);
        guarded.with(key("account-of-" + key, permission));
        for (String type :
                List.of("application/json", "application/cloudevents+json", "application/cloudevents-batch+json")) {
            String event = "{'specversion':'1.0','type':'t','source':'s','id':'1','data':{'provider':'s3'}}";
            String body = type.endsWith("cloudevents+json")
                    ? event
                    : type.equals("application/json") ? "[{'id':'1','provider':'s3'}]" : "[" + event + "]";
            InProcess.Answer answer = guarded.call(
                    "POST",
                    USAGE,
                    Map.of("Content-Type", type),
                    new ByteArrayInputStream(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
            assertThat(answer.status()).as(answer.body()).isEqualTo(status);
            if (status == 403) {
                assertThat(answer.code()).isEqualTo("INSUFFICIENT_SCOPE");
                assertThat(answer.headers().get("WWW-Authenticate"))
                        .isEqualTo("Bearer realm=\"tollgate\", error=\"insufficient_scope\", scope=\"usage:post\"");
            }
        }
        assertThat(usage().isEmpty()).isEqualTo(status == 403);
    }

    private static InProcess.Answer post(String json) {
        return api.send("POST", USAGE, json.replace('\'', '"'));
    }

    private static InProcess.Answer post(String contentType, String json) {
        return api.call(
                "POST",
                USAGE,
                Map.of("Content-Type", contentType),
                new ByteArrayInputStream(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
    }

    private KeyUsage usage() {
        return pending.read(key).toCompletableFuture().join().pending();
    }

    private static String batch(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> "{'id':'" + i + "','provider':'s3'}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    @Test
    void aBatchIsCountedAndEachEventAnswered() {
        Instant yesterday = Instant.now().minus(Duration.ofDays(1)).truncatedTo(ChronoUnit.MILLIS);
        InProcess.Answer answer =
                post("{'events':[" + "{'id':'a','provider':'s3','bytes':7,'mediaType':'Image/PNG; x=y'},"
                        + "{'id':'b','provider':'s3','status':503},"
                        + "{'id':'c','provider':'local','success':true,'files':2,'bytes':10,'at':'" + yesterday + "'},"
                        + "{'id':'a','provider':'s3'}]}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        JsonObject json = answer.json();
        assertThat(json.keySet()).containsExactly("accepted", "repeated", "results");
        assertThat(json.getInt("accepted")).isEqualTo(3);
        assertThat(json.getInt("repeated")).isEqualTo(1);
        assertThat(json.getJsonArray("results"))
                .extracting(Object::toString)
                .containsExactly(
                        "{\"index\":0,\"id\":\"a\",\"result\":\"accepted\"}",
                        "{\"index\":1,\"id\":\"b\",\"result\":\"accepted\"}",
                        "{\"index\":2,\"id\":\"c\",\"result\":\"accepted\"}",
                        "{\"index\":3,\"id\":\"a\",\"result\":\"repeated\"}");
        UsageCounts s3 = usage().providers().get("s3");
        assertThat(List.of(s3.totalRequests(), s3.failedRequests(), s3.totalFiles(), s3.totalBytes()))
                .containsExactly(2L, 1L, 1L, 7L);
        assertThat(s3.fileTypes()).isEqualTo(Map.of("image/png", 1L));
        LocalDate day = LocalDate.ofInstant(yesterday, ZoneOffset.UTC);
        UsageCounts local = usage().providerDays().get(new ProviderDay("local", day));
        assertThat(List.of(local.totalFiles(), local.totalBytes(), local.lastUsedAt()))
                .containsExactly(2L, 10L, yesterday.toEpochMilli());
    }

    @Test
    void aBatchSentAgainIsAnsweredAndCountsNothing() {
        assertThat(post(batch(0, 1_000)).json().getInt("accepted")).isEqualTo(1_000);
        assertThat(post(batch(0, 1_000)).json().getInt("repeated")).isEqualTo(1_000);
        assertThat(usage().totals().totalRequests()).isEqualTo(1_000);
    }

    @Test
    void anEmptyBatchIsNoMistake() {
        assertThat(post("[]").json().getInt("accepted")).isZero();
    }

    @Test
    void cloudEventsAreToldApartBySourceAndId() {
        String event =
                "{'specversion':'1.0','type':'com.example.upload','source':'%s','id':'1','time':'" + Instant.now()
                        + "','datacontenttype':'application/json','traceparent':'x','data':{'provider':'s3','bytes':5}}";
        InProcess.Answer batch = post(
                "application/cloudevents-batch+json; charset=utf-8",
                "[" + event.formatted("/a") + "," + event.formatted("/b") + "," + event.formatted("/a") + "]");
        assertThat(batch.status()).as(batch.body()).isEqualTo(200);
        assertThat(batch.json().getInt("accepted")).isEqualTo(2);
        InProcess.Answer one = post("application/cloudevents+json", event.formatted("/b"));
        assertThat(one.json().getInt("repeated")).isEqualTo(1);
        assertThat(post("[{'id':'1','provider':'s3'}]").json().getInt("accepted"))
                .isEqualTo(1);
        assertThat(usage().totals().totalBytes()).isEqualTo(10);
    }

    @Test
    void oneBadEventKeepsTheWholeBatchOutAndIsNamed() {
        InProcess.Answer answer =
                post("[{'id':'a','provider':'s3'},{'id':'b','provider':'S3'},5,{'id':'c','provider':'s3','bytes':-1}]");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("INVALID_EVENTS");
        assertThat(answer.json().getInt("rejected")).isEqualTo(3);
        JsonArray errors = answer.json().getJsonArray("errors");
        assertThat(errors.getValuesAs(JsonObject.class))
                .extracting(error -> error.getInt("index"))
                .containsExactly(1, 2, 3);
        assertThat(errors.getJsonObject(0).getString("member")).isEqualTo("provider");
        assertThat(errors.getJsonObject(2).getString("reason")).contains("whole number from 0 to");
        assertThat(usage().isEmpty()).isTrue();
        assertThat(post("[{'id':'a','provider':'s3'}]").json().getInt("accepted"))
                .isEqualTo(1);
    }

    @Test
    void howManyBadEventsAreNamedIsBounded() {
        String bad = IntStream.range(0, 1_000).mapToObj(i -> "0").collect(Collectors.joining(",", "[", "]"));
        JsonObject json = post(bad).json();
        assertThat(json.getInt("rejected")).isEqualTo(1_000);
        assertThat(json.getJsonArray("errors")).hasSize(100);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'provider':'s3'}|id",
                "{'id':'','provider':'s3'}|id",
                "{'id':7,'provider':'s3'}|id",
                "{'id':'a\\u000ab','provider':'s3'}|id",
                "{'id':'a\\ud800','provider':'s3'}|id",
                "{'id':'1'}|provider",
                "{'id':'1','provider':'all'}|provider",
                "{'id':'1','provider':'a,b'}|provider",
                "{'id':'1','provider':'s3','success':'yes'}|success",
                "{'id':'1','provider':'s3','success':true,'status':200}|status",
                "{'id':'1','provider':'s3','status':99}|status",
                "{'id':'1','provider':'s3','status':600}|status",
                "{'id':'1','provider':'s3','files':1.5}|files",
                "{'id':'1','provider':'s3','files':1000001}|files",
                "{'id':'1','provider':'s3','files':0,'bytes':1}|files",
                "{'id':'1','provider':'s3','bytes':17592186044417}|bytes",
                "{'id':'1','provider':'s3','bytes':1e400}|bytes",
                "{'id':'1','provider':'s3','bytes':'1'}|bytes",
                "{'id':'1','provider':'s3','mediaType':'image'}|mediaType",
                "{'id':'1','provider':'s3','mediaType':'image/png:x'}|mediaType",
                "{'id':'1','provider':'s3','at':'yesterday'}|at",
                "{'id':'1','provider':'s3','at':'2001-01-01T00:00:00Z'}|at",
                "{'id':'1','provider':'s3','at':'9999-01-01T00:00:00Z'}|at",
                "{'id':'1','provider':'s3','size':1}|size",
            })
    void eachBadMemberIsNamed(String event, String member) {
        InProcess.Answer answer = post("[" + event + "]");
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.json().getJsonArray("errors").getJsonObject(0).getString("member"))
                .isEqualTo(member);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'specversion':'0.3','type':'t','source':'s','id':'1','data':{'provider':'s3'}|specversion",
                "'specversion':'1.0','source':'s','id':'1','data':{'provider':'s3'}|type",
                "'specversion':'1.0','type':'t','id':'1','data':{'provider':'s3'}|source",
                "'specversion':'1.0','type':'t','source':'s','data':{'provider':'s3'}|id",
                "'specversion':'1.0','type':'t','source':'s','id':'1'|data",
                "'specversion':'1.0','type':'t','source':'s','id':'1','data_base64':'e30='|data",
                "'specversion':'1.0','type':'t','source':'s','id':'1','data':{'provider':'s3','id':'2'}|data.id",
                "'specversion':'1.0','type':'t','source':'s','id':'1','time':'then','data':{'provider':'s3'}|time",
                "'specversion':'1.0','type':'t','source':'s','id':'1','datacontenttype':'text/xml','data':{'provider':'s3'}"
                        + "|datacontenttype",
            })
    void eachBadMemberOfACloudEventIsNamed(String members, String member) {
        InProcess.Answer answer = post("application/cloudevents+json", "{" + members + "}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.json().getJsonArray("errors").getJsonObject(0).getString("member"))
                .isEqualTo(member);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "5", "{}", "{'events':5}", "{'events':[],'more':1}", "[", "[]]", "[{'id':'1','id':'2'}]"})
    void whatIsNoBatchIsRefused(String body) {
        InProcess.Answer answer = post(body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("BAD_REQUEST");
    }

    @Test
    void tooMuchIsRefused() {
        assertThat(post(batch(0, 1_001)).status()).isEqualTo(400);
        assertThat(post("[" + " ".repeat(UsageResource.MAX_BYTES) + "]").status())
                .isEqualTo(413);
        assertThat(post("text/plain", "[]").status()).isEqualTo(415);
        String large = IntStream.range(0, 257)
                .mapToObj(i -> "{'id':'" + i + "','provider':'s3','bytes':17592186044416}")
                .collect(Collectors.joining(",", "[", "]"));
        assertThat(post(large).code()).isEqualTo("BAD_REQUEST");
        assertThat(usage().isEmpty()).isTrue();
    }

    @Test
    void moreIdsThanAreRememberedWaitForTheNextQuarterOfTheDay() {
        post(batch(0, 1_000));
        InProcess.Answer answer = post(batch(1_000, 2_000));
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.code()).isEqualTo("TOO_MANY_EVENTS");
        assertThat(Integer.parseInt(answer.headers().get("Retry-After"))).isBetween(1, 21_600);
        assertThat(usage().totals().totalRequests()).isEqualTo(1_000);
    }

    @Test
    void withoutRedisTheAnswerIs503AndTheSameBatchIsTakenLater() {
        String batch = batch(0, 3);
        RedissonClient lost =
                RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", "redis://127.0.0.1:" + Ports.free())));
        try {
            InProcess.Answer answer = over(lost).with(key).send("POST", USAGE, batch.replace('\'', '"'));
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.code()).isEqualTo("REDIS_UNAVAILABLE");
            assertThat(answer.headers()).containsKey("Retry-After");
        } finally {
            lost.shutdown();
        }
        assertThat(post(batch).json().getInt("accepted")).isEqualTo(3);
    }
}
