package dev.tollgate.redis.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.config.Settings;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.redis.batch.AllRedisOperations;
import dev.tollgate.redis.connection.MissingRights;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.decision.Decisions;
import dev.tollgate.redis.usage.SettlementBacklog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisson.api.RedissonClient;

/** Tests with a real Redis that each right of the documented user is missed by name when it is taken away, and only then. */
class MissingRightsTest {

    /** Rights that are not tried: of connections, of messages, and those without which nothing works and Redis says which. */
    private static final Set<String> OTHERS = Set.of(
            "+ping",
            "+info",
            "+client|setname",
            "+cluster|nodes",
            "+cluster|slots",
            "+role",
            "+eval",
            "+evalsha",
            "+publish",
            "+subscribe",
            "+unsubscribe");

    private static RealRedis redis;
    private static RedisWire wire;
    private static List<String> rule;
    private static RedissonClient client;
    private static RightsProbe probe;
    private static final MissingRights rights = new MissingRights("localhost, user tollgate");

    @BeforeAll
    static void start() throws Exception {
        redis = RealRedis.start();
        wire = new RedisWire(redis.port());
        rule = Files.readAllLines(Path.of("docs/operations.md")).stream()
                .filter(line -> line.startsWith("ACL SETUSER tollgate"))
                .map(line -> Arrays.asList(line.split(" ")))
                .findFirst()
                .orElseThrow();
        wire.send(rule.toArray(String[]::new));
        client = RedisConnection.open(Settings.of(Map.of(
                "tollgate.redis.url",
                redis.url(),
                "tollgate.redis.user",
                "tollgate",
                "tollgate.redis.password",
                "change-me",
                "tollgate.redis.prefix",
                "tg:")));
        Decisions node = new Decisions(client, "tg:", Duration.ofSeconds(5));
        // Loads the classes, and with them all scripts.
        AllRedisOperations.all(client, "tg:");
        new SettlementBacklog(node.batcher, node.keys, Duration.ofSeconds(5)).read();
        probe = new RightsProbe(node.batcher, new RedisKeys("tg:"), rights, Duration.ofSeconds(5));
    }

    @AfterAll
    static void stop() throws Exception {
        client.shutdown();
        wire.close();
        redis.close();
    }

    @BeforeEach
    void grantAll() throws Exception {
        wire.send(rule.toArray(String[]::new));
        probe.run();
    }

    @Test
    void theDocumentedUserMissesNothingAndTheProbeLeavesNothing() throws Exception {
        assertThat(rights.all()).isEmpty();
        assertThat((List<?>) wire.send("KEYS", "*probe*")).isEmpty();
    }

    @Test
    void eachCommandThatIsTakenAwayIsNamedAndIsThereAgainWhenItIsGranted() throws Exception {
        Set<String> found = new TreeSet<>();
        List<String> commands = rule.stream()
                .filter(word -> word.startsWith("+"))
                .filter(word -> !OTHERS.contains(word))
                .toList();
        for (String granted : commands) {
            String command = granted.substring(1);
            wire.send("ACL", "SETUSER", "tollgate", "-" + command);
            probe.run();
            if (rights.all().equals(List.of("the command " + command.toUpperCase(Locale.ROOT)))) {
                found.add(granted);
            }
            wire.send("ACL", "SETUSER", "tollgate", granted);
            probe.run();
            assertThat(rights.all()).as(granted).isEmpty();
        }
        assertThat(found).containsExactlyInAnyOrderElementsOf(commands);
    }

    @Test
    void eachFamilyOfKeysThatIsTakenAwayIsNamed() throws Exception {
        List<RedisKeys.Family> families = new RedisKeys("tg:").families();
        Set<String> patterns = families.stream().map(RedisKeys.Family::pattern).collect(Collectors.toSet());
        for (String taken : patterns) {
            List<String> user = new ArrayList<>(List.of("ACL", "SETUSER", "tollgate", "resetkeys", "~tg:probe:*"));
            patterns.stream().filter(pattern -> !pattern.equals(taken)).forEach(pattern -> user.add("~" + pattern));
            wire.send(user.toArray(String[]::new));
            probe.run();
            assertThat(rights.all())
                    .contains("the keys " + taken)
                    .allMatch(right -> right.startsWith("the keys " + taken.replace("*", "")));
        }
    }

    @Test
    void withoutTheRightToRunScriptsThatIsNamed() throws Exception {
        wire.send("ACL", "SETUSER", "tollgate", "-evalsha", "-eval");
        probe.run();
        assertThat(rights.all()).isNotEmpty().allMatch(right -> right.startsWith("the command EVAL"));
    }
}
