package dev.tollgate.rest.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.rest.support.InProcess;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Posted usage that is refused: bad events, bodies that are no batch, and batches that are too large. */
class BadUsageTest extends UsageCase {

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
                "'specversion':'1.0','type':'t','source':'s','id':'1','data_base64':'e30='|provider",
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
}
