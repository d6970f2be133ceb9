package dev.tollgate.rest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.ApiKeyFormat;
import dev.tollgate.core.account.ChangePublisher;
import dev.tollgate.core.account.RouteWindows;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.audit.AuditSink;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.GateStore;
import dev.tollgate.core.limit.InMemoryGateStore;
import dev.tollgate.http.address.CallerAddressParser;
import dev.tollgate.postgres.account.JpaAccountDirectory;
import dev.tollgate.postgres.account.JpaAccountStateSource;
import dev.tollgate.postgres.account.JpaAccounts;
import dev.tollgate.postgres.account.JpaApiKeys;
import dev.tollgate.postgres.account.JpaLimitOverrides;
import dev.tollgate.postgres.account.JpaPrincipals;
import dev.tollgate.postgres.account.JpaTiers;
import dev.tollgate.postgres.report.JpaPeakStore;
import dev.tollgate.postgres.support.Database;
import dev.tollgate.postgres.support.MigratedPostgres;
import dev.tollgate.rest.support.InProcess;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** The resources for accounts, keys and tiers in one application over a real PostgreSQL. */
abstract class AdminCase {

    static final String ACCOUNTS = "api/v1/admin/accounts";
    static final String KEYS = "api/v1/admin/keys";
    static final String TIERS = "api/v1/admin/tiers";

    static MigratedPostgres postgres;
    static InProcess admin;

    static final List<AuditEvent> audit = new ArrayList<>();
    static final List<String> published = new ArrayList<>();

    final JpaAccountDirectory directory = new JpaAccountDirectory(postgres.database());

    static ChangePublisher changes() {
        return new ChangePublisher() {
            @Override
            public void keyChanged(String hash) {
                published.add("key " + hash);
            }

            @Override
            public void keysAdded() {
                published.add("added");
            }

            @Override
            public void accountChanged(String accountId) {
                published.add("account " + accountId);
            }

            @Override
            public void tiersChanged() {
                published.add("tiers");
            }

            @Override
            public void banChanged(Caller caller) {
                published.add("ban " + caller);
            }

            @Override
            public void limitsReset(Caller caller) {
                published.add("reset " + caller.id());
            }
        };
    }

    /** Resets of limits in a gate's store. */
    static LimitResets resets(Database database, GateStore gate, RouteWindows routes, ChangePublisher changes) {
        return new LimitResets(
                gate,
                new JpaAccounts(database),
                new JpaApiKeys(database),
                new JpaTiers(database),
                new JpaLimitOverrides(database),
                routes,
                new JpaAccountStateSource(database, Runnable::run),
                changes);
    }

    /** No route with a window. */
    static RouteWindows nowhere() {
        return () -> CompletableFuture.completedStage(List.of());
    }

    static InProcess application(AuditSink audit) {
        AdminAuditor record = new AdminAuditor(audit);
        return new InProcess(
                List.of(
                        AdminAccountsResource.class,
                        AdminKeysResource.class,
                        AdminLimitsResource.class,
                        AdminPrincipalsResource.class,
                        AdminTiersResource.class),
                new AdminFilter(),
                record,
                changes(),
                new JpaAccounts(postgres.database()),
                new JpaApiKeys(postgres.database()),
                ApiKeyFormat.STANDARD,
                new JpaLimitOverrides(postgres.database()),
                new JpaPrincipals(postgres.database()),
                new CallerAddressParser(64),
                new JpaTiers(postgres.database()),
                resets(postgres.database(), new InMemoryGateStore(System::currentTimeMillis, 10), nowhere(), changes()),
                new JpaPeakStore(postgres.database()));
    }

    @BeforeAll
    static void start() {
        postgres = MigratedPostgres.start();
        admin = application(audit::add);
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @BeforeEach
    void clear() {
        postgres.clear();
        audit.clear();
        published.clear();
        admin.as("alice", true);
    }

    String account(String name, String tier) {
        InProcess.Answer answer = admin.send("POST", ACCOUNTS, "{\"name\":\"" + name + "\",\"tier\":\"" + tier + "\"}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.json().getString("id");
    }

    JsonObject key(String accountId) {
        InProcess.Answer answer = admin.send("POST", KEYS, "{\"accountId\":\"" + accountId + "\",\"name\":\"ci\"}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.json();
    }

    List<AuditEvent.Type> auditTypes() {
        return audit.stream().map(AuditEvent::type).toList();
    }

    static void assertProblem(InProcess.Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers()).containsEntry("Content-Type", "application/problem+json");
        assertThat(answer.json().keySet()).contains("type", "title", "status", "detail", "instance", "code");
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.json().getInt("status")).isEqualTo(status);
        assertThat(answer.json().getString("instance")).startsWith("/tollgate/api/v1/admin/");
    }
}
