package dev.tollgate.rest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.Settings;
import dev.tollgate.core.account.ChangePublisher;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.limit.AccountStateSource;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.GateStore;
import dev.tollgate.core.limit.InMemoryGateStore;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.http.address.CallerAddressParser;
import dev.tollgate.http.address.ForwardedAddressResolver;
import dev.tollgate.postgres.account.JpaAccounts;
import dev.tollgate.postgres.account.JpaBanRepository;
import dev.tollgate.postgres.audit.JpaAuditLog;
import dev.tollgate.postgres.audit.JpaAuditSink;
import dev.tollgate.postgres.support.MigratedPostgres;
import dev.tollgate.rest.support.InProcess;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bans by hand and the audit trail they leave, over HTTP's semantics, a gate and a real PostgreSQL. */
class AdminBansResourceTest {

    private static final String BANS = "api/v1/admin/bans";
    private static final String AUDIT = "api/v1/admin/audit";

    private static MigratedPostgres postgres;
    private static final SwitchableGate gate = new SwitchableGate();
    private static final List<String> published = new ArrayList<>();
    private static InProcess admin;
    private static JpaAuditSink trail;

    /** A gate that can be out of reach, as Redis can. */
    private static final class SwitchableGate implements GateStore {

        private GateStore gate;
        private boolean reachable;

        void empty() {
            gate = new InMemoryGateStore(System::currentTimeMillis, 1_000);
            reachable = true;
        }

        private <T> CompletionStage<T> answer(CompletionStage<T> answer) {
            return reachable ? answer : CompletableFuture.failedFuture(new IllegalStateException("no Redis"));
        }

        @Override
        public CompletionStage<Decision> decide(GateRequest request) {
            return answer(gate.decide(request));
        }

        @Override
        public CompletionStage<Void> restore(
                Caller caller, BillingMonth month, AccountStateSource.AccountState recollection) {
            return gate.restore(caller, month, recollection);
        }

        @Override
        public CompletionStage<Ban> ban(Caller caller, BanLevel level, String reason) {
            return reachable ? gate.ban(caller, level, reason) : answer(null);
        }

        @Override
        public CompletionStage<Optional<Ban>> lift(Caller caller) {
            return reachable ? gate.lift(caller) : answer(null);
        }

        @Override
        public CompletionStage<BillingMonth> reset(Caller caller, List<WindowPolicy> windows, boolean month) {
            return reachable ? gate.reset(caller, windows, month) : answer(null);
        }
    }

    /** The application is made once, which takes longer than most tests; what it writes to is each test's own. */
    @BeforeAll
    static void start() {
        postgres = MigratedPostgres.start();
        AdminAuditor record = new AdminAuditor(event -> trail.note(event));
        ChangePublisher changes = new ChangePublisher() {
            @Override
            public void keyChanged(String hash) {
                throw new AssertionError("no key changed");
            }

            @Override
            public void keysAdded() {
                throw new AssertionError("no key was added");
            }

            @Override
            public void accountChanged(String accountId) {
                throw new AssertionError("no account changed");
            }

            @Override
            public void tiersChanged() {
                throw new AssertionError("no tier changed");
            }

            @Override
            public void banChanged(Caller caller) {
                published.add(caller.id());
            }

            @Override
            public void limitsReset(Caller caller) {
                published.add("reset " + caller.id());
            }
        };
        admin = new InProcess(
                List.of(AdminBansResource.class, AdminAuditResource.class),
                new AdminFilter(),
                record,
                changes,
                gate,
                new JpaBanRepository(postgres.database()),
                new JpaAuditLog(postgres.database()),
                new JpaAccounts(postgres.database()),
                AdminCase.resets(postgres.database(), gate, AdminCase.nowhere(), changes),
                new CallerAddressParser(64),
                Settings.of(Map.of()));
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @BeforeEach
    void open() {
        postgres.clear();
        gate.empty();
        published.clear();
        trail = new JpaAuditSink(postgres.database(), 1_000, Thread::new);
        admin.as("alice", true);
    }

    /** A writer left behind would write into the next test's tables. */
    @AfterEach
    void close() {
        trail.close();
    }

    private InProcess.Answer ban(String caller, String level) {
        return admin.send(
                "POST", BANS, "{\"caller\":\"" + caller + "\",\"level\":\"" + level + "\",\"reason\":\"abuse\"}");
    }

    private static InProcess.Answer lift(String caller, String query) {
        return admin.call("DELETE", BANS + "/" + caller + query, Map.of(), InputStream.nullInputStream());
    }

    private String account() {
        return new JpaAccounts(postgres.database()).create("shop", "free").id();
    }

    @Test
    void temporaryBanHoldsIsListedAndIsLiftedWithAReason() {
        String caller = account();
        InProcess.Answer banned = ban(caller, "1_DAY");
        assertThat(banned.status()).isEqualTo(201);
        assertThat(banned.json().keySet())
                .containsExactly("caller", "name", "level", "reason", "bannedAt", "expiresAt");
        assertThat(banned.json().getString("level")).isEqualTo("1_DAY");
        assertThat(admin.get(BANS + "/" + caller).json()).isEqualTo(banned.json());
        trail.close();
        JsonObject list = admin.get(BANS).json();
        assertThat(list.getJsonArray("items")).containsExactly(banned.json());
        assertThat(lift(caller, "?reason=sorry%20about%20that").status()).isEqualTo(204);
        assertThat(admin.get(BANS + "/" + caller).status()).isEqualTo(404);
        assertThat(published).containsExactly(caller, "reset " + caller, caller);
    }

    @Test
    void permanentBanIsInPostgresToo() {
        InProcess.Answer banned = ban("ip:192.0.2.7", "PERMANENT");
        assertThat(banned.status()).isEqualTo(201);
        assertThat(banned.json().get("expiresAt")).isEqualTo(JsonValue.NULL);
        assertThat(postgres.column("SELECT caller FROM permanent_bans")).containsExactly("ip:192.0.2.7");
        assertThat(admin.get(BANS).json().getJsonArray("items")).hasSize(1);
        assertThat(lift("ip:192.0.2.7", "").status()).isEqualTo(204);
        assertThat(postgres.column("SELECT caller FROM permanent_bans")).isEmpty();
        assertThat(lift("ip:192.0.2.7", "").code()).isEqualTo("NOT_FOUND");
    }

    @Test
    void lowerBanDoesNotReplaceAHigherOneAndTheAnswerIsWhatHolds() {
        ban("ip:192.0.2.7", "PERMANENT");
        InProcess.Answer lower = ban("ip:192.0.2.7", "5_MIN");
        assertThat(lower.status()).isEqualTo(200);
        assertThat(lower.json().getString("level")).isEqualTo("PERMANENT");
    }

    @Test
    void whatWasDoneIsInTheAuditTrailWithWhoAndWhy() {
        // Somebody whose sign-in was not noted yet.
        admin.as("bob", true);
        ban("ip:192.0.2.7", "5_MIN");
        lift("ip:192.0.2.7", "?reason=mistake");
        trail.close();
        JsonObject page = admin.get(AUDIT + "?caller=ip:192.0.2.7&size=10").json();
        assertThat(page.keySet()).containsExactly("items", "page", "size", "total");
        JsonObject lifted = page.getJsonArray("items").getJsonObject(0);
        JsonObject applied = page.getJsonArray("items").getJsonObject(1);
        assertThat(lifted.keySet()).containsExactly("id", "at", "type", "caller", "callerName", "actor", "details");
        assertThat(lifted.getString("type")).isEqualTo("BAN_LIFTED");
        assertThat(lifted.getString("actor")).isEqualTo("bob");
        assertThat(lifted.getJsonObject("details").getString("reason")).isEqualTo("mistake");
        assertThat(applied.getString("type")).isEqualTo("BAN_APPLIED");
        assertThat(applied.getJsonObject("details").getString("level")).isEqualTo("5_MIN");
        assertThat(admin.get(AUDIT + "?type=BAN_LIFTED").json().getInt("total")).isEqualTo(1);
        assertThat(admin.get(AUDIT + "?from=2999-01-01T00:00:00Z").json().getInt("total"))
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "ip:192.0.2.7, ip:192.0.2.7",
        "ip:::ffff:192.0.2.7, ip:192.0.2.7",
        "ip:2001:DB8:0:0:1:2:3:4, ip:2001:db8::/64",
        "ip:2001:db8::/64, ip:2001:db8::/64",
        "ip:2001:db8:0:1::9, ip:2001:db8:0:1::/64",
        "ip:64:ff9b::192.0.2.7, ip:192.0.2.7",
        "ip:2002:c000:207:5::1, ip:192.0.2.7",
        "ip:2001:0:4136:e378:8000:63bf:3fff:fdf8, ip:192.0.2.7"
    })
    void addressIsTheCallerTheGateWouldMakeOfIt(String written, String caller) {
        assertThat(ban(written, "5_MIN").json().getString("caller")).isEqualTo(caller);
        String bare = written.substring(3);
        if (!bare.contains("/")) {
            assertThat("ip:" + new ForwardedAddressResolver(List.of()).addressOf(bare, List.of(), List.of()))
                    .isEqualTo(caller);
        }
        assertThat(lift(written, "").status()).isEqualTo(204);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ip:",
                "ip:1",
                "ip:1.2.3",
                "ip:256.1.1.1",
                "ip:0x7f.1.1.1",
                "ip:1.2.3.*",
                "ip:10.0.0.0/8",
                "ip:localhost",
                "ip:::1%eth0",
                "ip:1:2",
                "ip:2001:db8::/32",
                "nobody",
                "00000000-0000-0000-0000-000000000001",
                "ip:{x}"
            })
    void whatIsNoCallerIsRefusedByName(String caller) {
        InProcess.Answer answer = ban(caller, "5_MIN");
        assertThat(answer.status()).as(caller).isEqualTo(400);
        assertThat(answer.json().getString("parameter")).isEqualTo("caller");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "FOREVER", "5 MIN", "0_MIN", "-5_MIN", "5_min", "9999_DAY", "99999999999_SEC"})
    void whatIsNoLevelIsRefusedByName(String level) {
        InProcess.Answer answer = ban("ip:192.0.2.7", level);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().getString("parameter")).isEqualTo("level");
        assertThat(published).isEmpty();
    }

    @Test
    void unreachableGateIsA503AndDoingItAgainHelps() {
        gate.reachable = false;
        InProcess.Answer answer = ban("ip:192.0.2.7", "PERMANENT");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.headers()).containsKey("Retry-After");
        assertThat(answer.code()).isEqualTo("GATE_UNAVAILABLE");
        gate.reachable = true;
        assertThat(ban("ip:192.0.2.7", "PERMANENT").status()).isEqualTo(201);
        gate.reachable = false;
        assertThat(lift("ip:192.0.2.7", "").status()).isEqualTo(503);
        gate.reachable = true;
        assertThat(lift("ip:192.0.2.7", "").status()).isEqualTo(204);
        assertThat(admin.get(BANS + "/ip:192.0.2.7").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({"type=BAN, type", "from=yesterday, from", "to=2026-13-01T00:00:00Z, to", "actor=x, actor"})
    void badAuditFilterIsNamed(String query, String name) {
        InProcess.Answer answer = admin.get(AUDIT + "?" + query);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().getString("parameter")).isEqualTo(name);
    }

    @Test
    void typesOfTheTrailAreThoseOfTheEnumeration() {
        assertThat(admin.get(AUDIT + "?type=x").json().getString("detail"))
                .contains(AuditEvent.Type.BAN_ESCALATED.name());
    }
}
