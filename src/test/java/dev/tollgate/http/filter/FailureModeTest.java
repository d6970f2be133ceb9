package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.fixture.ContinuousCaller;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.gate.CircuitBreaker;
import dev.tollgate.http.route.RoutePolicies;
import dev.tollgate.http.route.RoutePolicyFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests what callers see in each failure mode while a real Redis takes no writes, or is away. */
class FailureModeTest extends RedisTroubleCase {

    private static final String A_ROUTE_FOR_EACH_MODE = """
            {"routes": [
              {"name": "let-pass", "path": "/open", "action": "limit", "failureMode": "open"},
              {"name": "by-node", "path": "/local", "action": "limit", "failureMode": "local"},
              {"name": "dear", "path": "/dear", "action": "limit", "failureMode": "local", "cost": 4},
              {"name": "shut", "path": "/closed", "action": "limit", "failureMode": "closed"}
            ]}""";

    @ParameterizedTest
    @EnumSource(FailureMode.class)
    void outOfMemoryTheFailureModeAnswersAndBansHold(FailureMode mode) throws Exception {
        String bannedInRedisOnly = directory.newKey("11111111-1111-4111-8111-111111111111", "enterprise", WIDE);
        String limited = directory.newKey(directory.newAccount(), "enterprise", OptionalLong.of(3));
        ContinuousCaller caravan = serve(mode);
        assertThat(status(limited)).isEqualTo(200);
        assertThat(status(bannedInRedisOnly)).isEqualTo(200);
        Ports.await("the ban kept", Duration.ofSeconds(20), () -> bans("11111111-1111-4111-8111-111111111111"));
        long began = caravan.now();
        try (RedisWire wire = new RedisWire(redis.port())) {
            wire.send("CONFIG", "SET", "maxmemory-policy", "noeviction");
            wire.send("CONFIG", "SET", "maxmemory", "1");
            Ports.await("writes refused", Duration.ofSeconds(20), node.gate::refusesWrites);
            assertThat(status(bannedKey)).isEqualTo(403);
            assertThat(status(bannedInRedisOnly)).isEqualTo(429);
            List<Integer> statuses = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                statuses.add(status(limited));
            }
            switch (mode) {
                case OPEN -> assertThat(statuses).containsOnly(200);
                case CLOSED -> assertThat(statuses).containsOnly(503);
                case LOCAL -> assertThat(statuses).containsExactly(200, 200, 200, 429, 429);
            }
            assertThat(node.gate.refusesWrites()).isTrue();
            wire.send("CONFIG", "SET", "maxmemory", "0");
        }
        long ended = caravan.now();
        caravan.await("writing again", () -> !node.gate.refusesWrites());
        caravan.awaitDecided(ended);
        caravan.tell("out of memory, " + mode, began, ended);
        assertThat(caravan.statuses().keySet())
                .isSubsetOf(mode == FailureMode.CLOSED ? List.of(200, 503) : List.of(200));
    }

    /** Whether a ban by hand was kept; a machine that stands still may take longer for it than a request may wait. */
    private boolean bans(String account) {
        try {
            node.store
                    .ban(Caller.account(account), BanLevel.lasting(Duration.ofDays(1)), "x")
                    .toCompletableFuture()
                    .join();
            return true;
        } catch (CompletionException e) {
            return false;
        }
    }

    @ParameterizedTest
    @EnumSource(FailureMode.class)
    void eachRouteMayHaveAFailureModeOfItsOwnWhateverTheSettingSays(FailureMode setting) throws Exception {
        String limited = directory.newKey(directory.newAccount(), "enterprise", OptionalLong.of(3));
        ContinuousCaller caravan = serve(
                setting,
                RoutePolicies.ofApplication(Optional.of(RoutePolicyFile.parse("r.json", A_ROUTE_FOR_EACH_MODE))));
        network.refuse(true);
        redis.kill();
        caravan.await("the breaker open", () -> node.gate.breakerState() != CircuitBreaker.State.CLOSED);
        List<Integer> local = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            assertThat(get("/open", limited).statusCode()).isEqualTo(200);
            assertThat(get("/closed", limited).statusCode()).isEqualTo(503);
            local.add(get("/local", limited).statusCode());
        }
        assertThat(local).containsExactly(200, 200, 200, 429, 429);
        assertThat(get("/dear", limited).body())
                .as("more than the key's whole window")
                .contains("\"code\":\"COST_EXCEEDS_LIMIT\",\"policy\":\"key\",\"limit\":3,\"cost\":4,");
        for (String path : List.of("/open", "/closed", "/local")) {
            assertThat(get(path, bannedKey).statusCode()).as(path).isEqualTo(403);
        }
    }
}
