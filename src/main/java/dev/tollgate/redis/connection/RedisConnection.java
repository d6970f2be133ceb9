package dev.tollgate.redis.connection;

import dev.tollgate.config.BadSettingException;
import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.client.handler.PingConnectionHandler;
import org.redisson.config.Config;
import org.redisson.config.DelayStrategy;
import org.redisson.config.EqualJitterDelay;

/**
 * A factory of Redisson clients: for one server, a Cluster or a master watched by Sentinels, from URLs or from a Redisson file.
 *
 * <p>Opening never waits for Redis, so the application deploys while Redis is down. The first call connects.
 */
public final class RedisConnection {

    private static final int NETTY_THREADS = 4;
    private static final int WORKERS = 4;
    private static final int REDIS_PORT = 6379;
    private static final int SENTINEL_PORT = 26379;

    /** The pause between attempts to connect: doubled from 100 ms to 5 s, half of it random. */
    static final DelayStrategy RECONNECT = new EqualJitterDelay(Duration.ofMillis(100), Duration.ofSeconds(5));

    /**
     * The logger by which Redisson writes an error with a trace for each connection to a Redis that is frozen, which Tollgate says
     * once for all. Held here, since the JDK forgets the level of a logger that nobody holds.
     */
    private static final java.util.logging.Logger OF_EACH_CONNECTION =
            java.util.logging.Logger.getLogger(PingConnectionHandler.class.getName());

    static {
        // Unless the server's administrator wants to hear it.
        if (OF_EACH_CONNECTION.getLevel() == null) {
            OF_EACH_CONNECTION.setLevel(java.util.logging.Level.OFF);
        }
    }

    private RedisConnection() {}

    /**
     * Opens a client for the settings; the caller shuts it down.
     *
     * @throws BadSettingException if the Redisson file or the CA's certificate cannot be read
     */
    public static RedissonClient open(Settings settings) {
        return open(settings, new ConnectionTracker());
    }

    /** Opens a client whose connections the tracker knows. */
    public static RedissonClient open(Settings settings, ConnectionTracker connections) {
        return open(settings, connections, config -> {});
    }

    /** Opens a client after a last change of its configuration, such as its threads. */
    public static RedissonClient open(Settings settings, ConnectionTracker connections, Consumer<Config> customizer) {
        Config config = config(settings);
        config.setNettyHook(connections);
        customizer.accept(config);
        return Redisson.create(config);
    }

    /**
     * Checks a Redisson file without connecting.
     *
     * @throws IllegalArgumentException if the file cannot be used; the message is one line
     */
    public static void check(Path file) {
        RedissonFile.read(file, new RedissonDefaults(Duration.ofMillis(1)));
    }

    /**
     * Describes the servers for the log, without a password: the form, the addresses and the user, or the Redisson file.
     */
    public static String describe(Settings settings) {
        String file = settings.get(SettingCatalog.REDIS_CONFIG);
        if (!file.isEmpty()) {
            return "as " + file + " says";
        }
        List<URI> urls =
                settings.get(SettingCatalog.REDIS_URL).stream().map(URI::create).toList();
        String master = settings.get(SettingCatalog.REDIS_SENTINEL);
        String addresses = urls.stream()
                .map(url -> address(url, master.isEmpty() ? REDIS_PORT : SENTINEL_PORT))
                .collect(Collectors.joining(","));
        String user = user(urls.get(0), settings);
        String form = urls.size() > 1 ? "Cluster at " : "";
        return (master.isEmpty() ? form : "master " + master + " of the Sentinels at ")
                + addresses
                + (user.isEmpty() ? "" : ", user " + user);
    }

    /** Builds the configuration of Redisson. */
    public static Config config(Settings settings) {
        RedissonDefaults defaults = new RedissonDefaults(settings.get(SettingCatalog.REDIS_BUDGET));
        String file = settings.get(SettingCatalog.REDIS_CONFIG);
        if (!file.isEmpty()) {
            try {
                return RedissonFile.read(Path.of(file), defaults);
            } catch (IllegalArgumentException e) {
                throw new BadSettingException(SettingCatalog.REDIS_CONFIG.name(), file, e.getMessage());
            }
        }
        Config config = new Config();
        config.setThreads(WORKERS).setNettyThreads(NETTY_THREADS);
        applyCommon(config);
        List<URI> urls =
                settings.get(SettingCatalog.REDIS_URL).stream().map(URI::create).toList();
        credentials(config, urls.get(0), settings);
        String ca = settings.get(SettingCatalog.REDIS_TLS_CA);
        if (!ca.isEmpty()) {
            config.setSslTrustManagerFactory(
                    TrustedCertificates.trust(SettingCatalog.REDIS_TLS_CA.name(), Path.of(ca)));
        }
        servers(config, urls, settings.get(SettingCatalog.REDIS_SENTINEL), defaults);
        return config;
    }

    private static void servers(Config config, List<URI> urls, String master, RedissonDefaults defaults) {
        if (!master.isEmpty()) {
            var sentinel = config.useSentinelServers().setMasterName(master).setDatabase(database(urls.get(0)));
            urls.forEach(url -> sentinel.addSentinelAddress(address(url, SENTINEL_PORT)));
            defaults.applyTo(sentinel, RedissonDefaults.NONE_SET);
        } else if (urls.size() > 1) {
            var cluster = config.useClusterServers();
            urls.forEach(url -> cluster.addNodeAddress(address(url, REDIS_PORT)));
            defaults.applyTo(cluster, RedissonDefaults.NONE_SET);
        } else {
            var single = config.useSingleServer()
                    .setAddress(address(urls.get(0), REDIS_PORT))
                    .setDatabase(database(urls.get(0)));
            defaults.applyTo(single, RedissonDefaults.NONE_SET);
        }
    }

    /** Sets what applies to configurations from URLs and from files alike. */
    static void applyCommon(Config config) {
        // Else Redisson inspects every key and argument for annotations of live objects.
        config.setReferenceEnabled(false);
        config.setCodec(StringCodec.INSTANCE);
        config.setLazyInitialization(true);
        // Its script cache turns EVAL into EVALSHA, also after NOSCRIPT, when the text must be sent.
        config.setUseScriptCache(false);
        config.setTcpNoDelay(true);
        // In a server module, the thread's class loader belongs to an application.
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
            config.setPassword(parts[parts.length - 1]);
        }
        String user = user(url, settings);
        if (!user.isEmpty()) {
            config.setUsername(user);
        }
        String password = settings.get(SettingCatalog.REDIS_PASSWORD);
        if (!password.isEmpty()) {
            config.setPassword(password);
        }
    }

    /** Returns the ACL user; empty for Redis's default user. */
    private static String user(URI url, Settings settings) {
        String user = settings.get(SettingCatalog.REDIS_USER);
        String credentials = url.getUserInfo() == null ? "" : url.getUserInfo();
        int colon = credentials.indexOf(':');
        return user.isEmpty() && colon > 0 ? credentials.substring(0, colon) : user;
    }
}
