package dev.tollgate.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollgate.contract.Contract.Operation;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OpenApiDocumentTest {

    private static final JsonNode DOCUMENT = OpenApiDocument.of(Path.of(""));
    private static final Contract CONTRACT = new Contract(DOCUMENT.toString());

    @Test
    void theDocumentIsValid() {
        ParseOptions options = new ParseOptions();
        options.setResolve(true);
        assertThat(new OpenAPIV3Parser()
                        .readContents(DOCUMENT.toString(), List.of(), options)
                        .getMessages())
                .isEmpty();
    }

    @Test
    void everyOperationSaysWhatItDoesWhoMayAndWhatItAnswers() {
        Map<String, Operation> operations = CONTRACT.operations();
        assertThat(operations).hasSizeGreaterThan(30);
        assertThat(operations.values()).extracting(Operation::id).doesNotHaveDuplicates();
        assertThat(operations.values()).allSatisfy(operation -> {
            assertThat(operation.says().path("summary").asText()).isNotBlank();
            assertThat(operation.says().path("tags")).hasSize(1);
            assertThat(operation.says().has("security")).isTrue();
            assertThat(List.of(200, 201, 204)).anyMatch(status -> CONTRACT.documents(operation, status));
        });
    }

    @Test
    void noMethodOfAResourceIsHiddenByAnother() {
        List<String> shown = OpenApiDocument.shown(Path.of(""));
        assertThat(shown).doesNotHaveDuplicates();
        assertThat(CONTRACT.operations().keySet()).containsAll(shown);
    }

    @Test
    void everyMemberAndParameterIsDescribed() {
        CONTRACT.operations().values().forEach(operation -> {
            for (String in : List.of("query", "path", "header")) {
                assertThat(CONTRACT.parameters(operation, in))
                        .allSatisfy(parameter -> assertThat(
                                        parameter.path("description").asText())
                                .as(operation.name() + parameter)
                                .isNotBlank());
            }
        });
    }

    @Test
    void examplesAreAsTheirSchemasSay() {
        Map<String, List<String>> deviations = CONTRACT.exampleDeviations();
        assertThat(deviations).hasSizeGreaterThan(10);
        assertThat(deviations)
                .allSatisfy((where, found) -> assertThat(found).as(where).isEmpty());
    }

    @Test
    void whatIsNotAsTheContractSaysIsFound() {
        Operation daily = CONTRACT.operations().get("GET /api/v1/analytics/daily");
        String wrong = "{\"days\":[],\"totals\":null,\"period\":{},\"meta\":{},\"more\":1}";
        assertThat(CONTRACT.deviations(
                        daily, new Contract.Answer(200, Map.of("ETag", List.of("\"a\"")), "application/json", wrong)))
                .hasSizeGreaterThan(4);
        assertThat(CONTRACT.deviations(daily, new Contract.Answer(200, Map.of(), "text/html", "")))
                .hasSize(2);
        assertThat(CONTRACT.deviations(daily, new Contract.Answer(418, Map.of(), null, "")))
                .hasSize(1);
    }
}
