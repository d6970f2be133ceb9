package dev.tollgate.it.nodes;

import dev.tollgate.fixture.redis.RedisWire;
import java.util.concurrent.locks.LockSupport;

/** What happens to Redis and PostgreSQL in a soak. Each is over when {@link #strike} returns. */
enum SoakFault {
    /** kill -9 of Redis, and a start over its append-only file. */
    REDIS_RESTARTED {
        @Override
        void strike(TwoNodes cluster, SoakLoad load) {
            cluster.redis.kill();
            pause(1_000);
            cluster.redis.restart();
        }
    },
    /** FLUSHALL: windows begin afresh, months and permanent bans must not. */
    REDIS_FLUSHED {
        @Override
        void strike(TwoNodes cluster, SoakLoad load) {
            load.windowsForgotten();
            send(cluster, "FLUSHALL");
            load.windowsForgotten();
        }
    },
    /** SIGSTOP and SIGCONT of Redis. */
    REDIS_FROZEN {
        @Override
        void strike(TwoNodes cluster, SoakLoad load) {
            cluster.redis.freeze();
            pause(3_000);
            cluster.redis.thaw();
        }
    },
    /** SCRIPT FLUSH. */
    SCRIPTS_FLUSHED {
        @Override
        void strike(TwoNodes cluster, SoakLoad load) {
            send(cluster, "SCRIPT", "FLUSH");
        }
    },
    /** No memory for any write. */
    REDIS_FULL {
        @Override
        void strike(TwoNodes cluster, SoakLoad load) {
            send(cluster, "CONFIG", "SET", "maxmemory", "1");
            pause(4_000);
            send(cluster, "CONFIG", "SET", "maxmemory", "0");
        }
    },
    /** Every connection to Redis cut. */
    REDIS_CUT {
        @Override
        void strike(TwoNodes cluster, SoakLoad load) {
            try (RedisWire wire = new RedisWire(cluster.redis.port())) {
                wire.cutOthers();
            }
        }
    },
    /** kill -9 of PostgreSQL. */
    POSTGRES_KILLED {
        @Override
        void strike(TwoNodes cluster, SoakLoad load) {
            cluster.postgres.kill();
            pause(3_000);
            cluster.postgres.restart();
        }
    },
    /** SIGSTOP and SIGCONT of PostgreSQL. */
    POSTGRES_FROZEN {
        @Override
        void strike(TwoNodes cluster, SoakLoad load) {
            cluster.postgres.freeze();
            pause(5_000);
            cluster.postgres.thaw();
        }
    };

    abstract void strike(TwoNodes cluster, SoakLoad load);

    private static void send(TwoNodes cluster, String... command) {
        try (RedisWire wire = new RedisWire(cluster.redis.port())) {
            wire.send(command);
        }
    }

    static void pause(long millis) {
        long end = System.nanoTime() + millis * 1_000_000;
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }
}
