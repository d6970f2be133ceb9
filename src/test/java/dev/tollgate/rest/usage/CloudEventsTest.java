package dev.tollgate.rest.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Gzip;
import dev.tollgate.rest.support.InProcess;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.message.MessageWriter;
import io.cloudevents.http.HttpMessageFactory;
import io.cloudevents.jackson.JsonFormat;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CloudEvents in all modes: as the CloudEvents SDK for Java sends them, and at the bounds of the specification. */
class CloudEventsTest extends UsageCase {

    private static final String DATA = "{\"provider\":\"s3\",\"bytes\":2}";

    private static CloudEvent event(String id) {
        return CloudEventBuilder.v1()
                .withId(id)
                .withSource(URI.create("/thumbnails"))
                .withType("dev.example.stored")
                .withTime(OffsetDateTime.now(ZoneOffset.ofHours(5)))
                .withSubject("a/b")
                .withExtension("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .withData("application/json", DATA.getBytes(StandardCharsets.UTF_8))
                .build();
    }

    private static InProcess.Answer send(Map<String, String> headers, byte[] body) {
        return api.call("POST", USAGE, headers, new ByteArrayInputStream(body));
    }

    private static InProcess.Answer sdk(CloudEvent event, boolean binary) {
        Map<String, String> headers = new LinkedHashMap<>();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        MessageWriter<?, ?> writer = HttpMessageFactory.createWriter(headers::put, body::writeBytes);
        if (binary) {
            writer.writeBinary(event);
        } else {
            writer.writeStructured(event, JsonFormat.CONTENT_TYPE);
        }
        return send(headers, body.toByteArray());
    }

    private static InProcess.Answer batched(JsonFormat format, CloudEvent... events) {
        StringBuilder batch = new StringBuilder();
        for (CloudEvent event : events) {
            batch.append(batch.isEmpty() ? "[" : ",")
                    .append(new String(format.serialize(event), StandardCharsets.UTF_8));
        }
        return send(
                Map.of("Content-Type", "application/cloudevents-batch+json; charset=UTF-8"),
                batch.append(']').toString().getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, String> binary(String... more) {
        Map<String, String> headers = new HashMap<>(Map.of(
                "Content-Type", "application/json",
                "ce-specversion", "1.0",
                "ce-id", "1",
                "ce-source", "/s",
                "ce-type", "t"));
        for (int i = 0; i < more.length; i += 2) {
            if (more[i + 1] == null) {
                headers.remove(more[i]);
            } else {
                headers.put(more[i], more[i + 1]);
            }
        }
        return headers;
    }

    private static InProcess.Answer binaryEvent(String... more) {
        return send(binary(more), DATA.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void theSdkSendsInAllThreeModesAndTheSameEventCountsOnce() {
        for (boolean binary : new boolean[] {true, false}) {
            InProcess.Answer answer = sdk(event("id of " + binary), binary);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(answer.json().getInt("accepted")).isEqualTo(1);
            assertThat(sdk(event("id of " + binary), !binary).json().getInt("repeated"))
                    .as("in the other mode")
                    .isEqualTo(1);
        }
        InProcess.Answer batch = batched(new JsonFormat(), event("id of true"), event("new"));
        assertThat(batch.json().getInt("accepted")).isEqualTo(1);
        assertThat(batch.json().getInt("repeated")).isEqualTo(1);
        assertThat(batched(new JsonFormat().withForceJsonDataToBase64(), event("new"), event("newer"))
                        .json()
                        .getInt("accepted"))
                .as("with data_base64")
                .isEqualTo(1);
        assertThat(usage().totals().totalBytes()).isEqualTo(8);
    }

    @Test
    void theSdkLeavesOutWhatIsNotSet() {
        CloudEvent bare = CloudEventBuilder.v1()
                .withId("bare")
                .withSource(URI.create("urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66"))
                .withType("t")
                .withData(DATA.getBytes(StandardCharsets.UTF_8))
                .build();
        assertThat(sdk(bare, true).json().getInt("accepted")).isEqualTo(1);
        assertThat(sdk(bare, false).json().getInt("repeated")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"time", "datacontenttype", "dataschema", "subject", "myextension", "data_base64"})
    void anAttributeThatIsNullIsNotThere(String attribute) {
        String event = "{'specversion':'1.0','type':'t','source':'s','id':'" + attribute
                + "','data':{'provider':'s3'},'" + attribute + "':null}";
        assertThat(post("application/cloudevents+json", event).status()).isEqualTo(200);
        assertThat(post("application/cloudevents-batch+json", "[" + event + "]")
                        .json()
                        .getInt("repeated"))
                .isEqualTo(1);
    }

    private static void assertThatAttributeIsBad(InProcess.Answer answer, String attribute) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.json().getJsonArray("errors").getJsonObject(0).getString("member"))
                .isEqualTo(attribute);
    }

    @ParameterizedTest
    @ValueSource(strings = {"specversion", "type", "source", "id", "data"})
    void aRequiredAttributeThatIsNullIsMissing(String attribute) {
        String event = "{'specversion':'1.0','type':'t','source':'s','id':'1','data':{'provider':'s3'}}"
                .replaceFirst("'" + attribute + "':('[^']*'|\\{.*?})", "'" + attribute + "':null");
        assertThatAttributeIsBad(post("application/cloudevents+json", event), attribute);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'data':{'provider':'s3'},'data_base64':'e30='|data_base64",
                "'data_base64':'e30=x'|data_base64",
                "'data_base64':'*'|data_base64",
                "'data_base64':'W10='|data_base64",
                "'data_base64':7|data_base64",
                "'data_base64':{}|data_base64",
            })
    void badBase64IsNamed(String members, String member) {
        InProcess.Answer answer = post(
                "application/cloudevents+json",
                "{'specversion':'1.0','type':'t','source':'s','id':'1'," + members + "}");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().getJsonArray("errors").getJsonObject(0).getString("member"))
                .isEqualTo(member);
    }

    @Test
    void binaryFieldsArePercentEncodedUtf8() {
        assertThat(binaryEvent("ce-id", "Euro%20%E2%82%AC%20%F0%9F%98%80")
                        .json()
                        .getJsonArray("results")
                        .getJsonObject(0)
                        .getString("id"))
                .isEqualTo("Euro € 😀");
        for (String same : List.of(
                "Euro %e2%82%ac %F0%9F%98%80",
                "\"Euro %E2%82%AC %F0%9F%98%80\"", "\"Eu\\ro\\ %E2%82%AC\\ %F0%9F%98%80\"")) {
            assertThat(binaryEvent("ce-id", same).json().getInt("repeated"))
                    .as(same)
                    .isEqualTo(1);
        }
        assertThat(binaryEvent(
                                "ce-id",
                                new String("Euro € 😀".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1))
                        .json()
                        .getInt("repeated"))
                .as("bytes that a sender did not encode")
                .isEqualTo(1);
        assertThat(binaryEvent("ce-id", "100%25")
                        .json()
                        .getJsonArray("results")
                        .getJsonObject(0)
                        .getString("id"))
                .as("one round of decoding")
                .isEqualTo("100%");
    }

    @ParameterizedTest
    @ValueSource(strings = {"100%", "%zz", "%e2%82", "%+5", "a%0", "%C0%80", "\u00ff", "\u20ac"})
    void aFieldThatCannotBeDecodedIsNamed(String value) {
        InProcess.Answer answer = binaryEvent("ce-id", value);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().getString("parameter")).isEqualTo("ce-id");
        assertThat(usage().isEmpty()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ce-id||id",
                "ce-id|''|id",
                "ce-id|%0A|id",
                "ce-source||source",
                "ce-type||type",
                "ce-specversion||specversion",
                "ce-specversion|0.3|specversion",
                "ce-time|yesterday|time",
                "ce-time|2001-01-01T00:00:00Z|time",
            })
    void eachBadFieldIsNamedByItsAttribute(String field, String value, String attribute) {
        assertThatAttributeIsBad(binaryEvent(field, value), attribute);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json; charset=utf-8|200",
                "APPLICATION/JSON|200",
                "application/vnd.example.usage+json|200",
                "text/json|200",
                "text/plain|415",
                "application/xml|415",
                "application/x-www-form-urlencoded|415",
                "application/cloudevents+avro|415",
                "application/cloudevents|415",
            })
    void theMediaTypeSaysTheMode(String type, int status) {
        InProcess.Answer answer = binaryEvent("Content-Type", type);
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        if (type.contains("+json") && status == 200) {
            assertThat(post(type, "[]").status()).as("without ce- fields").isEqualTo(415);
        }
    }

    @Test
    void structuredModeWinsOverFieldsAndDataOfBinaryModeIsChecked() {
        String structured = "{'specversion':'1.0','type':'t','source':'s','id':'inner','data':{'provider':'s3'}}";
        assertThat(send(
                                binary("Content-Type", "application/cloudevents+json"),
                                structured.replace('\'', '"').getBytes(StandardCharsets.UTF_8))
                        .json()
                        .getJsonArray("results")
                        .getJsonObject(0)
                        .getString("id"))
                .isEqualTo("inner");
        for (String data : List.of(
                "[]",
                "null",
                "7",
                "{}",
                "{\"provider\":\"s3\",\"id\":\"1\"}",
                "[{\"id\":\"1\",\"provider\":\"s3\"}]")) {
            assertThat(send(binary(), data.getBytes(StandardCharsets.UTF_8)).code())
                    .as(data)
                    .isEqualTo("INVALID_EVENTS");
        }
        assertThat(send(binary(), new byte[0]).status()).isEqualTo(400);
        assertThat(send(binary("Content-Encoding", "gzip"), Gzip.of(DATA.getBytes(StandardCharsets.UTF_8)))
                        .json()
                        .getInt("accepted"))
                .isEqualTo(1);
    }
}
