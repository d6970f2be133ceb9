package dev.tollgate.it.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollgate.contract.Contract;
import dev.tollgate.contract.Contract.Operation;
import dev.tollgate.it.rest.ContractCases.As;
import dev.tollgate.it.rest.ContractCases.Call;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Bad requests to an operation, made from what the contract says is good. Every operation gets its own, also a new one. */
final class BadRequests {

    private static final String JSON = "application/json";

    private final Contract contract;
    private final Operation operation;
    private final String path;
    private final As as;
    private final List<Call> calls = new ArrayList<>();

    private BadRequests(Contract contract, Operation operation, String path) {
        this.contract = contract;
        this.operation = operation;
        this.path = path;
        this.as = operation.path().startsWith("/api/v1/admin/")
                ? As.ADMIN
                : operation.path().startsWith("/api/") ? As.KEY : As.NOBODY;
    }

    /** Requests that must be refused, to this path. */
    static List<Call> to(Contract contract, Operation operation, String path) {
        BadRequests bad = new BadRequests(contract, operation, path);
        bad.make();
        return bad.calls;
    }

    private void make() {
        if (contract.documents(operation, 406)) {
            calls.add(call(path, type(), body())
                    .with("Accept", "application/x-nothing")
                    .answering(406));
        }
        if (contract.documents(operation, 401) && !operation.path().equals("/metrics")) {
            boolean open = operation.says().path("security").toString().contains("{}");
            if (open) {
                calls.add(call(path, type(), body())
                        .by(As.NOBODY)
                        .with("X-API-Key", "tg_wrong")
                        .answering(401));
            } else {
                calls.add(call(path, type(), body()).by(As.NOBODY).answering(401));
            }
        }
        if (contract.documents(operation, 415)) {
            calls.add(
                    contract.bodies(operation).containsKey("*/*")
                            ? call(path, "multipart/form-data; boundary=x", "--x--")
                                    .with("Content-Encoding", "gzip")
                                    .answering(415)
                            : call(path, "text/plain", "hello").answering(415));
        }
        if (contract.documents(operation, 400)) {
            calls.add(call(path + "?nonsense=1", type(), body()).answering(400));
            contract.parameters(operation, "query").forEach(this::badParameter);
            JsonNode schema = contract.bodies(operation).containsKey(JSON)
                    ? contract.bodies(operation).get(JSON).path("schema")
                    : null;
            if (schema != null && schema.has("properties")) {
                badMembers(schema);
            }
        }
    }

    private void badParameter(JsonNode parameter) {
        String name = parameter.path("name").asText();
        JsonNode schema = contract.resolve(parameter.path("schema"));
        for (String value : badValues(schema)) {
            String query = "?" + name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
            calls.add(call(path + query, type(), body()).answering(400));
        }
    }

    private static List<String> badValues(JsonNode schema) {
        List<String> values = new ArrayList<>();
        if (schema.path("type").asText().equals("integer")) {
            values.add(Long.toString(schema.path("minimum").asLong() - 1));
            values.add(Long.toString(schema.path("maximum").asLong() + 1));
            values.addAll(List.of("NaN", "1.5", ""));
        }
        if (schema.has("maxLength") && schema.path("maxLength").asInt() < 1000) {
            values.add("x".repeat(schema.path("maxLength").asInt() + 1));
        }
        if (schema.has("pattern")) {
            values.addAll(List.of("all", "a,b", "A b"));
        }
        if (schema.has("format")) {
            values.addAll(List.of("yesterday", "2026-13-01", ""));
        }
        if (schema.has("enum") || schema.has("items")) {
            values.add("NONE_OF_THESE");
        }
        return values;
    }

    private void badMembers(JsonNode schema) {
        JsonNode example = contract.bodies(operation).get(JSON).path("example");
        ObjectNode more = example.deepCopy();
        calls.add(call(path, JSON, more.put("nonsense", 1).toString()).answering(400));
        schema.path("required").forEach(name -> {
            ObjectNode less = example.deepCopy();
            less.remove(name.asText());
            calls.add(call(path, JSON, less.toString()).answering(400));
        });
        schema.path("properties").properties().forEach(member -> {
            JsonNode says = contract.resolve(member.getValue());
            ObjectNode bad = example.deepCopy();
            calls.add(
                    call(path, JSON, bad.set(member.getKey(), bad.objectNode()).toString())
                            .answering(400));
            if (says.has("maxLength")) {
                bad.put(member.getKey(), "x".repeat(says.path("maxLength").asInt() + 1));
                calls.add(call(path, JSON, bad.toString()).answering(400));
            }
            if (says.has("maximum")) {
                bad.put(member.getKey(), says.path("maximum").asLong() + 1);
                calls.add(call(path, JSON, bad.toString()).answering(400));
                bad.put(member.getKey(), says.path("minimum").asLong() - 1);
                calls.add(call(path, JSON, bad.toString()).answering(400));
            }
            if (says.has("pattern")) {
                calls.add(call(path, JSON, bad.put(member.getKey(), "5_YEAR").toString())
                        .answering(400));
            }
        });
        calls.add(call(path, JSON, "{\"name\":").answering(400));
    }

    private String type() {
        Map<String, JsonNode> bodies = contract.bodies(operation);
        return bodies.isEmpty() ? null : bodies.containsKey(JSON) ? JSON : "text/plain";
    }

    private String body() {
        Map<String, JsonNode> bodies = contract.bodies(operation);
        return bodies.isEmpty()
                ? null
                : bodies.containsKey(JSON) ? bodies.get(JSON).path("example").toString() : "hello";
    }

    private Call call(String at, String type, String body) {
        return new Call(operation.name(), as, at, type, body, Map.of(), 400);
    }
}
