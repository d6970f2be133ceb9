package dev.tollgate.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.oas.OpenApi31;
import io.swagger.v3.core.util.Json31;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** An OpenAPI document, to hold answers against. */
public final class Contract {

    private static final List<String> METHODS =
            List.of("get", "head", "post", "put", "patch", "delete", "options", "trace");
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(
            SpecVersion.VersionFlag.V202012,
            factory -> factory.metaSchema(OpenApi31.getInstance())
                    .defaultMetaSchemaIri(OpenApi31.getInstance().getIri()));
    private static final SchemaValidatorsConfig STRICT =
            SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();

    private final JsonNode document;

    /** From its text. */
    public Contract(String json) {
        this.document = OpenApiDocument.parse(json);
    }

    /**
     * An operation.
     *
     * @param method in upper case
     * @param path with its variables in braces
     * @param says what the contract says of it
     */
    public record Operation(String method, String path, JsonNode says) {

        /** As {@code GET /health/live}. */
        public String name() {
            return method + " " + path;
        }

        /** Its id. */
        public String id() {
            return says.path("operationId").asText();
        }
    }

    /** An answer as a client sees it; {@code type} is its media type without parameters, null where there is no body. */
    public record Answer(int status, Map<String, List<String>> headers, String type, String body) {}

    /** Every operation, by its name. */
    public Map<String, Operation> operations() {
        Map<String, Operation> operations = new LinkedHashMap<>();
        document.path("paths")
                .properties()
                .forEach(path -> METHODS.stream()
                        .filter(method -> path.getValue().has(method))
                        .map(method -> new Operation(
                                method.toUpperCase(Locale.ROOT),
                                path.getKey(),
                                path.getValue().get(method)))
                        .forEach(operation -> operations.put(operation.name(), operation)));
        return operations;
    }

    /** What a node is, or what it refers to. */
    public JsonNode resolve(JsonNode node) {
        JsonNode target = node;
        while (target.has("$ref")) {
            target = document.at(target.get("$ref").asText().substring(1));
        }
        return target;
    }

    /** An operation's parameters of a kind: {@code query}, {@code path}, {@code header}. */
    public List<JsonNode> parameters(Operation operation, String in) {
        return StreamSupport.stream(operation.says().path("parameters").spliterator(), false)
                .map(this::resolve)
                .filter(parameter -> parameter.path("in").asText().equals(in))
                .toList();
    }

    /** The request body's contents by media type; empty if it takes none. */
    public Map<String, JsonNode> bodies(Operation operation) {
        Map<String, JsonNode> bodies = new LinkedHashMap<>();
        resolve(operation.says().path("requestBody"))
                .path("content")
                .properties()
                .forEach(content -> bodies.put(content.getKey(), content.getValue()));
        return bodies;
    }

    /** Whether the operation may answer so. */
    public boolean documents(Operation operation, int status) {
        return operation.says().path("responses").has(Integer.toString(status));
    }

    /** What about an answer is not as the contract says; empty if all is. */
    public List<String> deviations(Operation operation, Answer answer) {
        JsonNode says = resolve(operation.says().path("responses").path(Integer.toString(answer.status())));
        if (says.isMissingNode()) {
            return List.of("status " + answer.status() + " is not documented: " + answer.body());
        }
        List<String> deviations = new ArrayList<>();
        says.path("headers")
                .properties()
                .forEach(header -> header(header.getKey(), resolve(header.getValue()), answer)
                        .ifPresent(deviations::add));
        JsonNode contents = says.path("content");
        boolean bodiless = answer.body() == null || answer.body().isEmpty();
        if (contents.isEmpty() || operation.method().equals("HEAD")) {
            return bodiless ? deviations : List.of("a body where there should be none: " + answer.body());
        }
        JsonNode content = contents.path(String.valueOf(answer.type()));
        if (content.isMissingNode()) {
            deviations.add("media type " + answer.type() + " is not documented");
        } else if (answer.type().endsWith("json")) {
            deviations.addAll(schemaDeviations(content.path("schema"), OpenApiDocument.parse(answer.body())));
        }
        return deviations;
    }

    private Optional<String> header(String name, JsonNode says, Answer answer) {
        Optional<String> given = answer.headers().entrySet().stream()
                .filter(header -> header.getKey().equalsIgnoreCase(name))
                .flatMap(header -> header.getValue().stream())
                .findFirst();
        if (given.isEmpty()) {
            return says.path("required").asBoolean() ? Optional.of("without the field " + name) : Optional.empty();
        }
        boolean number = says.path("schema").path("type").asText().equals("integer");
        JsonNode value = number && given.get().matches("-?[0-9]{1,18}")
                ? Json31.mapper().getNodeFactory().numberNode(Long.parseLong(given.get()))
                : Json31.mapper().getNodeFactory().textNode(given.get());
        List<String> deviations = schemaDeviations(says.path("schema"), value);
        return deviations.isEmpty() ? Optional.empty() : Optional.of(name + ": " + deviations);
    }

    /** What about a value is not as the schema says. */
    public List<String> schemaDeviations(JsonNode schema, JsonNode value) {
        ObjectNode whole = Json31.mapper().createObjectNode();
        ArrayNode all = whole.putArray("allOf");
        all.add(schema);
        whole.set("components", document.path("components"));
        return SCHEMAS.getSchema(whole, STRICT).validate(value).stream()
                .map(Object::toString)
                .toList();
    }

    /** Each example of a body or an answer with the schema it is to fit, by where it is. */
    public Map<String, List<String>> exampleDeviations() {
        Map<String, List<String>> deviations = new LinkedHashMap<>();
        operations()
                .values()
                .forEach(operation -> Stream.concat(
                                Stream.of(resolve(operation.says().path("requestBody"))),
                                StreamSupport.stream(
                                                operation
                                                        .says()
                                                        .path("responses")
                                                        .spliterator(),
                                                false)
                                        .map(this::resolve))
                        .flatMap(body ->
                                StreamSupport.stream(body.path("content").spliterator(), false))
                        .filter(content -> content.has("example"))
                        .forEach(content -> deviations.merge(
                                operation.name(),
                                schemaDeviations(content.path("schema"), content.get("example")),
                                (some, more) -> Stream.concat(some.stream(), more.stream())
                                        .toList())));
        return deviations;
    }
}
