package dev.tollgate.run;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An account of each tier with one key, made through the admin API as an operator would. A key is shown once, so it is
 * remembered in the run directory; one that the server no longer knows is replaced.
 */
final class DemoAccounts {

    /** The tiers a demo account is made for. */
    static final List<String> TIERS = List.of("free", "pro", "enterprise");

    private static final int UNAVAILABLE = 503;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final String baseUrl;
    private final String authorization;
    private final RunDirectory directory;

    DemoAccounts(String baseUrl, String user, String password, RunDirectory directory) {
        this.baseUrl = baseUrl;
        this.authorization =
                "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        this.directory = directory;
    }

    /** A working key for each tier, in order of {@link #TIERS}. */
    Map<String, String> keys() {
        Map<String, String> keys = new LinkedHashMap<>();
        for (String tier : TIERS) {
            keys.put(tier, directory.recall("key." + tier).filter(this::isKnown).orElseGet(() -> newKey(tier)));
        }
        return keys;
    }

    private boolean isKnown(String key) {
        HttpResponse<String> answer = send(request("/api/v1/limits").header("X-API-Key", key));
        if (answer.statusCode() != 200 && answer.statusCode() != 401) {
            throw unexpected("checking a demo key", answer);
        }
        return answer.statusCode() == 200;
    }

    private String newKey(String tier) {
        String key = directory
                .recall("account." + tier)
                .flatMap(account -> keyOf(account, tier))
                .or(() -> keyOf(newAccount(tier), tier))
                .orElseThrow(() -> new IllegalStateException("the server does not know the account it has just made"));
        directory.remember("key." + tier, key);
        return key;
    }

    private String newAccount(String tier) {
        HttpResponse<String> answer = post(
                "/api/v1/admin/accounts",
                Json.createObjectBuilder()
                        .add("name", "Demo " + tier)
                        .add("tier", tier)
                        .build());
        if (answer.statusCode() != 201) {
            throw unexpected("making a demo account", answer);
        }
        String account = json(answer).getString("id");
        directory.remember("account." + tier, account);
        return account;
    }

    /** A new key of an account; empty if there is no such account any more. */
    private Optional<String> keyOf(String account, String tier) {
        HttpResponse<String> answer = post(
                "/api/v1/admin/keys",
                Json.createObjectBuilder()
                        .add("accountId", account)
                        .add("name", "Demo " + tier)
                        .build());
        return switch (answer.statusCode()) {
            case 201 -> Optional.of(json(answer).getString("key"));
            case 400, 404, 409, 422 -> Optional.empty();
            default -> throw unexpected("making a demo key", answer);
        };
    }

    private HttpResponse<String> post(String path, JsonObject body) {
        return send(request(path)
                .header("Authorization", authorization)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString())));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(baseUrl + path)).timeout(Duration.ofSeconds(10));
    }

    /** Asks, and asks again for up to 30 s while the server is up but not yet ready. */
    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            for (int attempt = 1; ; attempt++) {
                HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() != UNAVAILABLE || attempt == 30) {
                    return answer;
                }
                Thread.sleep(1000);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the demo accounts could not be made", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while making the demo accounts", e);
        }
    }

    private static JsonObject json(HttpResponse<String> answer) {
        try (JsonReader reader = Json.createReader(new StringReader(answer.body()))) {
            return reader.readObject();
        }
    }

    private static IllegalStateException unexpected(String what, HttpResponse<String> answer) {
        return new IllegalStateException(what + " was answered with " + answer.statusCode() + " by "
                + answer.uri().getPath());
    }
}
