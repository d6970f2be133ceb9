package dev.tollgate.redis.connection;

import dev.tollgate.config.Settings;
import java.util.Map;
import java.util.function.Consumer;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** Redisson clients that differ from Tollgate's in one option, for the benchmark. */
public final class RedissonVariants {

    private RedissonVariants() {}

    /** Opens a client; the caller shuts it down. */
    public static RedissonClient open(String url, Consumer<Config> otherwise) {
        Config config = RedisConnection.config(Settings.of(Map.of("tollgate.redis.url", url)));
        otherwise.accept(config);
        return Redisson.create(config);
    }
}
