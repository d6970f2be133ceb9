package dev.tollgate.redis.connection;

import dev.tollgate.config.BadSettingException;
import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;
import org.redisson.config.DelayStrategy;
import org.redisson.config.EqualJitterDelay;

/**
 * Opens the connection to Redis: one server, a Cluster, or what Sentinels watch, by URLs or by a Redisson file. Opening never
 * waits for Redis: a server that comes up before its Redis deploys, and the first call connects.
 */
public final class RedisConnection {

    private static final int NETTY_THREADS = 4;
    private static final int WORKERS = 4;
    private static final int REDIS_PORT = 6379;
    private static final int SENTINEL_PORT = 26379;

    /** Between attempts to connect: doubling from the first to the second, half of it by chance. */
    static final DelayStrategy RECONNECT = new EqualJitterDelay(Duration.ofMillis(100), Duration.ofSeconds(5));

    private RedisConnection() {}

    /**
     * A client for the settings; the caller shuts it down.
     *
     * @throws BadSettingException if the Redisson file or the CA's certificate cannot be read
     */
    public static RedissonClient open(Settings settings) {
        return open(settings, new ConnectionTracker());
    }

    /** The same, with its connections at hand. */
    public static RedissonClient open(Settings settings, ConnectionTracker connections) {
        return open(settings, connections, config -> {});
    }

    /** The same, with the last word on the client's configuration: its threads, for one. */
    public static RedissonClient open(Settings settings, ConnectionTracker connections, Consumer<Config> last) {
        Config config = config(settings);
        config.setNettyHook(connections);
        last.accept(config);
        return Redisson.create(config);
    }

    /**
     * Reads a Redisson file and connects to nothing.
     *
     * @throws IllegalArgumentException in one line if the file cannot be used
     */
    public static void check(Path file) {
        RedissonFile.read(file, new RedissonDefaults(Duration.ofMillis(1)));
    }

    /** What Redisson is told. */
    public static Config config(Settings settings) {
        RedissonDefaults calls = new RedissonDefaults(settings.get(SettingCatalog.REDIS_BUDGET));
        String file = settings.get(SettingCatalog.REDIS_CONFIG);
        if (!file.isEmpty()) {
            try {
                return RedissonFile.read(Path.of(file), calls);
            } catch (IllegalArgumentException e) {
                throw new BadSettingException(SettingCatalog.REDIS_CONFIG.name(), file, e.getMessage());
            }
        }
        Config config = new Config();
        config.setThreads(WORKERS).setNettyThreads(NETTY_THREADS);
        common(config);
        List<URI> urls =
                settings.get(SettingCatalog.REDIS_URL).stream().map(URI::create).toList();
        credentials(config, urls.get(0), settings);
        String ca = settings.get(SettingCatalog.REDIS_TLS_CA);
        if (!ca.isEmpty()) {
            config.setSslTrustManagerFactory(
                    TrustedCertificates.trust(SettingCatalog.REDIS_TLS_CA.name(), Path.of(ca)));
        }
        servers(config, urls, settings.get(SettingCatalog.REDIS_SENTINEL), calls);
        return config;
    }

    private static void servers(Config config, List<URI> urls, String master, RedissonDefaults calls) {
        if (!master.isEmpty()) {
            var sentinel = config.useSentinelServers().setMasterName(master).setDatabase(database(urls.get(0)));
            urls.forEach(url -> sentinel.addSentinelAddress(address(url, SENTINEL_PORT)));
            calls.applyTo(sentinel, RedissonDefaults.NOTHING_SAID);
        } else if (urls.size() > 1) {
            var cluster = config.useClusterServers();
            urls.forEach(url -> cluster.addNodeAddress(address(url, REDIS_PORT)));
            calls.applyTo(cluster, RedissonDefaults.NOTHING_SAID);
        } else {
            var single = config.useSingleServer()
                    .setAddress(address(urls.get(0), REDIS_PORT))
                    .setDatabase(database(urls.get(0)));
            calls.applyTo(single, RedissonDefaults.NOTHING_SAID);
        }
    }

    /** What holds whoever describes the servers. */
    static void common(Config config) {
        // Or else every key and argument is looked at for annotations of objects that live in Redis.
        config.setReferenceEnabled(false);
        config.setCodec(StringCodec.INSTANCE);
        config.setLazyInitialization(true);
        // With its script cache Redisson turns EVAL into EVALSHA, also where we send the text because Redis lost it.
        config.setUseScriptCache(false);
        config.setTcpNoDelay(true);
        // In a server module the thread's loader is some application's.
        config.setUseThreadClassLoader(false);
    }

    private static String address(URI url, int port) {
        return url.getScheme() + "://" + url.getHost() + ":" + (url.getPort() < 0 ? port : url.getPort());
    }

    private static int database(URI url) {
        String path = url.getPath();
        return path == null || path.length() < 2 ? 0 : Integer.parseInt(path.substring(1));
    }

    private static void credentials(Config config, URI url, Settings settings) {
        if (url.getUserInfo() != null) {
            String[] parts = url.getUserInfo().split(":", 2);
            if (parts.length == 2 && !parts[0].isEmpty()) {
                config.setUsername(parts[0]);
            }
            config.setPassword(parts[parts.length - 1]);
        }
        String user = settings.get(SettingCatalog.REDIS_USER);
        if (!user.isEmpty()) {
            config.setUsername(user);
        }
        String password = settings.get(SettingCatalog.REDIS_PASSWORD);
        if (!password.isEmpty()) {
            config.setPassword(password);
        }
    }
}
