package dev.tollgate.it.nodes;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The fault proof of {@link TwoNodesIT} for minutes instead of seconds: {@code mvn -Pfaults verify}, with
 * {@code -Dtollgate.faults.seed} to repeat a run's faults and {@code -Dtollgate.faults.minutes}, 10 by default.
 */
class LongFaults {

    @Test
    void randomFaultsForMinutesLoseNoAcknowledgedUploadButAKilledNodesLastMoment() {
        long seed = Long.getLong("tollgate.faults.seed", System.currentTimeMillis());
        long end = System.nanoTime()
                + Duration.ofMinutes(Integer.getInteger("tollgate.faults.minutes", 10))
                        .toNanos();
        System.out.println("tollgate.faults.seed=" + seed);
        Random random = new Random(seed);
        try (TwoNodes cluster = TwoNodes.start("long-faults", "always");
                UploadLoad storm = new UploadLoad(cluster, seed, Duration.ofMillis(20))) {
            int struck = 0;
            while (System.nanoTime() < end) {
                Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
                System.out.println(++struck + " " + fault);
                fault.strike(storm, random);
                Fault.pause(random, 3_000);
            }
            storm.finish();
        }
    }
}
