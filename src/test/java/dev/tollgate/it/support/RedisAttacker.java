package dev.tollgate.it.support;

import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.redis.RedisWire;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Somebody who can read and write all of Redis, and has no secret. */
public final class RedisAttacker {

    private final RealRedis redis;

    public RedisAttacker(RealRedis redis) {
        this.redis = redis;
    }

    public Object send(String... command) {
        try (RedisWire wire = new RedisWire(redis.port())) {
            return wire.send(command);
        }
    }

    public void set(String name, String value) {
        send("SET", name, value);
    }

    public void incr(String name) {
        send("INCR", name);
    }

    public void publish(String channel, String message) {
        send("PUBLISH", channel, message);
    }

    /** Writes a made-up key into Redis as a release without seals had it, and answers its secret. */
    public String forgeKey(String id, String account, String tier) {
        ApiKeyToken token = ApiKeyToken.generate();
        set(nameOf(token.hash()), String.join(" ", id, account, "1", "-", "-", token.prefix()));
        set("tier:{" + account + "}", tier);
        return token.reveal();
    }

    /** Copies a key's entry under the name of a made-up key, and answers that one's secret. */
    public String copyEntry(String secret) {
        ApiKeyToken token = ApiKeyToken.generate();
        set(nameOf(token.hash()), entryOf(secret));
        return token.reveal();
    }

    /** A key's entry; it must be there. */
    public String entryOf(String secret) {
        Object entry = send("GET", nameOf(ApiKeyToken.hash(secret)));
        if (entry == null) {
            throw new AssertionError("there is no entry of the key");
        }
        return (String) entry;
    }

    public static String nameOf(String hash) {
        return "apikey:{" + hash + "}";
    }

    /** All that lifted a ban before there were seals, and the deletion of what can be deleted. */
    public void lift(String caller) {
        send("DEL", "perm_ban:{" + caller + "}", "ban:{" + caller + "}");
        set("lifted:{" + caller + "}", "");
        for (String channel : new String[] {"changes", "changes:sealed"}) {
            publish(channel, "1 ban " + caller);
            publish(channel, "1 everything -");
        }
        incr("edition");
    }

    /** Whether something stays true for a while: nodes look for missed edits twice a second. */
    public boolean staysTrueFor(Duration time, BooleanSupplier condition) {
        long end = System.nanoTime() + time.toNanos();
        while (condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return true;
            }
        }
        return false;
    }
}
