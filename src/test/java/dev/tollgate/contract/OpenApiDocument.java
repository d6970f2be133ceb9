package dev.tollgate.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollgate.boot.RestApplication;
import dev.tollgate.core.audit.AuditEvent;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.jaxrs2.Reader;
import io.swagger.v3.oas.annotations.Hidden;
import io.swagger.v3.oas.integration.SwaggerConfiguration;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The contract, as {@code /openapi.json} serves it. */
public final class OpenApiDocument {

    private static final List<String> METHODS = List.of("get", "put", "post", "delete", "patch");

    private final java.nio.file.Path extra;
    private final ObjectNode base;
    private final Javadoc javadoc;
    private final List<Class<?>> resources;

    private OpenApiDocument(java.nio.file.Path project) {
        this.extra = project.resolve("src/main/openapi");
        this.base = base(extra.resolve("base.yaml"));
        this.javadoc = new Javadoc(project.resolve("src/main/java"));
        this.resources = new RestApplication()
                .getClasses().stream()
                        .filter(type -> type.isAnnotationPresent(Path.class))
                        .sorted(Comparator.comparing(Class::getName))
                        .collect(Collectors.toCollection(ArrayList::new));
    }

    /** Writes it: the project's directory, and the file. */
    public static void main(String[] arguments) throws IOException {
        java.nio.file.Path file = java.nio.file.Path.of(arguments[1]);
        Files.createDirectories(file.getParent());
        Files.writeString(file, of(java.nio.file.Path.of(arguments[0])).toPrettyString() + "\n");
    }

    /** Generates it from a project's classes, sources and {@code src/main/openapi}. */
    public static ObjectNode of(java.nio.file.Path project) {
        return new OpenApiDocument(project).generate();
    }

    private ObjectNode generate() {
        ObjectNode document = base.deepCopy();
        ObjectNode read = read();
        read.path("components")
                .path("schemas")
                .properties()
                .forEach(schema -> document.withObject("/components/schemas").set(schema.getKey(), schema.getValue()));
        ObjectNode types = document.withObject("/components/schemas").putObject("AuditType");
        types.put("type", "string");
        Arrays.stream(AuditEvent.Type.values())
                .forEach(type -> types.withArray("enum").add(type.name()));
        Map<String, JsonNode> paths = new TreeMap<>();
        document.path("paths").properties().stream()
                .filter(path -> isServed((ObjectNode) path.getValue()))
                .forEach(path -> paths.put(path.getKey(), path.getValue()));
        read.path("paths").properties().forEach(path -> {
            paths.put(path.getKey(), path.getValue());
            for (String method : METHODS) {
                if (path.getValue().path(method) instanceof ObjectNode operation) {
                    finish(path.getKey(), method, operation);
                }
            }
        });
        ObjectNode sorted = document.putObject("paths");
        paths.forEach(sorted::set);
        return document;
    }

    /** Whether the servlet that a path names is there. */
    private static boolean isServed(ObjectNode path) {
        try {
            Class.forName(path.remove("x-served-by").asText(), false, OpenApiDocument.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static ObjectNode base(java.nio.file.Path file) {
        try {
            Object tree = new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
            // A mapper of its own: the library's leaves null members out.
            return new ObjectMapper().valueToTree(tree);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ObjectNode read() {
        ModelConverters converters = ModelConverters.getInstance(true);
        RecordSchemas records = new RecordSchemas(javadoc);
        converters.addConverter(records);
        try {
            Reader reader =
                    new Reader(new SwaggerConfiguration().openAPI31(true).readAllResources(true));
            Set<Class<?>> types = new LinkedHashSet<>(resources);
            return Json31.mapper().valueToTree(reader.read(types));
        } finally {
            converters.removeConverter(records);
        }
    }

    private void finish(String path, String method, ObjectNode operation) {
        Method code = codeOf(path, method);
        Class<?> resource = resourceOf(path);
        String prefix = resource.getSimpleName().replace("Resource", "");
        String name = code.getName();
        operation.put(
                "operationId",
                Character.toLowerCase(prefix.charAt(0))
                        + prefix.substring(1)
                        + Character.toUpperCase(name.charAt(0))
                        + name.substring(1));
        String doc = javadoc.ofMethod(resource, name).orElseThrow();
        int end = doc.indexOf(". ");
        operation.put("summary", end < 0 ? doc : doc.substring(0, end + 1));
        if (end > 0) {
            operation.put("description", doc.substring(end + 2));
        }
        answers(operation);
        parameters(operation);
        OperationRules.apply(path, method, operation);
        example(operation);
    }

    /** The library calls what a method returns the default answer. */
    private static void answers(ObjectNode operation) {
        ObjectNode answers = operation.withObject("/responses");
        if (answers.remove("default") instanceof ObjectNode answer && !hasSuccess(answers)) {
            answers.set("200", answer);
        }
        answers.properties().forEach(answer -> {
            if (answer.getValue() instanceof ObjectNode object) {
                object.put("description", described(answer.getKey()));
            }
        });
    }

    /** A path's parameter is found in the code; what a shared one says of it is better. */
    private void parameters(ObjectNode operation) {
        if (!operation.has("parameters")) {
            return;
        }
        Set<String> shared = new LinkedHashSet<>();
        operation.path("parameters").forEach(parameter -> {
            String name = parameter.path("$ref").asText();
            shared.add(base.at(name.isEmpty() ? "/none" : name.substring(1))
                    .path("name")
                    .asText());
        });
        ArrayNode kept = Json31.mapper().createArrayNode();
        operation.path("parameters").forEach(parameter -> {
            if (!shared.contains(parameter.path("name").asText("?"))) {
                kept.add(parameter);
            }
        });
        operation.set("parameters", kept);
        kept.forEach(parameter -> {
            if (parameter.path("in").asText().equals("path")) {
                ((ObjectNode) parameter)
                        .put("description", "The " + parameter.path("name").asText() + " of what is meant.");
            }
        });
    }

    private static boolean hasSuccess(ObjectNode answers) {
        Map<String, JsonNode> all = new LinkedHashMap<>();
        answers.properties().forEach(answer -> all.put(answer.getKey(), answer.getValue()));
        return all.keySet().stream().anyMatch(status -> status.startsWith("2"));
    }

    private static String described(String status) {
        return switch (status) {
            case "200" -> "As asked.";
            case "201" -> "Made.";
            case "204" -> "Done.";
            default -> "Something without which nothing can be served is down.";
        };
    }

    /** A real answer, if one is kept. */
    private void example(ObjectNode operation) {
        java.nio.file.Path file =
                extra.resolve("examples").resolve(operation.path("operationId").asText() + ".json");
        if (!Files.exists(file)) {
            return;
        }
        for (String status : List.of("200", "201")) {
            if (operation.path("responses").path(status).path("content").path("application/json")
                    instanceof ObjectNode content) {
                try {
                    content.set("example", parse(Files.readString(file)));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private Class<?> resourceOf(String path) {
        return resources.stream()
                .filter(type -> codeIn(type, path, null).isPresent())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no resource is at " + path));
    }

    private Method codeOf(String path, String method) {
        return resources.stream()
                .flatMap(type -> codeIn(type, path, method.toUpperCase(java.util.Locale.ROOT)).stream())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no method is at " + method + " " + path));
    }

    private static Optional<Method> codeIn(Class<?> type, String path, String verb) {
        return shown(type)
                .filter(method -> verb == null || verb(method).equals(verb))
                .filter(method -> path(type, method).equals(path))
                .findFirst();
    }

    private static Stream<Method> shown(Class<?> type) {
        return Arrays.stream(type.getMethods())
                .filter(method -> !method.isAnnotationPresent(Hidden.class))
                .filter(method -> !verb(method).isEmpty());
    }

    private static String verb(Method method) {
        return Arrays.stream(method.getAnnotations())
                .map(annotation -> annotation.annotationType().getAnnotation(HttpMethod.class))
                .filter(Objects::nonNull)
                .map(HttpMethod::value)
                .findFirst()
                .orElse("");
    }

    /** Every method that is shown, by the name of its operation: of two with the same name one hides the other. */
    static List<String> shown(java.nio.file.Path project) {
        return new OpenApiDocument(project)
                .resources.stream()
                        .flatMap(type -> shown(type).map(method -> verb(method) + " " + path(type, method)))
                        .toList();
    }

    private static String path(Class<?> type, Method method) {
        Path below = method.getAnnotation(Path.class);
        String whole = "/" + type.getAnnotation(Path.class).value() + (below == null ? "" : "/" + below.value());
        return whole.replaceAll("\\{(\\w+):[^/]*?\\}(?=/|$)", "{$1}");
    }

    static JsonNode parse(String json) {
        try {
            return Json31.mapper().readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
