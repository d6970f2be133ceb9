package dev.tollgate.config;

import dev.tollgate.core.limit.FailureMode;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** Settings of the connection to Redis, of seals, and of what happens while Redis is unavailable. */
interface RedisSettings {

    Setting<List<String>> REDIS_URL = new Setting<>(
            "tollgate.redis.url",
            "URL list",
            "",
            "redis://127.0.0.1:6379",
            "The address of Redis: `redis://` or `rediss://`, with `user:password@` and `/database` if "
                    + "needed. Several URLs, separated by commas, are nodes of a Cluster. With "
                    + "`tollgate.redis.sentinel.master` they are Sentinels.",
            Values::redisUrls);

    Setting<String> REDIS_SENTINEL = new Setting<>(
            "tollgate.redis.sentinel.master",
            "text",
            "",
            "",
            "The name of the master that Sentinels watch. If it is set, the URLs are those of Sentinels.",
            Function.identity());

    Setting<String> REDIS_USER = new Setting<>(
            "tollgate.redis.user",
            "text",
            "",
            "",
            "The ACL user. It replaces the user in the URL.",
            Function.identity());

    Setting<String> REDIS_PASSWORD = new Setting<>(
            "tollgate.redis.password",
            "text",
            "",
            "",
            "The password. It replaces the password in the URL, so that a credential store or a password "
                    + "alias can supply it.",
            Function.identity());

    Setting<String> REDIS_SEAL = new Setting<>(
            "tollgate.redis.seal",
            "text",
            "",
            "",
            "The secret that seals values in Redis about keys, tiers and bans: 32 characters or more, the "
                    + "same on all nodes and guards. Without it, nodes share a secret that PostgreSQL keeps, and a "
                    + "guard can use no sealed value.",
            Values::secret);

    Setting<String> REDIS_SEAL_PREVIOUS = new Setting<>(
            "tollgate.redis.seal.previous",
            "text",
            "",
            "",
            "A second secret, whose seals are accepted too. Set it to the old secret while "
                    + "`tollgate.redis.seal` is changed.",
            Values::secret);

    Setting<String> REDIS_TLS_CA = new Setting<>(
            "tollgate.redis.tls.ca",
            "path",
            "",
            "",
            "A PEM file with the only certificates that `rediss://` trusts, such as that of a private "
                    + "authority. By default the JVM's certificates are trusted.",
            Function.identity());

    Setting<String> REDIS_CONFIG = new Setting<>(
            "tollgate.redis.config",
            "path",
            "",
            "",
            "A Redisson YAML file in place of the settings above, for replicas, client certificates and other "
                    + "options. Options it leaves out keep Tollgate's defaults.",
            Function.identity());

    Setting<String> REDIS_PREFIX = new Setting<>(
            "tollgate.redis.prefix",
            "text",
            "",
            "",
            "A prefix of all Redis keys, so that several installations can share one Redis. At most 40 "
                    + "letters, digits and `:._-`.",
            Values::keyPrefix);

    Setting<Duration> REDIS_BUDGET = new Setting<>(
            "tollgate.redis.budget",
            "duration",
            "",
            "50ms",
            "The longest time Redis may take to reply to a request. After that, the failure mode applies. The "
                    + "time a request is queued on the node does not count. 1ms to 10s.",
            Values.durationBetween("1ms", "10s"));

    Setting<Duration> REDIS_LATENCY_THRESHOLD = new Setting<>(
            "tollgate.redis.latency-threshold",
            "duration",
            "",
            "50ms",
            "The latency above which a decision is slow. If 1 in 100 decisions of the last minute, and at "
                    + "least 5, are slow, readiness is degraded and an audit event is written. 0ms turns the alarm off; "
                    + "at most 1m.",
            Values.durationBetween("0ms", "1m"));

    Setting<FailureMode> REDIS_FAILURE_MODE = new Setting<>(
            "tollgate.redis.failure-mode",
            "open | local | closed",
            "",
            "open",
            "What happens to requests while Redis is unavailable. `open`: they pass. `local`: each node "
                    + "enforces the limits by itself. `closed`: they get 503.",
            Values.oneOf(FailureMode.class));

    /** The settings of this interface, in the order of the documentation. */
    List<Setting<?>> REDIS = List.of(
            REDIS_URL,
            REDIS_SENTINEL,
            REDIS_USER,
            REDIS_PASSWORD,
            REDIS_SEAL,
            REDIS_SEAL_PREVIOUS,
            REDIS_TLS_CA,
            REDIS_CONFIG,
            REDIS_PREFIX,
            REDIS_BUDGET,
            REDIS_LATENCY_THRESHOLD,
            REDIS_FAILURE_MODE);
}
