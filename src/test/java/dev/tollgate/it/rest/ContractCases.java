package dev.tollgate.it.rest;

import dev.tollgate.contract.Contract;
import dev.tollgate.contract.Contract.Operation;
import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.it.support.AdminClient.Key;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is asked of each operation to see it answer well, in an order in which it can. What is sent are the contract's own
 * examples wherever it has some.
 */
final class ContractCases {

    /** How a request proves who sends it. */
    enum As {
        NOBODY,
        KEY,
        ADMIN
    }

    /**
     * A request to be made.
     *
     * @param operation as {@code GET /health/live}
     * @param path with query
     * @param type of the body; null for none
     * @param body null for none
     * @param headers more header fields
     * @param status what is expected
     */
    record Call(
            String operation, As as, String path, String type, String body, Map<String, String> headers, int status) {

        Call with(String name, String value) {
            return new Call(operation, as, path, type, body, Map.of(name, value), status);
        }

        Call answering(int other) {
            return new Call(operation, as, path, type, body, headers, other);
        }

        Call by(As other) {
            return new Call(operation, other, path, type, body, headers, status);
        }
    }

    private static final String JSON = "application/json";
    private static final String NO_SUCH = "00000000-0000-4000-8000-000000000000";

    private final Contract contract;
    private final Map<String, Operation> operations;
    private final Key key;
    private final Key spare;
    private final String tier;
    private final long asideBatch;
    private final String principal;
    private final Map<String, String> variables = new LinkedHashMap<>();

    /**
     * @param key one whose account is known, with usage
     * @param spare one of the same account, to be rotated and revoked
     * @param tier a name no tier has yet
     * @param asideBatch a batch that set usage of the key aside
     * @param principal the id of a principal of the account
     */
    ContractCases(Contract contract, Key key, Key spare, String tier, long asideBatch, String principal) {
        this.contract = contract;
        this.operations = contract.operations();
        this.key = key;
        this.spare = spare;
        this.tier = tier;
        this.asideBatch = asideBatch;
        this.principal = principal;
    }

    /** Every operation's path with its variables filled in, to be asked for something bad. */
    String anyPath(Operation operation) {
        variables.put("batchId", "1");
        variables.put("keyId", key.id());
        variables.put("provider", "local");
        variables.put("name", operation.path().contains("/routes/") ? "uploads" : "pro");
        variables.put("caller", "ip:192.0.2.99");
        variables.put("principal", principal);
        variables.put("id", operation.path().contains("/accounts/") ? key.account() : key.id());
        String path = operation.path();
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            path = path.replace("{" + variable.getKey() + "}", variable.getValue());
        }
        return path;
    }

    /** Those of operations there are. */
    List<Call> all() {
        return Stream.concat(ofOneAccount().stream(), every().stream())
                .filter(call -> operations.containsKey(call.operation()))
                .toList();
    }

    private List<Call> ofOneAccount() {
        String account = "/api/v1/admin/accounts/{id}";
        String known = "/api/v1/admin/accounts/" + key.account();
        String unknown = "/api/v1/admin/accounts/" + NO_SUCH;
        return List.of(
                admin("GET", account + "/limits", known + "/limits", 200),
                example("PUT", account + "/limits", known + "/limits", 200, Function.identity()),
                admin("GET", account + "/limits", known + "/limits", 200),
                example("PUT", account + "/limits", unknown + "/limits", 404, Function.identity()),
                admin("DELETE", account + "/limits", known + "/limits", 204),
                example("POST", account + "/principals", known + "/principals", 201, Function.identity()),
                example("POST", account + "/principals", known + "/principals", 409, Function.identity()),
                admin("GET", account + "/principals", known + "/principals", 200),
                admin("DELETE", account + "/principals/{principal}", known + "/principals/" + principal, 204),
                admin("DELETE", account + "/principals/{principal}", known + "/principals/" + principal, 404));
    }

    private List<Call> every() {
        String accounts = "/api/v1/admin/accounts";
        String keys = "/api/v1/admin/keys";
        String bans = "/api/v1/admin/bans";
        String tiers = "/api/v1/admin/tiers";
        String caller = contract.bodies(operations.get("POST " + bans))
                .get(JSON)
                .path("example")
                .path("caller")
                .asText();
        String overview = "/api/v1/admin/overview";
        String usage = "/api/v1/admin/usage";
        String refusals = "/api/v1/admin/refusals";
        String shadow = "/api/v1/admin/routes/{name}/shadow";
        String retry = "/api/v1/admin/settlement/set-aside/{batchId}/{keyId}/retry";
        String setAside = "/api/v1/admin/settlement/set-aside/" + asideBatch;
        return List.of(
                get("/health/live"),
                get("/health/ready"),
                get("/metrics"),
                get("/api/v1/limits"),
                get("/api/v1/limits").by(As.KEY),
                check("GET"),
                check("HEAD"),
                check("POST"),
                check("PUT"),
                check("PATCH"),
                check("DELETE"),
                check("OPTIONS"),
                upload(),
                new Call(
                        "POST /api/v1/uploads/{provider}",
                        As.KEY,
                        "/api/v1/uploads/none",
                        "text/plain",
                        "x",
                        Map.of(),
                        404),
                usage(JSON),
                usage("application/cloudevents+json"),
                usage("application/cloudevents-batch+json"),
                new Call("POST /api/v1/usage", As.KEY, "/api/v1/usage", JSON, "[{\"id\":\"x\"},7]", Map.of(), 400),
                report(""),
                report("/daily"),
                report("/daily").with("Accept", "text/csv"),
                report("/providers"),
                report("/providers").with("Accept", "text/csv"),
                report("/file-types"),
                report("/live"),
                anyReport(""),
                anyReport("/daily"),
                anyReport("/providers").with("Accept", "text/csv"),
                anyReport("/file-types"),
                anyReport("/live"),
                new Call(
                        "GET " + keys + "/{id}/analytics",
                        As.ADMIN,
                        keys + "/" + NO_SUCH + "/analytics",
                        null,
                        null,
                        Map.of(),
                        404),
                admin("GET", accounts, accounts + "?size=1&q=integration", 200),
                example("POST", accounts, accounts, 201, Function.identity()),
                admin("GET", accounts + "/{id}", accounts + "/" + key.account(), 200),
                admin("GET", accounts + "/{id}", accounts + "/" + NO_SUCH, 404),
                example("PATCH", accounts + "/{id}", accounts + "/" + key.account(), 200, Function.identity()),
                admin("DELETE", accounts + "/{id}", accounts + "/" + NO_SUCH, 404),
                example(
                        "POST",
                        accounts + "/{id}/reset",
                        accounts + "/" + key.account() + "/reset",
                        204,
                        Function.identity()),
                example(
                        "POST",
                        accounts + "/{id}/reset",
                        accounts + "/" + NO_SUCH + "/reset",
                        404,
                        Function.identity()),
                example(
                        "POST",
                        "/api/v1/admin/callers/{caller}/reset",
                        "/api/v1/admin/callers/ip:192.0.2.7/reset",
                        204,
                        Function.identity()),
                admin("GET", accounts + "/{id}/analytics", accounts + "/" + key.account() + "/analytics", 200),
                admin("GET", keys, keys + "?size=1&accountId=" + key.account(), 200),
                queried("GET", keys),
                queried("GET", accounts),
                queried("GET", tiers),
                importing(201),
                importing(409),
                example("POST", keys, keys, 201, text -> text.replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}", key.account())),
                admin("GET", keys + "/{id}", keys + "/" + key.id(), 200),
                example("POST", keys + "/{id}/rotate", keys + "/" + spare.id() + "/rotate", 200, Function.identity()),
                example("PATCH", keys + "/{id}", keys + "/" + spare.id(), 200, Function.identity()),
                example("PATCH", keys + "/{id}", keys + "/" + NO_SUCH, 404, Function.identity()),
                admin("DELETE", keys + "/{id}", keys + "/" + spare.id(), 204),
                example("PATCH", keys + "/{id}", keys + "/" + spare.id(), 409, Function.identity()),
                example("POST", keys + "/{id}/rotate", keys + "/" + spare.id() + "/rotate", 409, Function.identity()),
                admin("GET", tiers, tiers + "?size=1", 200),
                admin("GET", tiers + "/{name}", tiers + "/pro", 200),
                example("PUT", tiers + "/{name}", tiers + "/" + tier, 404, Function.identity()),
                example("PUT", tiers + "/{name}", tiers + "/" + tier, 201, Function.identity())
                        .with("If-None-Match", "*"),
                example("PUT", tiers + "/{name}", tiers + "/" + tier, 412, Function.identity())
                        .with("If-None-Match", "*"),
                example("PUT", tiers + "/{name}", tiers + "/" + tier, 200, Function.identity()),
                example("POST", tiers, tiers, 409, text -> text.replace("partners", tier)),
                example("POST", tiers, tiers, 201, text -> text.replace("partners", tier + "2")),
                admin("DELETE", tiers + "/{name}", tiers + "/" + tier, 204),
                admin("DELETE", tiers + "/{name}", tiers + "/" + tier, 404),
                admin("DELETE", tiers + "/{name}", tiers + "/anonymous", 409),
                example("POST", bans, bans, 201, Function.identity()),
                example("POST", bans, bans, 200, text -> text.replace("1_DAY", "1_HOUR")),
                admin("GET", bans, bans + "?size=1", 200),
                admin("GET", bans + "/{caller}", bans + "/" + caller, 200),
                admin("DELETE", bans + "/{caller}", bans + "/" + caller + query("DELETE " + bans + "/{caller}"), 204),
                admin("GET", bans + "/{caller}", bans + "/" + caller, 404),
                admin(
                        "GET",
                        "/api/v1/admin/audit",
                        "/api/v1/admin/audit?size=1&type=BAN_APPLIED&caller=" + caller
                                + "&from=2026-01-01T00:00:00Z&to=9999-01-01T00:00:00%2B01:00",
                        200),
                queried("GET", usage),
                queried("GET", usage).with("Accept", "text/csv"),
                admin("GET", usage, usage + "?group=account,key,provider,day,month&sort=keyName", 200),
                queried("GET", usage + "/export"),
                admin("GET", "/api/v1/admin/ledger", "/api/v1/admin/ledger", 200),
                admin("GET", "/api/v1/admin/ledger", "/api/v1/admin/ledger?keyId=" + key.id(), 200),
                admin("POST", "/api/v1/admin/ledger/recount", "/api/v1/admin/ledger/recount", 200),
                admin("GET", "/api/v1/admin/settlement/batches", "/api/v1/admin/settlement/batches?size=1", 200),
                admin("GET", "/api/v1/admin/settlement/set-aside", "/api/v1/admin/settlement/set-aside?size=1", 200),
                admin("GET", "/api/v1/admin/redis", "/api/v1/admin/redis", 200),
                admin("GET", overview, overview, 200),
                queried("GET", overview + "/stream"),
                queried("GET", overview + "/traffic"),
                queried("GET", overview + "/daily"),
                queried("GET", "/api/v1/admin/callers"),
                admin("GET", "/api/v1/admin/callers/{caller}", "/api/v1/admin/callers/" + key.account(), 200),
                admin("GET", "/api/v1/admin/callers/{caller}", "/api/v1/admin/callers/ip:192.0.2.7", 200),
                admin("GET", "/api/v1/admin/audit", "/api/v1/admin/audit?type=BAN_LIFTED,BAN_APPLIED", 200),
                admin("GET", "/api/v1/admin/audit/export", "/api/v1/admin/audit/export?type=BAN_APPLIED", 200),
                admin(
                        "GET",
                        tiers + "/{name}/preview",
                        tiers + "/free/preview" + query("GET " + tiers + "/{name}/preview"),
                        200),
                admin("GET", refusals, refusals + "?size=1&route=uploads&code=QUOTA_EXCEEDED&shadow=false", 200),
                admin("GET", refusals, refusals + "?request=4bf92f3577b34da6a3ce929d0e0e4736&shadow=", 200),
                admin("GET", refusals + "/export", refusals + "/export?caller=ip:192.0.2.7", 200),
                admin("GET", "/api/v1/admin/routes", "/api/v1/admin/routes", 200),
                admin("GET", shadow, "/api/v1/admin/routes/uploads/shadow?from=2026-01-01T00:00:00Z", 200),
                admin("GET", shadow, "/api/v1/admin/routes/none/shadow", 404),
                example(
                        "PATCH",
                        "/api/v1/admin/routes/{name}",
                        "/api/v1/admin/routes/uploads",
                        200,
                        Function.identity()),
                example("PATCH", "/api/v1/admin/routes/{name}", "/api/v1/admin/routes/none", 404, Function.identity()),
                example(
                        "POST",
                        "/api/v1/admin/settlement/run",
                        "/api/v1/admin/settlement/run",
                        200,
                        Function.identity()),
                example("POST", retry, setAside + "/" + key.id() + "/retry", 204, Function.identity()),
                example("POST", retry, setAside + "/" + key.id() + "/retry", 404, Function.identity()),
                admin("DELETE", accounts + "/{id}", accounts + "/" + key.account() + "?usage=delete", 204),
                example("PATCH", accounts + "/{id}", accounts + "/" + key.account(), 409, Function.identity()));
    }

    private Call importing(int status) {
        String path = "/api/v1/admin/keys/import";
        return example(
                "POST",
                path,
                path,
                status,
                text -> text.replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}", key.account())
                        .replaceAll("[0-9a-f]{64}", ApiKeyToken.hash(spare.id())));
    }

    private Call get(String path) {
        return new Call("GET " + path, As.NOBODY, path, null, null, Map.of(), 200);
    }

    private static Call check(String method) {
        return new Call(method + " /api/v1/check", As.KEY, "/api/v1/check", null, null, Map.of(), 204);
    }

    private Call upload() {
        return new Call(
                "POST /api/v1/uploads/{provider}",
                As.KEY,
                "/api/v1/uploads/local" + query("POST /api/v1/uploads/{provider}"),
                "text/plain",
                "hello",
                Map.of(),
                201);
    }

    private Call usage(String type) {
        String operation = "POST /api/v1/usage";
        String body = contract.bodies(operations.get(operation))
                .get(type)
                .path("example")
                .toString();
        return new Call(operation, As.KEY, "/api/v1/usage", type, body, Map.of(), 200);
    }

    private Call report(String path) {
        String operation = "GET /api/v1/analytics" + path;
        return new Call(operation, As.KEY, "/api/v1/analytics" + path + query(operation), null, null, Map.of(), 200);
    }

    private Call anyReport(String path) {
        String operation = "GET /api/v1/admin/keys/{id}/analytics" + path;
        return new Call(
                operation,
                As.ADMIN,
                "/api/v1/admin/keys/" + key.id() + "/analytics" + path + query(operation),
                null,
                null,
                Map.of(),
                200);
    }

    private Call queried(String method, String path) {
        return admin(method, path, path + query(method + " " + path), 200);
    }

    private static Call admin(String method, String template, String path, int status) {
        return new Call(method + " " + template, As.ADMIN, path, null, null, Map.of(), status);
    }

    private Call example(String method, String template, String path, int status, Function<String, String> change) {
        String operation = method + " " + template;
        String body = contract.bodies(operations.get(operation))
                .get(JSON)
                .path("example")
                .toString();
        return new Call(operation, As.ADMIN, path, JSON, change.apply(body), Map.of(), status);
    }

    /** The examples of the operation's query parameters. */
    private String query(String operation) {
        String query = contract.parameters(operations.get(operation), "query").stream()
                .filter(parameter -> parameter.has("example"))
                .map(parameter -> parameter.path("name").asText() + "="
                        + URLEncoder.encode(parameter.path("example").asText(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return query.isEmpty() ? "" : "?" + query;
    }
}
