package dev.tollgate.redis.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.Settings;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.decision.RedisGateStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisson.api.RedissonClient;
import org.redisson.client.RedisException;
import org.redisson.client.codec.StringCodec;

/** Tests that decisions of one batch share a run of the script, and nothing else. */
class MergedCallTest {

    private static final int CALLERS = 200;

    private static RealRedis redis;
    private static RedissonClient client;
    private static RedisWire wire;

    private RedisGateStore gate;

    @BeforeAll
    static void start() {
        redis = RealRedis.start();
        client = RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", redis.url())));
        wire = new RedisWire(redis.port());
        Ports.await("connected", Duration.ofSeconds(30), MergedCallTest::answers);
    }

    private static boolean answers() {
        try {
            client.getKeys().count();
            return true;
        } catch (RedisException e) {
            return false; // not connected yet
        }
    }

    @AfterAll
    static void stop() {
        wire.close();
        client.shutdown();
        redis.close();
    }

    @BeforeEach
    void empty() {
        client.getKeys().flushall();
        gate = new RedisGateStore(
                new ScriptBatcher(client, 1, 64, 10_000, Duration.ofSeconds(10)),
                new RedisKeys(""),
                System::currentTimeMillis);
    }

    private static GateRequest of(int caller, WindowPolicy... windows) {
        return GateRequest.charge(
                Caller.address("10.0.0." + caller),
                List.of(windows),
                OptionalLong.empty(),
                1 + caller % 3,
                BanLadder.STANDARD.withoutPermanent());
    }

    /** Creates a request with none, one or two windows, depending on the caller's number. */
    private static GateRequest mixed(int caller) {
        WindowPolicy minute = WindowPolicy.minute(10 * (1 + caller % 4));
        WindowPolicy route = new WindowPolicy("route", "route:r", 5, 10_000);
        return switch (caller % 3) {
            case 0 -> of(caller);
            case 1 -> of(caller, minute);
            default -> of(caller, minute, route);
        };
    }

    private List<CompletableFuture<Decision>> allAtOnce(List<GateRequest> requests) {
        List<CompletableFuture<Decision>> decisions = new ArrayList<>();
        for (GateRequest request : requests) {
            decisions.add(gate.decide(request).toCompletableFuture());
        }
        return decisions;
    }

    private static long calls(String command) {
        for (String line : wire.commandStatistics().split("\r\n")) {
            if (line.startsWith("cmdstat_" + command + ":calls=")) {
                return Long.parseLong(line.replaceAll("^[^=]+=(\\d+).*", "$1"));
            }
        }
        return 0;
    }

    @Test
    void aBatchIsOneRunInWhichEachCallerIsDecidedByItsOwnPolicy() throws Exception {
        gate.decide(mixed(0)).toCompletableFuture().get(10, TimeUnit.SECONDS);
        wire.send("CONFIG", "RESETSTAT");
        List<GateRequest> requests = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            requests.add(mixed(i));
        }
        List<CompletableFuture<Decision>> decisions = allAtOnce(requests);
        for (int i = 0; i < CALLERS; i++) {
            Decision decision = decisions.get(i).get(10, TimeUnit.SECONDS);
            GateRequest request = requests.get(i);
            assertThat(decision.isAdmitted()).isTrue();
            assertThat(decision.policies()).hasSameSizeAs(request.windows());
            for (int w = 0; w < request.windows().size(); w++) {
                long limit = request.windows().get(w).limit();
                assertThat(decision.policies().get(w).quota()).isEqualTo(limit);
                assertThat(decision.policies().get(w).remaining()).isEqualTo(limit - request.cost());
            }
        }
        assertThat(calls("mget")).isEqualTo(CALLERS);
        assertThat(calls("evalsha")).isLessThan(CALLERS / 10);
    }

    @Test
    void anUnreadableValueDoesNotAffectOtherCallersAndItsCallerStartsAfresh() throws Exception {
        List<GateRequest> requests = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            requests.add(of(i, WindowPolicy.minute(10)));
        }
        String broken = new RedisKeys("").requests(requests.get(77).caller(), "");
        client.getBucket(broken, StringCodec.INSTANCE).set("no log of ours");
        List<CompletableFuture<Decision>> decisions = allAtOnce(requests);
        for (int i = 0; i < CALLERS; i++) {
            assertThat(decisions.get(i).get(10, TimeUnit.SECONDS).isAdmitted()).isTrue();
        }
    }

    @Test
    void aCallerWithSeveralCallsInOneRunIsChargedForEach() throws Exception {
        GateRequest request = of(0, WindowPolicy.minute(10));
        List<GateRequest> requests = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            requests.add(request);
        }
        long admitted = 0;
        for (CompletableFuture<Decision> decision : allAtOnce(requests)) {
            admitted += decision.get(10, TimeUnit.SECONDS).isAdmitted() ? 1 : 0;
        }
        assertThat(admitted).isEqualTo(10);
    }
}
