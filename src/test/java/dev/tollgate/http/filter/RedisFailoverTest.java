package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.fixture.ContinuousCaller;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.redis.RedisWire;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Tests what callers see while a replica takes the place of a real Redis. */
class RedisFailoverTest extends RedisTroubleCase {

    @Test
    void failedOverTheOldMasterMayGoOnAnsweringReadOnly() throws Exception {
        RealRedis replica = opened(RealRedis.start("--replicaof", "127.0.0.1", Integer.toString(redis.port())));
        ContinuousCaller caravan = serve(FailureMode.OPEN);
        try (RedisWire old = new RedisWire(redis.port());
                RedisWire promoted = new RedisWire(replica.port())) {
            Ports.await(
                    "the replica in step",
                    Duration.ofSeconds(30),
                    () -> promoted.send("INFO", "replication").toString().contains("master_link_status:up"));
            long began = caravan.now();
            // The connections there are stay with the old master, as behind many a virtual address.
            promoted.send("REPLICAOF", "NO", "ONE");
            old.send("REPLICAOF", "127.0.0.1", Integer.toString(replica.port()));
            Ports.await("the old one refusing", Duration.ofSeconds(20), node.gate::refusesWrites);
            assertThat(status(bannedKey)).isEqualTo(403);
            network.leadTo(replica.port());
            over("failed over, the old master read-only", caravan, began);
        }
    }

    @Test
    void killedAndReplacedByItsReplicaItGoesOnWithTheSameCounts() throws Exception {
        RealRedis replica = opened(RealRedis.start("--replicaof", "127.0.0.1", Integer.toString(redis.port())));
        String free = directory.newKey(directory.newAccount(), "free", OptionalLong.empty());
        ContinuousCaller caravan = serve(FailureMode.OPEN);
        try (RedisWire promoted = new RedisWire(replica.port())) {
            Ports.await(
                    "the replica in step",
                    Duration.ofSeconds(30),
                    () -> promoted.send("INFO", "replication").toString().contains("master_link_status:up"));
            for (int i = 0; i < 4; i++) {
                assertThat(status(free)).isEqualTo(200);
            }
            try (RedisWire old = new RedisWire(redis.port())) {
                // WAIT waits for the writes of its own connection, and so for all before them.
                old.send("SET", "test:written", "1");
                old.send("WAIT", "1", "5000");
            }
            long began = caravan.now();
            redis.kill();
            caravan.awaitUndecided(began);
            promoted.send("REPLICAOF", "NO", "ONE");
            network.leadTo(replica.port());
            over("killed, its replica promoted", caravan, began);
            assertThat(get(free).headers().firstValue("RateLimit").orElseThrow())
                    .contains("\"minute\";r=5;");
        }
    }
}
