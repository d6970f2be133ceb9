package dev.tollgate.rest.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.rest.support.JsonBody;
import dev.tollgate.rest.support.ProblemException;
import dev.tollgate.rest.usage.EventReader.BadEventException;
import jakarta.json.JsonArray;
import jakarta.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

/** Whatever JSON is posted, each event is read within its bounds or named as bad; nothing else ever happens. */
class EventReaderTest {

    private static final long NOW = Instant.parse("2026-11-22T12:00:00Z").toEpochMilli();
    private static final EventReader READER = new EventReader("key", NOW);

    /** Texts of JSON values, good ones and monstrous ones. */
    @Provide
    Arbitrary<String> values() {
        Arbitrary<String> odd = Arbitraries.of(
                "null",
                "true",
                "false",
                "{}",
                "[]",
                "\"\"",
                "\"a\"",
                "\"s3\"",
                "\"image/png\"",
                "\"2026-11-22T09:30:00Z\"",
                "\"1.0\"",
                "\"\\ud800\"",
                "\"\\u0000\"",
                "\"\\u2028\"",
                "\"" + "x".repeat(3_000) + "\"",
                "[".repeat(5_000) + "]".repeat(5_000),
                "{\"a\":".repeat(900) + "1" + "}".repeat(900),
                "{\"a\":1,\"a\":2}");
        Arbitrary<String> numbers = Combinators.combine(
                        Arbitraries.of("", "-"),
                        Arbitraries.of(
                                "0",
                                "1",
                                "1.5",
                                "17592186044416",
                                "17592186044417",
                                "9007199254740993",
                                "9223372036854775807",
                                "9223372036854775808",
                                "18446744073709551616",
                                "1" + "0".repeat(1_500),
                                "9".repeat(1_200),
                                "0." + "0".repeat(1_000) + "1"),
                        Arbitraries.of(
                                "",
                                "e0",
                                "e1",
                                "E+3",
                                "e-3",
                                "e308",
                                "e400",
                                "e-400",
                                "e999999999",
                                "e-999999999",
                                "e99999999999",
                                "e2147483648",
                                "e-2147483648"))
                .as((sign, digits, exponent) -> sign + digits + exponent);
        return Arbitraries.oneOf(odd, numbers, Arbitraries.of("\"id\"", "5", "200", "503"));
    }

    @Provide
    Arbitrary<String> events() {
        Arbitrary<String> names = Arbitraries.of(
                "id",
                "provider",
                "success",
                "status",
                "bytes",
                "files",
                "mediaType",
                "at",
                "size",
                "data",
                "time",
                "specversion",
                "source",
                "type",
                "datacontenttype");
        Arbitrary<String> good = Arbitraries.of(
                "\"id\":\"a\",\"provider\":\"s3\"",
                "\"specversion\":\"1.0\",\"id\":\"a\",\"source\":\"s\",\"type\":\"t\",\"data\":{\"provider\":\"s3\"}",
                "");
        Arbitrary<List<String>> members = Combinators.combine(names, values())
                .as((name, value) -> "\"" + name + "\":" + value)
                .list()
                .ofMaxSize(4);
        return Combinators.combine(good, members).as((begin, more) -> {
            List<String> all = new ArrayList<>(more);
            if (!begin.isEmpty()) {
                all.add(0, begin);
            }
            return "{" + String.join(",", all) + "}";
        });
    }

    private static Optional<JsonArray> parsed(String json) {
        try {
            return Optional.of((JsonArray) JsonBody.parse(json.getBytes(StandardCharsets.UTF_8)));
        } catch (ProblemException e) {
            assertThat(e.problem().status()).as(json).isEqualTo(400);
            return Optional.empty();
        }
    }

    @Property(tries = 5_000)
    void anEventIsReadWithinItsBoundsOrNamedAsBad(@ForAll("events") String event, @ForAll boolean cloudEvent) {
        Optional<JsonArray> batch = parsed("[" + event + "]");
        if (batch.isEmpty()) {
            Statistics.collect("no JSON");
            return;
        }
        JsonValue value = batch.get().get(0);
        try {
            EventReader.Read read = cloudEvent ? READER.cloudEvent(value) : READER.plain(value);
            Statistics.collect("good");
            UsageEvent usage = read.event().usage();
            assertThat(read.id()).isNotBlank().hasSizeLessThanOrEqualTo(EventReader.MAX_ID);
            assertThat(usage.bytes()).isBetween(0L, UsageEvent.MAX_BYTES);
            assertThat(usage.files()).isBetween(usage.bytes() > 0 ? 1 : 0, UsageEvent.MAX_FILES);
            assertThat(usage.atMillis()).isBetween(NOW - EventReader.OLDEST_MILLIS, NOW + EventReader.AHEAD_MILLIS);
        } catch (BadEventException e) {
            Statistics.collect("bad");
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    @Property(tries = 2_000)
    void whatIsNoEventIsBadAsAWhole(@ForAll("values") String value) {
        parsed("[" + value + "]").ifPresent(batch -> {
            for (boolean cloudEvent : new boolean[] {true, false}) {
                try {
                    EventReader.Read read = cloudEvent ? READER.cloudEvent(batch.get(0)) : READER.plain(batch.get(0));
                    assertThat(read).as(value).isNull();
                } catch (BadEventException e) {
                    assertThat(e.getMessage()).isNotBlank();
                }
            }
        });
    }
}
