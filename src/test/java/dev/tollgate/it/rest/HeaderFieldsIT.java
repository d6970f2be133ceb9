package dev.tollgate.it.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.contract.Contract;
import dev.tollgate.contract.Contract.Operation;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.AdminClient.Key;
import dev.tollgate.it.support.PlainHttp;
import dev.tollgate.it.support.PlainHttp.Answer;
import dev.tollgate.it.support.ShippedWar;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every operation, asked with odd values in every header field of HTTP: each answer is Tollgate's own, with a request id. */
class HeaderFieldsIT extends ShippedWar {

    private static final long SEED = 23;

    /** How many requests are sent with each field to each operation. */
    private static final int VALUES = 1;

    /**
     * The fields of IANA's registry that clients send. Host, Content-Length and Transfer-Encoding are left out: they say where a
     * request goes and ends, and a server refuses odd ones before any application sees them.
     */
    private static final List<String> FIELDS = List.of(
            ("A-IM Accept Accept-Charset Accept-Datetime Accept-Encoding Accept-Language Accept-Patch Accept-Ranges"
                            + " Access-Control-Request-Headers Access-Control-Request-Method Age Allow Alt-Used"
                            + " Authorization Cache-Control CDN-Loop Connection Content-Digest Content-Disposition"
                            + " Content-Encoding Content-Language Content-Location Content-Range Content-Type Cookie DASL"
                            + " Date Depth Destination DNT DPoP Early-Data ETag Expect Expires Forwarded From"
                            + " HTTP2-Settings Idempotency-Key If If-Match If-Modified-Since If-None-Match If-Range"
                            + " If-Schedule-Tag-Match If-Unmodified-Since Keep-Alive Last-Modified Link Lock-Token"
                            + " Max-Forwards MIME-Version Negotiate Ordering-Type Origin Overwrite Position Pragma Prefer"
                            + " Priority Proxy-Authorization Proxy-Connection Range Referer Repr-Digest Save-Data"
                            + " Sec-Fetch-Dest Sec-Fetch-Mode Sec-Fetch-Site Sec-Fetch-User Sec-WebSocket-Key"
                            + " Sec-WebSocket-Version Signature Signature-Input SLUG Surrogate-Capability TE Timeout"
                            + " Topic Trailer traceparent tracestate TTL Upgrade Upgrade-Insecure-Requests Urgency"
                            + " User-Agent Via Want-Content-Digest Warning WWW-Authenticate X-API-Key X-Forwarded-For"
                            + " X-Forwarded-Host X-Forwarded-Proto X-HTTP-Method-Override X-Request-Id X-Requested-With")
                    .split(" "));

    private static final List<String> ODD = List.of(
            "",
            "abc",
            "jpg",
            "\"",
            "\"unclosed",
            "W/",
            "W/\"a\", b",
            "*",
            ",,,",
            ";;;",
            "=",
            "a=b=c;=;d",
            "*/*;q=x",
            "text/*;q=0.1;q=2",
            "a/b/c",
            "text/html;charset=nonsense",
            "text/plain; charset=\"",
            "multipart/form-data",
            "multipart/form-data; boundary=\"",
            "application/json; charset=utf-99",
            "text/csv; charset=utf-99",
            "application/json; q=0.5; x=y",
            "bytes=9-1,,-",
            "99999999999999999999",
            "-1",
            "0",
            "NaN",
            "Mon, 32 Foo 2026 25:61:61 GMT",
            "%zz%00",
            "../../etc/passwd",
            "<script>",
            "{}",
            "null",
            "a\tb",
            "\\",
            "gzip, identity;q=0, *;q=9",
            "Basic !!!",
            "Bearer",
            "Digest username=\"",
            "x".repeat(3_000),
            "a,".repeat(1_000));

    /** Payara's listener refuses it with a 400 of its own before any application sees the request. */
    private static final String BEYOND_ASCII = "\u00e9\u00ff\u0080";

    private final List<String> values = new ArrayList<>(ODD);
    private final Random random = new Random(SEED);
    private final List<String> deviations = new ArrayList<>();
    private int asked;

    @Test
    void noValueOfAnyFieldMakesAnAnswerThatIsNotOurs() throws IOException {
        AdminClient operator = new AdminClient(this);
        Key key = operator.newKey(operator.newAccount("enterprise"));
        long loggedBefore = logged();
        if (!IntegrationServers.onPayara()) {
            values.add(BEYOND_ASCII);
        }
        for (Operation operation :
                new Contract(get("/openapi.json", Map.of()).body()).operations().values()) {
            if (operation.path().endsWith("/stream")) {
                continue; // has no end
            }
            for (String field : FIELDS) {
                if (isTakenForAnotherProtocol(operation, field)) {
                    continue;
                }
                for (int i = 0; i < VALUES; i++) {
                    ask(operation, key, field, values.get(random.nextInt(values.size())));
                }
            }
        }
        System.out.printf("header fields: %d requests%n", asked);
        assertThat(asked).isGreaterThan(5_000);
        assertThat(deviations).isEmpty();
        assertThat(logged() - loggedBefore).as("lines of traces in the log").isLessThan(100);
    }

    /** Payara's listener takes the body of a request that asks for another protocol for that protocol's, so no application gets it. */
    private static boolean isTakenForAnotherProtocol(Operation operation, String field) {
        return IntegrationServers.onPayara() && field.equals("Upgrade") && hasBody(operation);
    }

    private static boolean hasBody(Operation operation) {
        return List.of("POST", "PUT", "PATCH").contains(operation.method());
    }

    private static long logged() throws IOException {
        try (var lines = Files.lines(IntegrationServers.serverLog(), StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.startsWith("\tat ")).count();
        }
    }

    private void ask(Operation operation, Key key, String field, String value) {
        List<String> fields = new ArrayList<>();
        fields.add(field + ": " + value);
        if (!field.equals("X-Forwarded-For") && !field.equals("Forwarded")) {
            fields.add("X-Forwarded-For: 203.0.113.23");
        }
        boolean admin = operation.path().startsWith("/api/v1/admin/");
        if (admin && !field.equals("Authorization")) {
            String login = IntegrationServers.ADMIN + ":" + IntegrationServers.ADMIN_PASSWORD;
            fields.add("Authorization: Basic "
                    + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
        } else if (!admin && operation.path().startsWith("/api/") && !field.equals("X-API-Key")) {
            fields.add("X-API-Key: " + key.secret());
        }
        boolean withBody = hasBody(operation);
        if (withBody && !field.equals("Content-Type")) {
            fields.add("Content-Type: application/json");
        }
        String line = operation.method() + " /tollgate" + path(operation, key);
        String what = line + " with " + field + ": " + (value.length() > 50 ? value.substring(0, 50) + "..." : value);
        asked++;
        try {
            judge(
                    what,
                    operation.method().equals("HEAD"),
                    PlainHttp.ask(
                            "127.0.0.1",
                            at("").getPort(),
                            line,
                            withBody ? "{\"nonsense\": 1}" : null,
                            fields.toArray(String[]::new)));
        } catch (UncheckedIOException | IndexOutOfBoundsException e) {
            deviations.add(what + " got no answer: " + e);
        }
    }

    /** Reads what there is, and changes and deletes what there is not. */
    private static String path(Operation operation, Key key) {
        boolean reads = operation.method().equals("GET");
        String none = "00000000-0000-4000-8000-000000000000";
        String id = operation.path().contains("/accounts/") ? key.account() : key.id();
        return operation
                .path()
                .replace("{id}", reads ? id : none)
                .replace("{batchId}", "1")
                .replace("{keyId}", none)
                .replace("{provider}", "local")
                .replace("{name}", operation.path().contains("/routes/") ? "uploads" : reads ? "pro" : "no-such-tier")
                .replace("{principal}", none)
                .replace("{caller}", "ip:192.0.2.99");
    }

    private void judge(String what, boolean head, Answer answer) {
        if (answer.status() >= 500) {
            deviations.add(what + " is " + answer.status() + " " + answer.body());
            return;
        }
        List<String> ids = answer.headers().getOrDefault("X-Request-Id", List.of());
        if (ids.size() != 1 || !ids.get(0).matches("[0-9a-f]{32}")) {
            deviations.add(what + " is " + answer.status() + " with the request ids " + ids + " " + answer.headers());
            return;
        }
        if (answer.status() < 400 || head) {
            return;
        }
        if (!List.of("application/problem+json").equals(answer.headers().get("Content-Type"))) {
            deviations.add(what + " is " + answer.status() + " of type " + answer.headers() + " " + answer.body());
            return;
        }
        try {
            JsonObject problem = answer.json();
            assertThat(problem.keySet()).contains("type", "title", "status", "detail", "instance", "code");
            assertThat(problem.getInt("status")).isEqualTo(answer.status());
            assertThat(problem.getString("instance")).endsWith("#" + ids.get(0));
        } catch (JsonException | AssertionError e) {
            deviations.add(what + " is " + answer.status() + " " + answer.body() + ": " + e.getMessage());
        }
    }
}
