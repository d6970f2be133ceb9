package dev.tollgate.it.nodes;

import dev.tollgate.fixture.Signals;
import java.util.Random;

/** What can happen to real processes. Each is over, and the process serving again, when {@link #strike} returns. */
enum Fault {
    /** kill -9 of a WildFly. */
    NODE_KILLED {
        @Override
        void strike(UploadLoad storm, Random random) {
            storm.killNode(random.nextInt(2));
        }
    },
    /** SIGTERM to a WildFly. */
    NODE_STOPPED {
        @Override
        void strike(UploadLoad storm, Random random) {
            storm.stopNode(random.nextInt(2));
        }
    },
    /** kill -9 of PostgreSQL. */
    POSTGRES_KILLED {
        @Override
        void strike(UploadLoad storm, Random random) {
            storm.cluster().postgres.kill();
            pause(random, 1_000);
            storm.cluster().postgres.restart();
        }
    },
    /** SIGSTOP and SIGCONT of PostgreSQL. */
    POSTGRES_FROZEN {
        @Override
        void strike(UploadLoad storm, Random random) {
            storm.cluster().postgres.freeze();
            pause(random, 4_000);
            storm.cluster().postgres.thaw();
        }
    },
    /** SIGSTOP and SIGCONT of Redis. */
    REDIS_FROZEN {
        @Override
        void strike(UploadLoad storm, Random random) {
            storm.cluster().redis.freeze();
            pause(random, 3_000);
            storm.cluster().redis.thaw();
        }
    },
    /** kill -9 of Redis, and a start over its append-only file. */
    REDIS_KILLED {
        @Override
        void strike(UploadLoad storm, Random random) {
            storm.cluster().redis.kill();
            pause(random, 1_000);
            storm.cluster().redis.restart();
        }
    },
    /** SIGTERM to Redis, and a start over its append-only file. */
    REDIS_STOPPED {
        @Override
        void strike(UploadLoad storm, Random random) {
            Signals.send(storm.cluster().redis.pid(), "TERM");
            pause(random, 1_000);
            storm.cluster().redis.restart();
        }
    };

    abstract void strike(UploadLoad storm, Random random);

    /** Some time between a tenth of the most and the most. */
    static void pause(Random random, int mostMillis) {
        SoakFault.pause(mostMillis / 10 + random.nextInt(mostMillis * 9 / 10));
    }
}
