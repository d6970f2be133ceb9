package dev.tollgate.it.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.server.IntegrationServers;
import dev.tollgate.it.support.AdminClient;
import dev.tollgate.it.support.RedisAttacker;
import dev.tollgate.it.support.ShippedWar;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Whoever can write to Redis is nobody by that. The node has no secret in its settings: PostgreSQL keeps it. */
class SealedRedisIT extends ShippedWar {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final AdminClient operator = new AdminClient(this);
    private final RedisAttacker attacker = new RedisAttacker(IntegrationServers.redis());

    /** From an address of the attacker's own: guesses are counted, and other tests guess from here. */
    private HttpResponse<String> send(HttpRequest.Builder request, String key) {
        return send(request.header("X-Forwarded-For", "203.0.113.77").header("X-API-Key", key));
    }

    private HttpResponse<String> upload(String key) {
        return send(
                HttpRequest.newBuilder(at("/api/v1/uploads/local?fileName=a.txt"))
                        .POST(HttpRequest.BodyPublishers.ofString("text")),
                key);
    }

    private HttpResponse<String> get(String path, String key) {
        return send(HttpRequest.newBuilder(at(path)), key);
    }

    private String tierOf(String key) {
        HttpResponse<String> limits = get("/api/v1/limits", key);
        assertThat(limits.statusCode()).as(limits.body()).isEqualTo(200);
        return AdminClient.json(limits).getString("tier");
    }

    private double metric(String line) {
        return send(HttpRequest.newBuilder(at("/metrics")))
                .body()
                .lines()
                .filter(found -> found.startsWith(line + " "))
                .mapToDouble(found -> Double.parseDouble(found.substring(line.length() + 1)))
                .findFirst()
                .orElse(0);
    }

    private double refused(String matter, String reason) {
        return metric("tollgate_redis_refused_total{matter=\"" + matter + "\",reason=\"" + reason + "\"}");
    }

    private long rows(String query) {
        return AdminClient.json(operator.send("GET", query, null))
                .getJsonNumber("total")
                .longValue();
    }

    private void isNobody(String key) {
        assertThat(upload(key).statusCode()).isEqualTo(401);
        HttpResponse<String> analytics = get("/api/v1/analytics", key);
        assertThat(analytics.statusCode()).as(analytics.body()).isEqualTo(401);
    }

    @Test
    void aMadeUpKeyIsNobodyWhateverAccountItsEntryNames() {
        double before = refused("key", "unsealed");
        AdminClient.Key theirs = operator.newKey(operator.newAccount("enterprise"));
        isNobody(attacker.forgeKey(
                UUID.randomUUID().toString(), UUID.randomUUID().toString(), "enterprise"));
        isNobody(attacker.forgeKey(theirs.id(), theirs.account(), "enterprise"));
        assertThat(refused("key", "unsealed")).isGreaterThan(before);
    }

    @Test
    void oneKeysEntryUnderAnothersNameIsAbsent() {
        AdminClient.Key theirs = operator.newKey(operator.newAccount("enterprise"));
        assertThat(tierOf(theirs.secret())).isEqualTo("enterprise");
        isNobody(attacker.copyEntry(theirs.secret()));
        AdminClient.Key free = operator.newKey(operator.newAccount("free"));
        attacker.set(RedisAttacker.nameOf(ApiKeyToken.hash(free.secret())), attacker.entryOf(theirs.secret()));
        HttpResponse<String> limits = get("/api/v1/limits", free.secret());
        assertThat(AdminClient.json(limits).getString("caller")).isEqualTo(free.account());
        assertThat(AdminClient.json(limits).getString("tier")).isEqualTo("free");
    }

    @Test
    void aForgedTierIsNone() {
        AdminClient.Key free = operator.newKey(operator.newAccount("free"));
        attacker.set("tier:{" + free.account() + "}", "enterprise");
        assertThat(tierOf(free.secret())).isEqualTo("free");
    }

    @Test
    void aTruncatedOrChangedEntryIsAbsentAndWrittenAnew() {
        AdminClient.Key key = operator.newKey(operator.newAccount("pro"));
        assertThat(tierOf(key.secret())).isEqualTo("pro");
        String name = RedisAttacker.nameOf(ApiKeyToken.hash(key.secret()));
        Ports.await("its entry", SOON, () -> attacker.send("GET", name) != null);
        String good = attacker.entryOf(key.secret());
        for (String bad :
                new String[] {good.substring(0, good.length() - 1), good.replace(" pro ", " enterprise "), ""}) {
            attacker.set(name, bad);
            // Has the node forget what it remembers of the key.
            operator.send("PATCH", "/accounts/" + key.account(), "{\"tier\":\"pro\"}");
            assertThat(tierOf(key.secret())).isEqualTo("pro");
            Ports.await("a good entry", SOON, () -> !bad.equals(attacker.send("GET", name)));
        }
    }

    @Test
    void anOldEntryOfARevokedKeyOrOfATierThatWasTakenAwayIsNotBelieved() {
        AdminClient.Key key = operator.newKey(operator.newAccount("enterprise"));
        String name = RedisAttacker.nameOf(ApiKeyToken.hash(key.secret()));
        assertThat(tierOf(key.secret())).isEqualTo("enterprise");
        Ports.await("its entry", SOON, () -> attacker.send("GET", name) != null);
        String old = attacker.entryOf(key.secret());
        operator.send("PATCH", "/accounts/" + key.account(), "{\"tier\":\"free\"}");
        attacker.set(name, old);
        assertThat(tierOf(key.secret())).isEqualTo("free");
        operator.send("DELETE", "/keys/" + key.id(), null);
        attacker.set(name, old);
        // The node drops all it remembers, as if it had just started.
        attacker.incr("edition");
        assertThat(attacker.staysTrueFor(
                        Duration.ofSeconds(2), () -> upload(key.secret()).statusCode() == 401))
                .isTrue();
    }

    @Test
    void whoDeletesABanAndForgesItsLiftLiftsNothing() {
        AdminClient.Key key = operator.newKey(operator.newAccount("pro"));
        assertThat(operator.send(
                                "POST",
                                "/bans",
                                "{\"caller\":\"" + key.account() + "\",\"level\":\"PERMANENT\",\"reason\":\"a test\"}")
                        .statusCode())
                .isEqualTo(201);
        assertThat(upload(key.secret()).statusCode()).isEqualTo(403);
        double before = refused("change", "unsealed");
        attacker.lift(key.account());
        assertThat(attacker.staysTrueFor(
                        Duration.ofSeconds(2), () -> upload(key.secret()).statusCode() == 403))
                .isTrue();
        assertThat(refused("change", "unsealed")).isGreaterThan(before);
        assertThat(operator.send("DELETE", "/bans/" + key.account() + "?reason=a+test", null)
                        .statusCode())
                .isEqualTo(204);
        assertThat(upload(key.secret()).statusCode()).isEqualTo(201);
    }

    @Test
    void aPermanentBanSomebodyWroteIsNotKeptInPostgreSql() {
        AdminClient.Key forged = operator.newKey(operator.newAccount("pro"));
        assertThat(upload(forged.secret()).statusCode()).isEqualTo(201);
        attacker.set("perm_ban:{" + forged.account() + "}", "PERMANENT 1 0 forged");
        assertThat(upload(forged.secret()).statusCode()).isEqualTo(403);
        // A ban that the gate applies itself is kept, in the same way and later.
        AdminClient.Key real = operator.newKey(operator.newAccount("free"));
        attacker.set("violations:{" + real.account() + "}", "11 " + System.currentTimeMillis());
        Ports.await("the ban", SOON, () -> upload(real.secret()).statusCode() == 403);
        Ports.await("the ban kept", SOON, () -> rows("/bans?q=" + real.account()) == 1);
        assertThat(rows("/bans?q=" + forged.account())).isZero();
    }

    @Test
    void whatNoGuardSealedBecomesNeitherRowNorBanNorAnswer() {
        double entries = refused("handover", "unsealed");
        double questions = refused("question", "unsealed");
        String account = operator.newAccount("pro");
        long signIns = rows("/audit?type=LEDGER_RECOUNTED");
        for (String list : new String[] {"handover", "handover:sealed"}) {
            attacker.send(
                    "RPUSH",
                    list,
                    "audit LEDGER_RECOUNTED 1 - admin%0AERROR x=y%0AERROR",
                    "ban " + account + " 1 forged",
                    "\r\nERROR all is lost");
        }
        attacker.publish("questions:sealed", "0123456789abcdef0123456789abcdef 1 key " + "0".repeat(64));
        Ports.await("the list taken", SOON, () -> (Long) attacker.send("LLEN", "handover:sealed") == 0);
        Ports.await("the entries refused", SOON, () -> refused("handover", "unsealed") >= entries + 3);
        Ports.await("the question refused", SOON, () -> refused("question", "unsealed") > questions);
        assertThat(rows("/audit?type=LEDGER_RECOUNTED")).isEqualTo(signIns);
        assertThat(rows("/bans?q=" + account)).isZero();
        attacker.send("DEL", "handover");
    }

    @Test
    void whatCannotBeReadOfOneCallerIsItsOwnAffairAndOpensNoBreaker() {
        // Of a tier without leases, so that Redis decides about each request.
        AdminClient.Key spoiled = operator.newKey(operator.newAccount("pro"));
        AdminClient.Key other = operator.newKey(operator.newAccount("pro"));
        assertThat(upload(spoiled.secret()).statusCode()).isEqualTo(201);
        double before = metric("tollgate_redis_repaired_total{part=\"ban\"}");
        double unanswered = metric("tollgate_undecided_requests_total");
        for (int i = 0; i < 12; i++) {
            attacker.set("ban:{" + spoiled.account() + "}", "garbage");
            assertThat(upload(spoiled.secret()).statusCode()).isEqualTo(201);
            assertThat(upload(other.secret()).statusCode()).isEqualTo(201);
        }
        assertThat(metric("tollgate_redis_repaired_total{part=\"ban\"}")).isEqualTo(before + 12);
        assertThat(metric("tollgate_breaker_state{state=\"closed\"}")).isEqualTo(1);
        assertThat(metric("tollgate_undecided_requests_total")).isEqualTo(unanswered);
    }
}
