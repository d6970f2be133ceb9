package dev.tollgate.redis.connection;

import dev.tollgate.config.Settings;
import java.util.Map;
import java.util.function.Consumer;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** Redisson as Tollgate sets it but for one thing, for the bench to say what that bought. */
public final class RedissonVariants {

    private RedissonVariants() {}

    /** A client; the caller shuts it down. */
    public static RedissonClient open(String url, Consumer<Config> otherwise) {
        Config config = RedisConnection.config(Settings.of(Map.of("tollgate.redis.url", url)));
        otherwise.accept(config);
        return Redisson.create(config);
    }
}
