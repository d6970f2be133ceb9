package dev.tollgate.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What an operation shares with others of its kind: who may call it, and how it refuses. */
final class OperationRules {

    private static final List<String> LIMITS =
            List.of("RateLimit-Policy", "RateLimit", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset");
    private static final String RESPONSES = "responses";

    private OperationRules() {}

    static void apply(String path, String method, ObjectNode operation) {
        boolean changes = !method.equals("get");
        if (path.startsWith("/health")) {
            describe(operation, "operation", "[{}]");
            answer(operation, "406", "NotAcceptable");
            return;
        }
        answers(operation, Map.of("400", "BadRequest", "406", "NotAcceptable", "500", "Failed", "503", "Unavailable"));
        if (path.startsWith("/api/v1/admin/")) {
            describe(operation, "admin", "[{\"basic\":[]}]");
            answers(operation, Map.of("401", "NoAdministrator", "403", "Forbidden", "429", "TooManySignIns"));
            if (changes) {
                answers(operation, Map.of("408", "TooSlow", "415", "UnsupportedMediaType"));
            }
            if (path.contains("{") || path.endsWith("/ledger")) {
                answer(operation, "404", "NotFound");
            }
            if (path.endsWith("/rotate")
                    || path.endsWith("/retry")
                    || path.endsWith("/import")
                    || method.equals("patch") && (path.contains("/keys/") || path.contains("/accounts/"))
                    || method.equals("delete") && path.contains("/tiers/")) {
                answer(operation, "409", "Conflict");
            }
            if ((path.endsWith("/tiers") || path.endsWith("/principals")) && changes) {
                answer(operation, "409", "Conflict");
            } else if (method.equals("put") && path.contains("/tiers/")) {
                answer(operation, "412", "PreconditionFailed");
            }
        } else {
            String tag = path.split("/")[3];
            boolean open = tag.equals("limits");
            describe(
                    operation,
                    open ? "gate" : tag,
                    open ? "[{\"apiKey\":[]},{\"bearer\":[]},{}]" : "[{\"apiKey\":[]},{\"bearer\":[]}]");
            answers(operation, Map.of("401", "BadKey", "429", "Refused"));
            headers(operation, tag.equals("uploads") ? "201" : "200", LIMITS);
            if (tag.equals("uploads")) {
                answers(operation, Map.of("403", "RefusedForGood", "404", "NotFound"));
                answer(operation, "408", "TooSlow");
                answer(operation, "415", "UnsupportedMediaType");
            } else if (tag.equals("usage")) {
                answer(operation, "403", "PostingDenied");
                answer(operation, "415", "UnsupportedMediaType");
            } else if (tag.equals("analytics")) {
                answer(operation, "404", "NotFound");
            }
        }
        if (operation.has("requestBody")) {
            answer(operation, "413", "TooLarge");
        }
        if (path.contains("/analytics") && !path.contains("/accounts/")) {
            conditional(operation);
        }
        if (operation.path(RESPONSES).has("201")) {
            headers(operation, "201", List.of("Location"));
        }
        sort(operation);
    }

    private static void describe(ObjectNode operation, String tag, String security) {
        operation.putArray("tags").add(tag);
        operation.set("security", OpenApiDocument.parse(security));
    }

    private static void answers(ObjectNode operation, Map<String, String> answers) {
        answers.forEach((status, name) -> answer(operation, status, name));
    }

    private static void answer(ObjectNode operation, String status, String name) {
        operation.withObject("/" + RESPONSES).putObject(status).put("$ref", "#/components/responses/" + name);
    }

    private static void headers(ObjectNode operation, String status, List<String> names) {
        ObjectNode headers = operation.withObject("/responses/" + status + "/headers");
        names.forEach(name -> headers.putObject(name).put("$ref", "#/components/headers/" + name));
    }

    /** Reports carry a tag, and are not sent again to who has them. */
    private static void conditional(ObjectNode operation) {
        ArrayNode parameters = operation.withArray("parameters");
        parameters
                .addObject()
                .put("name", "If-None-Match")
                .put("in", "header")
                .put("description", "Tags of answers the client has.")
                .putObject("schema")
                .put("type", "string");
        headers(operation, "200", List.of("ETag"));
        ObjectNode same = operation.withObject("/" + RESPONSES).putObject("304");
        same.put("description", "Nothing has changed since.");
        same.putObject("headers").putObject("ETag").put("$ref", "#/components/headers/ETag");
    }

    private static void sort(ObjectNode operation) {
        JsonNode answers = operation.path(RESPONSES);
        ObjectNode sorted = operation.putObject(RESPONSES);
        TreeSet<String> names = new TreeSet<>();
        answers.fieldNames().forEachRemaining(names::add);
        names.forEach(name -> sorted.set(name, answers.get(name)));
    }
}
