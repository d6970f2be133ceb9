package dev.tollgate.it.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.Ports;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.ShippedWar;
import jakarta.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The reports as the deployed WAR serves them. */
class AnalyticsIT extends ShippedWar {

    private AdminClient.Key key;

    @BeforeEach
    void aNewKey() {
        AdminClient operator = new AdminClient(this);
        key = operator.newKey(operator.newAccount("pro"));
    }

    private HttpResponse<String> report(String path, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(at("/api/v1/analytics" + path)).header("X-API-Key", key.secret());
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return send(request);
    }

    private void upload() {
        HttpResponse<String> response = send(HttpRequest.newBuilder(at("/api/v1/uploads/local"))
                .header("X-API-Key", key.secret())
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("hello")));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
    }

    private void awaitRequests(int requests) {
        Ports.await(
                "the upload in analytics",
                Duration.ofSeconds(5),
                () -> AdminClient.json(report("")).getJsonObject("summary").getInt("totalRequests") == requests);
    }

    @Test
    void everyReportIsServedAndAHitSaysSo() {
        upload();
        awaitRequests(1);
        for (String path : new String[] {"", "?provider=local", "/daily", "/providers", "/file-types", "/live"}) {
            HttpResponse<String> response = report(path);
            assertThat(response.statusCode()).as(path + response.body()).isEqualTo(200);
            assertThat(response.headers().firstValue("Cache-Control")).hasValue("private, max-age=0");
            JsonObject meta = AdminClient.json(response).getJsonObject("meta");
            assertThat(meta.keySet()).containsExactly("cached", "generatedAt", "pendingIncluded");
            assertThat(meta.getBoolean("pendingIncluded")).isTrue();
        }
        Ports.await(
                "a hit",
                Duration.ofSeconds(5),
                () -> AdminClient.json(report("/daily")).getJsonObject("meta").getBoolean("cached"));
        assertThat(AdminClient.json(report("/daily"))
                        .getJsonArray("days")
                        .getJsonObject(0)
                        .getInt("totalFileSize"))
                .isEqualTo(5);
    }

    @Test
    void whatTheClientHasIsNotSentAgain() {
        upload();
        awaitRequests(1);
        HttpResponse<String> first = report("/providers");
        String tag = first.headers().firstValue("ETag").orElseThrow();
        HttpResponse<String> same = report("/providers", "If-None-Match", tag);
        assertThat(same.statusCode()).isEqualTo(304);
        assertThat(same.body()).isEmpty();
        assertThat(same.headers().firstValue("ETag")).hasValue(tag);
        upload();
        awaitRequests(2);
        assertThat(report("/providers", "If-None-Match", tag).statusCode()).isEqualTo(200);
    }

    @Test
    void tablesAreForSpreadsheets() {
        upload();
        awaitRequests(1);
        HttpResponse<String> table = report("/providers", "Accept", "text/csv");
        assertThat(table.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/csv");
        assertThat(table.body()).startsWith("provider,totalRequests,").contains("\r\nlocal,1,1,0,1,5,5.00,100.00,");
    }

    @Test
    void aBadParameterIsNamedAndAMissingKeyAskedFor() {
        HttpResponse<String> bad = report("/daily?limit=-1");
        assertThat(bad.statusCode()).isEqualTo(400);
        assertThat(AdminClient.json(bad).getString("parameter")).isEqualTo("limit");
        HttpResponse<String> nobody = get("/api/v1/analytics", Map.of());
        assertThat(nobody.statusCode()).isEqualTo(401);
        assertThat(AdminClient.json(nobody).getString("code")).isEqualTo("MISSING_API_KEY");
    }
}
