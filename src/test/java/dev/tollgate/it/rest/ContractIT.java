package dev.tollgate.it.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.contract.Contract;
import dev.tollgate.contract.Contract.Answer;
import dev.tollgate.contract.Contract.Operation;
import dev.tollgate.fixture.Ports;
import dev.tollgate.it.rest.ContractCases.As;
import dev.tollgate.it.rest.ContractCases.Call;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.AdminClient.Key;
import dev.tollgate.it.support.AsideUsage;
import dev.tollgate.it.support.ShippedWar;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The deployed WAR does what {@code /openapi.json} says it does: every operation, asked well and asked badly. */
class ContractIT extends ShippedWar {

    /** Open to all unless a setting says otherwise, and whatever is asked for. */
    private static final Set<String> ALWAYS_ANSWERED = Set.of("GET /metrics");

    /** Of at least four words, from a capital letter or the name of what is wrong to a full stop. */
    private static final String SENTENCES =
            "(?s)([A-Z][\\w'/-]*|[A-Za-z0-9.\\[\\]]+ (must|is|was|has|cannot|can)\\b)( \\S+){3,}\\.";

    private Contract contract;
    private Map<String, Operation> operations;
    private AdminClient operator;
    private Key key;
    private ContractCases cases;

    @BeforeEach
    void theContract() {
        HttpResponse<String> document = get("/openapi.json", Map.of());
        assertThat(document.statusCode()).isEqualTo(200);
        assertThat(document.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/json");
        contract = new Contract(document.body());
        operations = contract.operations();
        operator = new AdminClient(this);
        String account = operator.newAccount("enterprise");
        key = operator.newKey(account);
        cases = new ContractCases(
                contract,
                key,
                operator.newKey(account),
                "contract-" + UUID.randomUUID().toString().substring(0, 8),
                AsideUsage.of(key, 2),
                AdminClient.json(operator.send(
                                "POST",
                                "/accounts/" + account + "/principals",
                                "{\"name\":\"" + UUID.randomUUID() + "\"}"))
                        .getString("id"));
    }

    @Test
    void everyOperationHasACase() {
        TreeSet<String> covered = new TreeSet<>();
        cases.all().stream()
                .filter(call -> call.status() < 300)
                .map(Call::operation)
                .forEach(covered::add);
        assertThat(covered).isEqualTo(new TreeSet<>(operations.keySet()));
    }

    @Test
    void everyOperationAnswersAsTheContractSays() {
        List<String> deviations = new ArrayList<>();
        for (Call call : cases.all()) {
            HttpResponse<String> response = answer(call);
            deviations.addAll(deviations(call, response));
            keep(call, response);
        }
        assertThat(deviations).isEmpty();
    }

    @Test
    void everyOperationRefusesWhatTheContractDoesNotAllow() {
        List<String> deviations = new ArrayList<>();
        Set<String> details = new TreeSet<>();
        int asked = 0;
        for (Operation operation : operations.values()) {
            List<Call> bad = BadRequests.to(contract, operation, cases.anyPath(operation));
            assertThat(bad.isEmpty())
                    .as(operation.name() + " is never refused")
                    .isEqualTo(ALWAYS_ANSWERED.contains(operation.name()));
            for (Call call : bad) {
                HttpResponse<String> refused = answer(call);
                deviations.addAll(deviations(call, refused));
                if (!refused.body().isEmpty()) {
                    details.add(AdminClient.json(refused).getString("detail"));
                }
                asked++;
            }
        }
        System.out.printf(
                "contract: %d operations, %d bad requests, %d details:%n  %s%n",
                operations.size(), asked, details.size(), String.join("\n  ", details));
        assertThat(deviations).isEmpty();
        assertThat(details).allSatisfy(detail -> assertThat(detail).matches(SENTENCES));
    }

    @Test
    void aReportTheClientHasIsNotSentAgain() {
        Call call = cases.all().stream()
                .filter(one -> one.operation().equals("GET /api/v1/analytics/file-types"))
                .findFirst()
                .orElseThrow();
        String tag = answer(call).headers().firstValue("ETag").orElseThrow();
        Call again = call.with("If-None-Match", tag).answering(304);
        assertThat(deviations(again, answer(again))).isEmpty();
    }

    @Test
    void refusalsOfTheGateAreAsTheContractSays() {
        Key free = operator.newKey(operator.newAccount("free"));
        Call check = new Call("GET /api/v1/check", As.KEY, "/api/v1/check", null, null, Map.of(), 204);
        List<String> deviations = new ArrayList<>();
        List<String> codes = new ArrayList<>();
        for (int i = 0; i < 18; i++) {
            HttpResponse<String> response = send(request(check).setHeader("X-API-Key", free.secret()));
            int status = response.statusCode();
            deviations.addAll(contract.deviations(operations.get(check.operation()), seen(response)));
            codes.add(status == 204 ? "passed" : AdminClient.json(response).getString("code"));
        }
        assertThat(deviations).isEmpty();
        assertThat(codes).contains("passed", "RATE_LIMIT_EXCEEDED", "BANNED");
        HttpResponse<String> limits =
                send(HttpRequest.newBuilder(at("/api/v1/limits")).header("X-API-Key", free.secret()));
        assertThat(contract.deviations(operations.get("GET /api/v1/limits"), seen(limits)))
                .isEmpty();
        assertThat(AdminClient.json(limits).isNull("ban")).isFalse();
    }

    private HttpResponse<String> answer(Call call) {
        HttpResponse<String> response = send(request(call));
        if (call.operation().startsWith("POST /api/v1/uploads") && response.statusCode() == 201) {
            Ports.await(
                    "the upload in analytics",
                    Duration.ofSeconds(5),
                    () -> AdminClient.json(send(HttpRequest.newBuilder(at("/api/v1/analytics"))
                                            .header("X-API-Key", key.secret())))
                                    .getJsonObject("summary")
                                    .getInt("totalFilesUploaded")
                            > 0);
        }
        return response;
    }

    private HttpRequest.Builder request(Call call) {
        HttpRequest.Builder request = call.as() == As.ADMIN
                ? operator.request(call.path().substring("/api/v1/admin".length()))
                : HttpRequest.newBuilder(at(call.path()));
        // Wrong keys are guesses of their address's, of which other tests have theirs.
        request.header("X-Forwarded-For", "203.0.113.22");
        if (call.as() == As.KEY) {
            request.header("X-API-Key", key.secret());
        }
        if (call.type() != null) {
            request.header("Content-Type", call.type());
        }
        call.headers().forEach(request::header);
        String method = call.operation().substring(0, call.operation().indexOf(' '));
        boolean admin = call.as() == As.ADMIN && call.body() == null && !method.equals("GET");
        return (admin ? request.header("Content-Type", "application/json") : request)
                .method(
                        method,
                        call.body() == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(call.body()));
    }

    private List<String> deviations(Call call, HttpResponse<String> response) {
        List<String> deviations =
                new ArrayList<>(contract.deviations(operations.get(call.operation()), seen(response)));
        if (response.statusCode() != call.status()) {
            deviations.add("answered " + response.statusCode() + " and not " + call.status() + ": " + response.body());
        }
        String what = call.operation() + " as " + call.path() + " " + call.headers() + " " + call.body() + ": ";
        return deviations.stream().map(deviation -> what + deviation).toList();
    }

    private static Answer seen(HttpResponse<String> response) {
        String type = response.headers()
                .firstValue("Content-Type")
                .map(value -> value.replaceAll("\\s*;.*", ""))
                .orElse(null);
        return new Answer(response.statusCode(), response.headers().map(), type, response.body());
    }

    /** For whoever wants fresh examples: src/main/openapi/examples has some of these. */
    private void keep(Call call, HttpResponse<String> response) {
        boolean json = response.headers()
                .firstValue("Content-Type")
                .filter(type -> type.startsWith("application/json"))
                .isPresent();
        if (!json || response.statusCode() > 201) {
            return;
        }
        Path file = Path.of(
                System.getProperty("tollgate.test.dir"),
                "examples",
                operations.get(call.operation()).id() + ".json");
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, response.body());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
