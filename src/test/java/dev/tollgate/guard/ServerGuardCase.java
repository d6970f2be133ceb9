package dev.tollgate.guard;

import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.redis.RedisWire;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A guard, which has Redis alone, and a node that has a database and answers its questions once it is opened. */
abstract class ServerGuardCase {

    static final Duration SOON = Duration.ofSeconds(2);

    RealRedis redis;
    NodeWithDatabase node;

    @BeforeEach
    void start() {
        redis = RealRedis.start();
        node = new NodeWithDatabase(redis);
    }

    @AfterEach
    void stop() {
        node.close();
        redis.close();
    }

    GuardedApplication guard(String... settings) throws Exception {
        return GuardedApplication.at(redis, settings);
    }

    /** Waits until the guard has the tiers of the database, so that it shows the free tier's limit. */
    static void awaitTiers(GuardedApplication shop, String key) {
        Ports.await("the tiers", SOON, () -> shop.limits(key).contains("q=3"));
    }

    void redis(java.util.function.Consumer<RedisWire> work) {
        try (RedisWire wire = new RedisWire(redis.port())) {
            work.accept(wire);
        }
    }

    static int statusOf(GuardedApplication shop, String key) {
        try {
            return shop.status("/", key);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
