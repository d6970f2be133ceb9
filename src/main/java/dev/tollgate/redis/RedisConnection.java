package dev.tollgate.redis;

import dev.tollgate.config.BadSettingException;
import dev.tollgate.config.SettingCatalog;
import dev.tollgate.config.Settings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.BaseConfig;
import org.redisson.config.Config;
import org.redisson.config.DelayStrategy;
import org.redisson.config.EqualJitterDelay;
import org.redisson.config.SingleServerConfig;

/**
 * Opens the connection to Redis. Opening never waits for Redis: a server that comes up before its Redis deploys, and the
 * first call connects.
 */
public final class RedisConnection {

    private static final Pattern LINE = Pattern.compile("line (\\d+), column");
    private static final Pattern PROPERTY = Pattern.compile("property=(\\w+)");
    private static final Pattern SERVERS = Pattern.compile("(?m)^\\w+Servers?Config:");
    private static final int POOL = 16;
    /** As many as both lanes have flights in the air, and some: opening one costs a request its budget. */
    private static final int IDLE = 10;

    private static final int NETTY_THREADS = 4;
    private static final int WORKERS = 4;
    private static final int CONNECT_MILLIS = 2_000;
    private static final int PING_MILLIS = 1_000;
    /** Between attempts to connect: doubling from the first to the second, half of it by chance. */
    static final DelayStrategy RECONNECT = new EqualJitterDelay(Duration.ofMillis(100), Duration.ofSeconds(5));

    private RedisConnection() {}

    /**
     * A client for the settings; the caller shuts it down.
     *
     * @throws BadSettingException if the Redisson file cannot be read
     */
    public static RedissonClient open(Settings settings) {
        return open(settings, new Connections());
    }

    /** The same, with its connections at hand. */
    public static RedissonClient open(Settings settings, Connections connections) {
        Config config = config(settings);
        config.setNettyHook(connections);
        return Redisson.create(config);
    }

    /**
     * Reads a Redisson file and connects to nothing.
     *
     * @throws IllegalArgumentException in one line if the file cannot be used
     */
    public static void check(Path file) {
        read(file);
    }

    private static Config read(Path file) {
        try {
            String text = Files.readString(file);
            if (!SERVERS.matcher(text).find()) {
                // Redisson would take it, and say what is missing when the first request wants to be decided.
                throw new MissingServerException();
            }
            return common(Config.fromYAML(text));
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot be read: " + e.getClass().getSimpleName(), e);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("cannot be read as Redisson YAML: " + place(e), e);
        }
    }

    /** Where it went wrong: the parser's own words repeat lines of the file, and with them passwords. */
    private static String place(RuntimeException failure) {
        String text = String.valueOf(failure.getMessage());
        if (failure instanceof MissingServerException) {
            return text;
        }
        String line = LINE.matcher(text)
                .results()
                .reduce((first, second) -> second)
                .map(found -> "line " + found.group(1) + ": ")
                .orElse("");
        String property =
                PROPERTY.matcher(text).results().map(found -> found.group(1)).collect(Collectors.joining("."));
        return line
                + (property.isEmpty() ? "is not YAML here" : "no such property, or not its kind of value: " + property);
    }

    private static final class MissingServerException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        MissingServerException() {
            super("it has no singleServerConfig, sentinelServersConfig or the like");
        }
    }

    private static Config config(Settings settings) {
        String file = settings.get(SettingCatalog.REDIS_CONFIG);
        if (!file.isEmpty()) {
            try {
                return read(Path.of(file));
            } catch (IllegalArgumentException e) {
                throw new BadSettingException(SettingCatalog.REDIS_CONFIG.name(), file, e.getMessage());
            }
        }
        List<String> urls = settings.get(SettingCatalog.REDIS_URL);
        Config config = common(new Config());
        credentials(config, URI.create(urls.get(0)));
        if (urls.size() > 1) {
            var cluster = config.useClusterServers();
            urls.forEach(url -> cluster.addNodeAddress(address(url)));
            cluster.setMasterConnectionPoolSize(POOL).setMasterConnectionMinimumIdleSize(IDLE);
            calls(cluster, settings);
        } else {
            URI uri = URI.create(urls.get(0));
            SingleServerConfig single = config.useSingleServer()
                    .setAddress(address(urls.get(0)))
                    .setConnectionPoolSize(POOL)
                    .setConnectionMinimumIdleSize(IDLE)
                    .setSubscriptionConnectionPoolSize(2)
                    .setSubscriptionConnectionMinimumIdleSize(1);
            if (uri.getPath() != null && uri.getPath().length() > 1) {
                single.setDatabase(Integer.parseInt(uri.getPath().substring(1)));
            }
            calls(single, settings);
        }
        return config;
    }

    private static Config common(Config config) {
        // The servlet container's own threads wait; Redisson needs few.
        config.setThreads(WORKERS).setNettyThreads(NETTY_THREADS).setCodec(StringCodec.INSTANCE);
        config.setLazyInitialization(true);
        // With its script cache Redisson turns EVAL into EVALSHA, also where we send the text because Redis lost it.
        config.setUseScriptCache(false);
        config.setTcpNoDelay(true);
        // Or else every key and argument is looked at for annotations of objects that live in Redis.
        config.setReferenceEnabled(false);
        return config;
    }

    private static <T extends BaseConfig<T>> void calls(T config, Settings settings) {
        int budget = Math.toIntExact(settings.get(SettingCatalog.REDIS_BUDGET).toMillis());
        config.setTimeout(Math.max(1_000, 4 * budget))
                // A call of unknown fate must never be sent again by the client: it would count twice.
                .setRetryAttempts(0)
                .setConnectTimeout(CONNECT_MILLIS)
                .setPingConnectionInterval(PING_MILLIS)
                .setReconnectionDelay(RECONNECT);
    }

    private static String address(String url) {
        URI uri = URI.create(url);
        return uri.getScheme() + "://" + uri.getHost() + ":" + (uri.getPort() < 0 ? 6379 : uri.getPort());
    }

    private static void credentials(Config config, URI uri) {
        if (uri.getUserInfo() == null) {
            return;
        }
        String[] parts = uri.getUserInfo().split(":", 2);
        if (parts.length == 2 && !parts[0].isEmpty()) {
            config.setUsername(parts[0]);
        }
        config.setPassword(parts[parts.length - 1]);
    }
}
