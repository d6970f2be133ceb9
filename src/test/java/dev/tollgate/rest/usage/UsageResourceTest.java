package dev.tollgate.rest.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.Settings;
import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.UsagePosting;
import dev.tollgate.core.usage.KeyUsage.ProviderDay;
import dev.tollgate.core.usage.UsageCounts;
import dev.tollgate.fixture.Ports;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.rest.support.InProcess;
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
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.redisson.api.RedissonClient;

/** Batches of posted usage: how they count, who may post them, and the bounds on cells and ids. */
class UsageResourceTest extends UsageCase {

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
    void anotherKeyOfTheSameAccountGivesNoMoreCells() {
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
    void anEmptyBatchIsAccepted() {
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
