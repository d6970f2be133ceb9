package dev.tollgate.redis.connection;

import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import org.redisson.config.BaseConfig;
import org.redisson.config.BaseMasterSlaveServersConfig;
import org.redisson.config.ClusterServersConfig;
import org.redisson.config.ReadMode;
import org.redisson.config.SentinelServersConfig;
import org.redisson.config.SingleServerConfig;
import org.redisson.config.SubscriptionMode;

/**
 * Tollgate's own defaults for Redisson: connections, timeouts, and no retries. Options the operator has set are left alone.
 * Immutable.
 *
 * @param budget the longest time a request waits for Redis
 */
record RedissonDefaults(Duration budget) {

    /** The options set in a configuration that is built from URLs: none. */
    static final Set<String> NONE_SET = Set.of();

    private static final int POOL = 16;
    /** More than both batchers have batches in flight, since opening a connection would cost a request its budget. */
    private static final int IDLE = 10;

    private static final int CONNECT_MILLIS = 2_000;
    private static final int PING_MILLIS = 1_000;
    private static final int SCAN_MILLIS = 1_000;

    void applyTo(SingleServerConfig config, Set<String> set) {
        applyCommon(config, set);
        setUnlessIn(set, "connectionPoolSize", config::setConnectionPoolSize, POOL);
        setUnlessIn(set, "connectionMinimumIdleSize", config::setConnectionMinimumIdleSize, IDLE);
        setUnlessIn(set, "subscriptionConnectionPoolSize", config::setSubscriptionConnectionPoolSize, 2);
        setUnlessIn(set, "subscriptionConnectionMinimumIdleSize", config::setSubscriptionConnectionMinimumIdleSize, 1);
    }

    void applyTo(ClusterServersConfig config, Set<String> set) {
        withMaster(config, set);
        setUnlessIn(set, "scanInterval", config::setScanInterval, SCAN_MILLIS);
        // A Cluster that has lost slots still serves the others.
        setUnlessIn(set, "checkSlotsCoverage", config::setCheckSlotsCoverage, false);
    }

    void applyTo(SentinelServersConfig config, Set<String> set) {
        withMaster(config, set);
        setUnlessIn(set, "scanInterval", config::setScanInterval, SCAN_MILLIS);
        // One of three Sentinels is enough to find the master.
        setUnlessIn(set, "checkSentinelsList", config::setCheckSentinelsList, false);
    }

    /** Sets the options of topologies with a master and replicas. */
    <T extends BaseMasterSlaveServersConfig<T>> void withMaster(T config, Set<String> set) {
        applyCommon(config, set);
        setUnlessIn(set, "masterConnectionPoolSize", config::setMasterConnectionPoolSize, POOL);
        setUnlessIn(set, "masterConnectionMinimumIdleSize", config::setMasterConnectionMinimumIdleSize, IDLE);
        setUnlessIn(set, "subscriptionConnectionPoolSize", config::setSubscriptionConnectionPoolSize, 2);
        setUnlessIn(set, "subscriptionConnectionMinimumIdleSize", config::setSubscriptionConnectionMinimumIdleSize, 1);
        // A replica may lag behind an edit.
        setUnlessIn(set, "readMode", config::setReadMode, ReadMode.MASTER);
        setUnlessIn(set, "subscriptionMode", config::setSubscriptionMode, SubscriptionMode.MASTER);
    }

    private <T extends BaseConfig<T>> void applyCommon(T config, Set<String> set) {
        int timeout = (int) Math.max(1_000, Math.min(Integer.MAX_VALUE, 4 * budget.toMillis()));
        setUnlessIn(set, "timeout", config::setTimeout, timeout);
        // Redisson must not resend a call that may have run: it would count twice.
        setUnlessIn(set, "retryAttempts", config::setRetryAttempts, 0);
        setUnlessIn(set, "connectTimeout", config::setConnectTimeout, CONNECT_MILLIS);
        setUnlessIn(set, "pingConnectionInterval", config::setPingConnectionInterval, PING_MILLIS);
        setUnlessIn(set, "reconnectionDelay", config::setReconnectionDelay, RedisConnection.RECONNECT);
    }

    private static <V> void setUnlessIn(Set<String> set, String name, Consumer<V> setter, V value) {
        if (!set.contains(name)) {
            setter.accept(value);
        }
    }
}
