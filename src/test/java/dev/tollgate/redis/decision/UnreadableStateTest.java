package dev.tollgate.redis.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.Settings;
import dev.tollgate.core.limit.AccountStateSource.AccountState;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.StateMissingException;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.ConnectionTracker;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.seal.Sealing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisson.api.RedissonClient;

/** Tests that an unreadable value of a caller is deleted, that the caller is decided, and that others are not affected. */
class UnreadableStateTest {

    private static final Caller ACCOUNT = Caller.account("spoiled");
    private static final BillingMonth MONTH = BillingMonth.at(System.currentTimeMillis());

    private static RealRedis redis;
    private static RedissonClient client;
    private static RedisWire wire;

    private final RedisKeys keys = new RedisKeys("");
    private final RepairLog repairs = new RepairLog(System::currentTimeMillis);
    private final Sealing sealing = Sealing.ofThisProcess();
    private final ScriptBatcher batcher = new ScriptBatcher(client, 1, 128, 10_000, Duration.ofSeconds(5));
    private final RedisGateStore gate =
            new RedisGateStore(batcher, keys, System::currentTimeMillis, new ConnectionTracker(), sealing, repairs);

    @BeforeAll
    static void start() {
        redis = RealRedis.start();
        client = RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", redis.url())));
        wire = new RedisWire(redis.port());
    }

    @AfterAll
    static void stop() {
        wire.close();
        client.shutdown();
        redis.close();
    }

    @BeforeEach
    void clear() {
        wire.send("FLUSHALL");
    }

    private static GateRequest request(Caller caller, long limit) {
        return GateRequest.charge(
                caller,
                List.of(WindowPolicy.minute(limit)),
                caller.isAccount() ? OptionalLong.of(1_000) : OptionalLong.empty(),
                1,
                BanLadder.STANDARD);
    }

    /** Decides as the gate does, and restores the state of an account if it is missing. */
    private Decision decide(Caller caller, long limit, AccountState remembered) {
        for (int trip = 0; trip < 3; trip++) {
            try {
                return gate.decide(request(caller, limit)).toCompletableFuture().join();
            } catch (CompletionException e) {
                if (!(e.getCause() instanceof StateMissingException needed)) {
                    throw e;
                }
                gate.restore(caller, needed.month(), remembered)
                        .toCompletableFuture()
                        .join();
            }
        }
        throw new AssertionError("the store forgets what it is given");
    }

    private static Caller caller(String kind) {
        return kind.equals("address") ? Caller.address("192.0.2.9") : ACCOUNT;
    }

    private List<String> names(Caller caller) {
        return gate.keysOf(request(caller, 10), MONTH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"account", "address"})
    void anyForeignValueUnderAKeyOfACallerIsRepairedAndTheCallerIsDecided(String kind) {
        Caller caller = caller(kind);
        String[] garbage = {
            "",
            " ",
            "garbage",
            "5_MIN 1 x",
            "5_MIN 1 99999999999999999999 x",
            "PERMANENT x 0 why",
            "5_MIN 9 5 why",
            "\u0000\u0000\u0000\u0000\u0000\u0001",
            "12",
            "1e300",
            "-0x10",
            "99999999999999999999 99999999999999999999",
            "7 x",
            "nil",
            "E 1 2",
            "a\nb",
            "x".repeat(10_000)
        };
        for (String name : names(caller)) {
            for (String text : garbage) {
                wire.send("FLUSHALL");
                wire.send("SET", name, text);
                // Over the limit, so that violations are read too.
                decide(caller, 1, AccountState.NONE);
                Decision decision = decide(caller, 1, AccountState.NONE);
                assertThat(decision.outcome())
                        .as("%s = %s", name, text)
                        .isIn(Decision.Outcome.RATE_LIMITED, Decision.Outcome.ADMITTED);
            }
            for (String[] other : new String[][] {{"RPUSH"}, {"SADD"}, {"HSET", "f"}, {"ZADD", "1"}}) {
                wire.send("FLUSHALL");
                List<String> command = new ArrayList<>(List.of(other[0], name));
                command.addAll(List.of(other).subList(1, other.length));
                command.add("v");
                wire.send(command.toArray(String[]::new));
                decide(caller, 1, AccountState.NONE);
                assertThat(decide(caller, 1, AccountState.NONE).outcome())
                        .as("%s as of %s", name, other[0])
                        .isEqualTo(Decision.Outcome.RATE_LIMITED);
            }
        }
        assertThat(repairs.counts().values().stream().mapToLong(count -> count).sum())
                .isPositive();
    }

    @Test
    void randomBytesUnderAnyNameNeverFailADecision() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        List<String> names = names(ACCOUNT);
        for (int i = 0; i < 1_000; i++) {
            wire.send("FLUSHALL");
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(60); n > 0; n--) {
                text.append((char) random.nextInt(128));
            }
            wire.send("SET", names.get(random.nextInt(names.size())), text.toString());
            decide(ACCOUNT, 1, AccountState.NONE);
        }
    }

    @Test
    void aGoodBanAndAGoodWindowStayIfAnotherValueIsBad() {
        decide(ACCOUNT, 10, AccountState.NONE);
        String window = keys.requests(ACCOUNT, "");
        Object before = wire.send("STRLEN", window);
        wire.send("SET", keys.ban(ACCOUNT), "garbage");
        Decision decision = decide(ACCOUNT, 10, AccountState.NONE);
        assertThat(decision.isAdmitted()).isTrue();
        assertThat(decision.policies().get(0).remaining()).isEqualTo(8);
        assertThat((Long) wire.send("STRLEN", window)).isGreaterThanOrEqualTo((Long) before);
        assertThat(wire.send("EXISTS", keys.ban(ACCOUNT))).isEqualTo(0L);
        assertThat(repairs.counts()).containsEntry("ban", 1L).containsEntry("window", 0L);
    }

    @Test
    void aPermanentBanThatCannotBeReadComesBackFromPostgreSql() {
        decide(ACCOUNT, 10, AccountState.NONE);
        wire.send("SET", keys.permanentBan(ACCOUNT), "garbage");
        Ban ban = new Ban(BanLevel.PERMANENT, "for good", 1, OptionalLong.empty());
        Decision decision = decide(ACCOUNT, 10, new AccountState(0, Optional.of(ban)));
        assertThat(decision.ban()).contains(ban);
    }

    @Test
    void callersInTheSameRunAreNotAffected() {
        decide(ACCOUNT, 1_000, AccountState.NONE);
        List<Caller> fellows = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            fellows.add(Caller.address("192.0.2." + i));
        }
        for (int round = 0; round < 5; round++) {
            wire.send("SET", keys.ban(ACCOUNT), "garbage");
            List<CompletableFuture<Decision>> all = new ArrayList<>();
            for (int i = 0; i < fellows.size(); i++) {
                all.add(gate.decide(request(fellows.get(i), 1_000)).toCompletableFuture());
                if (i % 10 == 0) {
                    all.add(gate.decide(request(ACCOUNT, 1_000)).toCompletableFuture());
                }
            }
            assertThat(all).allMatch(decision -> decision.join().isAdmitted());
        }
    }

    @Test
    void anAdministratorCanBanAndLiftACallerWithAnUnreadableBan() {
        for (String garbage : List.of("garbage", "5_MIN 1")) {
            wire.send("SET", keys.permanentBan(ACCOUNT), garbage);
            wire.send("SET", keys.ban(ACCOUNT), garbage);
            Ban ban = gate.ban(ACCOUNT, BanLevel.lasting(Duration.ofMinutes(5)), "by hand")
                    .toCompletableFuture()
                    .join();
            assertThat(ban.reason()).isEqualTo("by hand");
            wire.send("SET", keys.permanentBan(ACCOUNT), garbage);
            assertThat(gate.lift(ACCOUNT).toCompletableFuture().join()).contains(ban);
        }
    }

    @Test
    void onlyASealedLiftKeepsAPermanentBanFromComingBack() {
        Ban ban = new Ban(BanLevel.PERMANENT, "for good", 1, OptionalLong.empty());
        AccountState remembered = new AccountState(0, Optional.of(ban));
        wire.send("SET", keys.lifted(ACCOUNT), "");
        assertThat(decide(ACCOUNT, 10, remembered).ban()).as("forged").contains(ban);
        gate.lift(ACCOUNT).toCompletableFuture().join();
        Object lifted = wire.send("GET", keys.lifted(ACCOUNT));
        wire.send("DEL", keys.quota(ACCOUNT, MONTH));
        assertThat(decide(ACCOUNT, 10, remembered).ban()).as("lifted").isEmpty();
        Caller another = Caller.account("another");
        wire.send("SET", keys.lifted(another), (String) lifted);
        assertThat(decide(another, 10, remembered).ban()).as("swapped").contains(ban);
    }

    @Test
    void aPermanentBanIsConfirmedOnlyIfANodeAppliedIt() {
        Ban ban = new Ban(BanLevel.PERMANENT, "because", 5, OptionalLong.empty());
        wire.send("SET", keys.permanentBan(ACCOUNT), "PERMANENT 5 0 because");
        assertThat(gate.isConfirmed(ACCOUNT, ban).toCompletableFuture().join()).isFalse();
        wire.send("SET", keys.permanentBanSeal(ACCOUNT), "PERMANENT 5 0 because 1 1aaaaaaaaaaaaaaaaaaaaaa");
        assertThat(gate.isConfirmed(ACCOUNT, ban).toCompletableFuture().join()).isFalse();
        gate.lift(ACCOUNT).toCompletableFuture().join();
        Ban applied = gate.ban(ACCOUNT, BanLevel.PERMANENT, "by hand")
                .toCompletableFuture()
                .join();
        assertThat(gate.isConfirmed(ACCOUNT, applied).toCompletableFuture().join())
                .isTrue();
        wire.send("SET", keys.permanentBan(ACCOUNT), "PERMANENT 5 0 another");
        Ban other = new Ban(BanLevel.PERMANENT, "another", 5, OptionalLong.empty());
        assertThat(gate.isConfirmed(ACCOUNT, other).toCompletableFuture().join())
                .isFalse();
    }
}
