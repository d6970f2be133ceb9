package dev.tollgate.redis.connection;

import java.util.List;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.connection.ConnectionManager;

/** Which server of a Cluster keys lie on. Thread-safe. */
public interface RedisNodes {

    /** What stands for the one server there is, or for one not known yet. */
    Object ONE = "one";

    /** The server these keys, as bytes, lie on: an object equal only to itself. They share a slot. */
    Object of(List<Object> keys);

    /** Of what a client is connected to. */
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
