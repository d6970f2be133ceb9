package dev.tollgate.rest.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records as JSON and as tables. */
class ReportSerializerTest {

    private static JsonValue value(String json) {
        try (JsonReader reader = Json.createReader(new StringReader(json))) {
            return reader.readValue();
        }
    }

    @Test
    void aTableIsWrittenLineByLine() {
        List<Integer> writtenAtRow = new ArrayList<>();
        StringWriter out = new StringWriter();
        record Row(String name) {}
        ReportSerializer.csv(
                out,
                Row.class,
                () -> IntStream.range(0, 3)
                        .mapToObj(i -> {
                            writtenAtRow.add(out.toString().length());
                            return new Row("r" + i);
                        })
                        .iterator());
        assertThat(writtenAtRow).as("what is out when a row is asked for").containsExactly(6, 10, 14);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "plain|plain",
                "=1+1|\"'=1+1\"",
                "+1|\"'+1\"",
                "-1|\"'-1\"",
                "@cmd|\"'@cmd\"",
                "`\tx`|`\"'\tx\"`",
                "`\rx`|`\"'\rx\"`",
                "a,b|\"a,b\"",
                "a\"b|\"a\"\"b\"",
                "=\"x\"|\"'=\"\"x\"\"\""
            })
    void aCellIsNeverAFormula(String text, String cell) {
        assertThat(ReportSerializer.cell(text)).isEqualTo(cell);
    }

    @Test
    void recordsBecomeJsonWhateverTheyHold() {
        record Inner(String text, Long none) {}
        record Outer(int number, boolean truth, List<Inner> list, Map<String, Inner> map, Inner left) {}
        Inner inner = new Inner("a\"\u0001\\", null);
        assertThat(value(ReportSerializer.json(
                        new Outer(-1, true, List.of(inner), Map.of("k\"", inner), inner), "left")))
                .isEqualTo(value("""
                        {"number":-1,"truth":true,"list":[{"text":"a\\"\\u0001\\\\","none":null}],
                         "map":{"k\\"":{"text":"a\\"\\u0001\\\\","none":null}}}"""));
    }
}
