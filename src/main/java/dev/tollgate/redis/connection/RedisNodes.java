package dev.tollgate.redis.connection;

import java.util.List;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.connection.ConnectionManager;

/** A lookup of the node of a Cluster that holds given keys. Thread-safe. */
public interface RedisNodes {

    /** The result for a single server, and for a node that is not known yet. */
    Object ONE = "one";

    /** Returns an object that identifies the node of the keys, which are bytes in one slot. It is equal only to itself. */
    Object of(List<Object> keys);

    /** Creates the lookup for a client. */
    static RedisNodes of(RedissonClient client) {
        if (!client.getConfig().isClusterConfig()) {
            return keys -> ONE;
        }
        ConnectionManager connections = ((Redisson) client).getCommandExecutor().getConnectionManager();
        return keys -> {
            Object node = connections.getEntry(connections.calcSlot((byte[]) keys.get(0)));
            return node == null ? ONE : node;
        };
    }
}
