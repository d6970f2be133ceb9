package dev.tollgate.it.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.it.support.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Mixed load on two nodes with a fault every half a minute: {@code mvn -Psoak verify}, for {@code -Dtollgate.soak.minutes}, 15 by
 * default; {@code -Dtollgate.soak.seed} repeats a run's faults, each of which comes once before any comes again. The budget is the
 * default 50 ms, and the failure mode {@code open} but for one route, where it is {@code closed}. It prints what callers
 * saw and what grew.
 */
class Soak {

    private static final Duration BETWEEN_FAULTS = Duration.ofSeconds(30);
    private static final long THREADS_MAY_GROW = 24;
    private static final long HEAP_MAY_GROW = 64L << 20;
    private static final Pattern HEAP_USED = Pattern.compile("(?:generation|heap) +total \\d+K, used (\\d+)K");

    /** What a process holds, after a collection. */
    private record Vitals(long threads, long heapBytes) {

        static Vitals of(Node node) {
            String pid = Long.toString(node.server().pid());
            jcmd(pid, "GC.run");
            Matcher heap = HEAP_USED.matcher(jcmd(pid, "GC.heap_info"));
            // Each generation has a line of its own.
            long kib = heap.results()
                    .mapToLong(generation -> Long.parseLong(generation.group(1)))
                    .sum();
            if (kib == 0) {
                throw new IllegalStateException("no heap told");
            }
            long threads = jcmd(pid, "Thread.print")
                    .lines()
                    .filter(line -> line.startsWith("\""))
                    .count();
            return new Vitals(threads, kib * 1_024);
        }

        private static String jcmd(String... arguments) {
            List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/jcmd"));
            command.addAll(List.of(arguments));
            try {
                Process process =
                        new ProcessBuilder(command).redirectErrorStream(true).start();
                return new String(process.getInputStream().readAllBytes());
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static long redisBytes(TwoNodes cluster) {
        try (RedisWire wire = new RedisWire(cluster.redis.port())) {
            Matcher used = Pattern.compile("used_memory:(\\d+)").matcher((String) wire.send("INFO", "memory"));
            return used.find() ? Long.parseLong(used.group(1)) : -1;
        }
    }

    private static String routes() {
        Path file = Path.of(System.getProperty("tollgate.test.dir"), "soak-routes.json");
        try {
            return Files.writeString(
                            file,
                            "{\"routes\": [{\"name\": \"closed\", \"path\": \"" + SoakLoad.CLOSED
                                    + "\", \"action\": \"key-required\", \"failureMode\": \"closed\"}]}")
                    .toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void faultsEveryHalfMinuteMakeNoWrongDecisionsAndNothingGrows() {
        long seed = Long.getLong("tollgate.soak.seed", System.currentTimeMillis());
        long end = System.nanoTime()
                + Duration.ofMinutes(Integer.getInteger("tollgate.soak.minutes", 15))
                        .toNanos();
        System.out.println("tollgate.soak.seed=" + seed);
        Random random = new Random(seed);
        try (TwoNodes cluster = TwoNodes.start("soak", "always", Map.of("tollgate.routes.file", routes()));
                SoakLoad load = new SoakLoad(cluster, seed)) {
            SoakFault.pause(BETWEEN_FAULTS.toMillis());
            List<Vitals> before = cluster.nodes.stream().map(Vitals::of).toList();
            long redisBefore = redisBytes(cluster);
            List<SoakFault> deck = new ArrayList<>();
            while (System.nanoTime() < end) {
                if (deck.isEmpty()) {
                    deck.addAll(List.of(SoakFault.values()));
                    Collections.shuffle(deck, random);
                }
                SoakFault fault = deck.remove(0);
                long begun = System.nanoTime();
                fault.strike(cluster, load);
                System.out.println("[soak] " + fault + ", " + load.progress());
                SoakFault.pause(BETWEEN_FAULTS.toMillis() - (System.nanoTime() - begun) / 1_000_000);
            }
            cluster.awaitWell();
            load.stop();
            List<Vitals> after = cluster.nodes.stream().map(Vitals::of).toList();
            System.out.println("[soak] " + load.report());
            for (int i = 0; i < 2; i++) {
                System.out.printf(
                        "[soak] %s: threads %d, then %d; heap after a collection %d KiB, then %d KiB%n",
                        cluster.nodes.get(i),
                        before.get(i).threads(),
                        after.get(i).threads(),
                        before.get(i).heapBytes() >> 10,
                        after.get(i).heapBytes() >> 10);
                assertThat(after.get(i).threads())
                        .isLessThanOrEqualTo(before.get(i).threads() + THREADS_MAY_GROW);
                assertThat(after.get(i).heapBytes())
                        .isLessThanOrEqualTo(before.get(i).heapBytes() + HEAP_MAY_GROW);
            }
            System.out.printf("[soak] Redis: %d KiB, then %d KiB%n", redisBefore >> 10, redisBytes(cluster) >> 10);
            assertThat(load.serverErrors()).as("5xx").isZero();
            assertThat(load.wrong()).as("wrong decisions").isEmpty();
        }
    }
}
