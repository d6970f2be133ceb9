package dev.tollgate.rest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.PrincipalName;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.rest.support.InProcess;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Principals of accounts over HTTP, and accounts made for them at first sight, over a real PostgreSQL. */
class AdminPrincipalsResourceTest extends AdminCase {

    private String shop;
    private String principals;

    @BeforeEach
    void anAccount() {
        shop = account("Shop", "free");
        principals = ACCOUNTS + "/" + shop + "/principals";
        published.clear();
        audit.clear();
    }

    private InProcess.Answer link(String name) {
        return admin.send(
                "POST",
                principals,
                Json.createObjectBuilder().add("name", name).build().toString());
    }

    private InProcess.Answer delete(String path) {
        return admin.call("DELETE", path, Map.of(), InputStream.nullInputStream());
    }

    private Optional<ResolvedKey> resolve(String name) {
        return directory.findByHash(new PrincipalName(name).hash());
    }

    @ParameterizedTest
    @ValueSource(strings = {"alice@example.org", "ip:10.0.0.1", "<script>alert(1)</script>", "CN=a b, O=c", "tg_0123"})
    void aPrincipalIsLinkedFoundAndTakenAway(String name) {
        InProcess.Answer linked = link(name);
        assertThat(linked.status()).as(linked.body()).isEqualTo(201);
        String id = linked.json().getString("id");
        String hash = new PrincipalName(name).hash();
        assertThat(published).containsExactly("key " + hash);
        assertThat(resolve(name)).hasValueSatisfying(known -> {
            assertThat(known.key().accountId()).isEqualTo(shop);
            assertThat(known.key().id()).isEqualTo(id);
            assertThat(known.tier()).isEqualTo("free");
        });
        assertThat(admin.get(principals)
                        .json()
                        .getJsonArray("items")
                        .getJsonObject(0)
                        .getString("name"))
                .isEqualTo(name);
        assertProblem(link(name), 409, "CONFLICT");
        String other = ACCOUNTS + "/" + account("Other", "pro") + "/principals";
        assertProblem(delete(other + "/" + id), 404, "NOT_FOUND");
        assertThat(delete(principals + "/" + id).status()).isEqualTo(204);
        assertThat(resolve(name)).isEmpty();
        assertThat(admin.get(principals).json().getJsonArray("items")).isEmpty();
        assertProblem(delete(principals + "/" + id), 404, "NOT_FOUND");
        assertThat(link(name).status()).as("linked again").isEqualTo(201);
        assertThat(auditTypes()).contains(AuditEvent.Type.PRINCIPAL_LINKED, AuditEvent.Type.PRINCIPAL_UNLINKED);
        assertThat(audit)
                .allSatisfy(event -> assertThat(event.details().values()).doesNotContain(name));
    }

    @Test
    void aClosedAccountGetsNoPrincipals() {
        link("alice");
        assertThat(delete(ACCOUNTS + "/" + shop).status()).isEqualTo(204);
        assertThat(resolve("alice").orElseThrow().key().active()).isFalse();
        assertProblem(link("bob"), 409, "CONFLICT");
        assertThat(resolve("bob")).isEmpty();
    }

    @Test
    void aPrincipalIsRestrictedAsAKeyIsAndHasNeitherANewNameNorASecret() {
        String id = link("alice").json().getString("id");
        assertThat(admin.get(KEYS + "/" + id).json().getString("kind")).isEqualTo("principal");
        assertThat(admin.send("PATCH", KEYS + "/" + id, "{\"scopes\":[\"a:b\"],\"suspended\":true}")
                        .status())
                .isEqualTo(200);
        assertThat(resolve("alice").orElseThrow().key().active()).isFalse();
        assertProblem(admin.send("PATCH", KEYS + "/" + id, "{\"name\":\"bob\"}"), 400, "INVALID_PARAMETER");
        assertThat(admin.send("PATCH", KEYS + "/" + id, "{\"suspended\":false}").status())
                .isEqualTo(200);
        assertProblem(admin.send("POST", KEYS + "/" + id + "/rotate", "{}"), 409, "CONFLICT");
        assertThat(admin.get(principals).json().getJsonArray("items")).hasSize(1);
    }

    @Test
    void badNamesAreRefusedAndSoAreAccountsThatAreNone() {
        for (String bad : List.of("", " ", "a\nb", "x".repeat(10_000))) {
            assertProblem(link(bad), 400, "INVALID_PARAMETER");
        }
        assertProblem(admin.send("POST", principals, "{}"), 400, "INVALID_PARAMETER");
        assertProblem(admin.send("POST", principals, "{\"name\":7}"), 400, "INVALID_PARAMETER");
        String nobody = ACCOUNTS + "/00000000-0000-4000-8000-000000000000/principals";
        assertProblem(admin.get(nobody), 404, "NOT_FOUND");
        assertThat(published).isEmpty();
    }

    @Test
    void anAccountIsMadeOnceHoweverManyNodesAskAtOnceAndNoMoreThanMay() {
        List<CompletableFuture<Optional<ResolvedKey>>> asked = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            PrincipalName name = new PrincipalName("person-" + i % 8);
            asked.add(CompletableFuture.supplyAsync(() -> directory.createForPrincipal(name, "pro", 6)));
        }
        long resolved = asked.stream().filter(one -> one.join().isPresent()).count();
        assertThat(resolved).isEqualTo(30);
        assertThat(postgres.column("SELECT count(*) FROM api_keys WHERE kind = 'principal'"))
                .containsExactly("6");
        assertThat(postgres.column("SELECT count(*) FROM accounts WHERE tier = 'pro'"))
                .containsExactly("6");
        assertThat(directory.createForPrincipal(new PrincipalName("x"), "no-such-tier", 100))
                .isEmpty();
        assertThat(directory.createForPrincipal(new PrincipalName("x"), "anonymous", 100))
                .isEmpty();
        JsonObject accounts = admin.get(ACCOUNTS + "?q=person-").json();
        assertThat(accounts.getInt("total")).isEqualTo(6);
    }
}
