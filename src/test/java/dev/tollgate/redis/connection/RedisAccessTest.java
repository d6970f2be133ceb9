package dev.tollgate.redis.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.config.BadSettingException;
import dev.tollgate.config.Settings;
import dev.tollgate.core.limit.Decision.Outcome;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.PrivateAuthority;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.redis.batch.AllRedisOperations;
import dev.tollgate.redis.decision.Decisions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** Getting at a Redis that is guarded: TLS with a private authority, an ACL user with few rights, and Redisson's own files. */
class RedisAccessTest {

    @TempDir
    Path directory;

    private static Outcome decide(Map<String, String> settings) {
        RedissonClient client = RedisConnection.open(Settings.of(settings));
        try {
            // A first TLS handshake loads hundreds of classes.
            return new Decisions(client, settings.getOrDefault("tollgate.redis.prefix", ""), Duration.ofSeconds(20))
                    .decide("account", 10)
                    .outcome();
        } finally {
            client.shutdown();
        }
    }

    @Test
    void aPrivateAuthorityIsTrustedOnlyWhereTheSettingNamesIt() {
        PrivateAuthority authority = PrivateAuthority.in(directory);
        int port = Ports.free();
        try (RealRedis redis = RealRedis.start(
                "--tls-port",
                Integer.toString(port),
                "--tls-cert-file",
                authority.serverCertificate().toString(),
                "--tls-key-file",
                authority.serverKey().toString(),
                "--tls-ca-cert-file",
                authority.certificate().toString(),
                "--tls-auth-clients",
                "no")) {
            assertThat(redis.isAlive()).isTrue();
            String url = "rediss://localhost:" + port;
            assertThat(decide(Map.of(
                            "tollgate.redis.url",
                            url,
                            "tollgate.redis.tls.ca",
                            authority.certificate().toString())))
                    .isEqualTo(Outcome.ADMITTED);
            assertThatThrownBy(() -> decide(Map.of("tollgate.redis.url", url)))
                    .rootCause()
                    .hasMessageContaining("certification path");
        }
    }

    @Test
    void aUserWithTheDocumentedRightsCanDoAllThatANodeDoes() throws Exception {
        String rule = Files.readAllLines(Path.of("docs/operations.md")).stream()
                .filter(line -> line.startsWith("ACL SETUSER tollgate"))
                .findFirst()
                .orElseThrow();
        try (RealRedis redis = RealRedis.start()) {
            try (RedisWire wire = new RedisWire(redis.port())) {
                wire.send(rule.split(" "));
            }
            String password = Arrays.stream(rule.split(" "))
                    .filter(word -> word.startsWith(">"))
                    .findFirst()
                    .orElseThrow()
                    .substring(1);
            Map<String, String> settings = Map.of(
                    "tollgate.redis.url",
                    redis.url(),
                    "tollgate.redis.user",
                    "tollgate",
                    "tollgate.redis.password",
                    password,
                    "tollgate.redis.prefix",
                    "tg:");
            assertThat(decide(settings)).isEqualTo(Outcome.ADMITTED);
            assertThat(refusals(redis, settings)).isEmpty();
            Map<String, String> wrong = new HashMap<>(settings);
            wrong.put("tollgate.redis.password", "wrong");
            assertThatThrownBy(() -> decide(wrong)).rootCause().hasMessageContaining("WRONGPASS");
        }
    }

    @Test
    void theDocumentedRightsHaveEveryCommandOfTheScripts() throws Exception {
        String rule = Files.readString(Path.of("docs/operations.md"));
        Set<String> commands = new TreeSet<>();
        try (Stream<Path> scripts = Files.walk(Path.of("src/main/resources/redis"))) {
            for (Path script : scripts.filter(Files::isRegularFile).toList()) {
                Pattern.compile("redis[.]call\\('([A-Z]+)'")
                        .matcher(Files.readString(script))
                        .results()
                        .forEach(found -> commands.add(found.group(1).toLowerCase(Locale.ROOT)));
            }
        }
        assertThat(commands)
                .hasSizeGreaterThan(20)
                .allMatch(command -> rule.contains("+" + command + " ") || rule.contains("+" + command + "\n"));
    }

    /** Runs all operations of a node and returns the commands that Redis refused. */
    private static List<Object> refusals(RealRedis redis, Map<String, String> settings) throws Exception {
        RedissonClient client = RedisConnection.open(Settings.of(settings));
        try {
            AllRedisOperations.all(client, "tg:");
        } finally {
            client.shutdown();
        }
        List<Object> refused = new ArrayList<>();
        try (RedisWire wire = new RedisWire(redis.port())) {
            ((List<?>) wire.send("ACL", "LOG")).forEach(refused::add);
        }
        refused.removeIf(entry -> String.valueOf(entry).contains("info"));
        return refused;
    }

    @Test
    void optionsARedissonFileLeavesOutGetOurDefaults() throws Exception {
        Path file = directory.resolve("redisson.yaml");
        Files.writeString(file, """
                singleServerConfig:
                  address: "redis://127.0.0.1:1"
                  timeout: 3000
                  connectionPoolSize: 24
                """);
        Config config = RedisConnection.config(Settings.of(Map.of("tollgate.redis.config", file.toString())));
        var single = config.useSingleServer();
        assertThat(single.getTimeout()).isEqualTo(3_000);
        assertThat(single.getConnectionPoolSize()).isEqualTo(24);
        assertThat(single.getRetryAttempts()).isZero();
        assertThat(single.getPingConnectionInterval()).isEqualTo(1_000);
        assertThat(single.getReconnectionDelay()).hasSameClassAs(defaults());
        assertThat(config.isLazyInitialization()).isTrue();
        assertThat(config.isUseScriptCache()).isFalse();
        Files.writeString(file, "singleServerConfig: 7\n");
        assertThatThrownBy(() -> RedisConnection.open(Settings.of(Map.of("tollgate.redis.config", file.toString()))))
                .isInstanceOf(BadSettingException.class)
                .hasMessageStartingWith("tollgate.redis.config = ")
                .hasMessageNotContaining("\n");
    }

    private static Object defaults() {
        return RedisConnection.config(Settings.of(Map.of())).useSingleServer().getReconnectionDelay();
    }

    @Test
    void aRedissonFileOpensTheSameRedis() throws Exception {
        try (RealRedis redis = RealRedis.start()) {
            Path file = directory.resolve("redisson.yaml");
            Files.writeString(file, "singleServerConfig:\n  address: \"" + redis.url() + "\"\n");
            assertThat(decide(Map.of("tollgate.redis.config", file.toString()))).isEqualTo(Outcome.ADMITTED);
        }
    }
}
