package dev.tollgate.redis.usage;

import dev.tollgate.core.traffic.TrafficCounts;
import dev.tollgate.core.traffic.TrafficStore;
import dev.tollgate.redis.batch.Operation;
import dev.tollgate.redis.batch.Script;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisKeys;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A traffic store in Redis: one hash per minute, to which all nodes add, kept for 65 minutes. Thread-safe. */
public final class RedisTrafficStore implements TrafficStore {

    private static final Script ADD = Script.load(Operation.RECORDING, "usage/traffic_add");
    private static final Script READ = Script.load(Operation.REPORTS, "usage/traffic_read");
    private static final int COUNTS = 7;
    private static final int MINUTE = 60;

    private final ScriptBatcher batcher;
    private final RedisKeys keys;

    public RedisTrafficStore(ScriptBatcher batcher, RedisKeys keys) {
        this.batcher = batcher;
        this.keys = keys;
    }

    @Override
    public CompletionStage<Void> add(long second, TrafficCounts counts) {
        return batcher.call(
                        ADD,
                        List.of(keys.traffic(Math.floorDiv(second, MINUTE))),
                        Long.toString(Math.floorMod(second, MINUTE)),
                        Long.toString(counts.admitted()),
                        Long.toString(counts.limited()),
                        Long.toString(counts.banned()),
                        Long.toString(counts.shadowLimited()),
                        Long.toString(counts.undecided()),
                        Long.toString(counts.uploads()),
                        Long.toString(counts.bytes()))
                .thenApply(reply -> null);
    }

    @Override
    public CompletionStage<List<TrafficCounts>> read(long from, int seconds, int step) {
        List<String> minutes = new ArrayList<>();
        long last = Math.floorDiv(from + seconds - 1, MINUTE);
        for (long minute = Math.floorDiv(from, MINUTE); minute <= last; minute++) {
            minutes.add(keys.traffic(minute));
        }
        return batcher.callForList(
                        READ, minutes, Long.toString(from), Integer.toString(seconds), Integer.toString(step))
                .thenApply(reply -> read(reply, (seconds + step - 1) / step));
    }

    private static List<TrafficCounts> read(List<Object> reply, int sums) {
        List<TrafficCounts> counts = new ArrayList<>(Collections.nCopies(sums, TrafficCounts.NONE));
        for (Object line : reply) {
            String[] words = line.toString().split(" ");
            long[] n = new long[COUNTS];
            for (int i = 0; i < COUNTS; i++) {
                n[i] = Long.parseLong(words[i + 1]);
            }
            counts.set(Integer.parseInt(words[0]), new TrafficCounts(n[0], n[1], n[2], n[3], n[4], n[5], n[6]));
        }
        return counts;
    }
}
