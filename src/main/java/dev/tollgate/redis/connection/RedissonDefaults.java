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
 * How calls to Redis are made: how many connections, how long to wait, and that nothing is tried twice. Whatever an operator
 * has said already is left as it is. Immutable.
 *
 * @param budget the longest a request waits
 */
record RedissonDefaults(Duration budget) {

    /** For configurations of which nothing was said by an operator. */
    static final Set<String> NOTHING_SAID = Set.of();

    private static final int POOL = 16;
    /** As many as both lanes have flights in the air, and some: opening one costs a request its budget. */
    private static final int IDLE = 10;

    private static final int CONNECT_MILLIS = 2_000;
    private static final int PING_MILLIS = 1_000;
    private static final int SCAN_MILLIS = 1_000;

    void applyTo(SingleServerConfig config, Set<String> said) {
        calls(config, said);
        unless(said, "connectionPoolSize", config::setConnectionPoolSize, POOL);
        unless(said, "connectionMinimumIdleSize", config::setConnectionMinimumIdleSize, IDLE);
        unless(said, "subscriptionConnectionPoolSize", config::setSubscriptionConnectionPoolSize, 2);
        unless(said, "subscriptionConnectionMinimumIdleSize", config::setSubscriptionConnectionMinimumIdleSize, 1);
    }

    void applyTo(ClusterServersConfig config, Set<String> said) {
        withMaster(config, said);
        unless(said, "scanInterval", config::setScanInterval, SCAN_MILLIS);
        // A Cluster that has lost slots still serves the others, and it is not asked before it is there.
        unless(said, "checkSlotsCoverage", config::setCheckSlotsCoverage, false);
    }

    void applyTo(SentinelServersConfig config, Set<String> said) {
        withMaster(config, said);
        unless(said, "scanInterval", config::setScanInterval, SCAN_MILLIS);
        // One Sentinel left of three still knows the master.
        unless(said, "checkSentinelsList", config::setCheckSentinelsList, false);
    }

    /** For servers of which one is written to. */
    <T extends BaseMasterSlaveServersConfig<T>> void withMaster(T config, Set<String> said) {
        calls(config, said);
        unless(said, "masterConnectionPoolSize", config::setMasterConnectionPoolSize, POOL);
        unless(said, "masterConnectionMinimumIdleSize", config::setMasterConnectionMinimumIdleSize, IDLE);
        unless(said, "subscriptionConnectionPoolSize", config::setSubscriptionConnectionPoolSize, 2);
        unless(said, "subscriptionConnectionMinimumIdleSize", config::setSubscriptionConnectionMinimumIdleSize, 1);
        // A replica may not have heard of an edit yet.
        unless(said, "readMode", config::setReadMode, ReadMode.MASTER);
        unless(said, "subscriptionMode", config::setSubscriptionMode, SubscriptionMode.MASTER);
    }

    private <T extends BaseConfig<T>> void calls(T config, Set<String> said) {
        int timeout = (int) Math.max(1_000, Math.min(Integer.MAX_VALUE, 4 * budget.toMillis()));
        unless(said, "timeout", config::setTimeout, timeout);
        // A call of unknown fate must never be sent again by the client: it would count twice.
        unless(said, "retryAttempts", config::setRetryAttempts, 0);
        unless(said, "connectTimeout", config::setConnectTimeout, CONNECT_MILLIS);
        unless(said, "pingConnectionInterval", config::setPingConnectionInterval, PING_MILLIS);
        unless(said, "reconnectionDelay", config::setReconnectionDelay, RedisConnection.RECONNECT);
    }

    private static <V> void unless(Set<String> said, String name, Consumer<V> setter, V value) {
        if (!said.contains(name)) {
            setter.accept(value);
        }
    }
}
