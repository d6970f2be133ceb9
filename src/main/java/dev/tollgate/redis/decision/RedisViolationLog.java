package dev.tollgate.redis.decision;

import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.ViolationLog;
import dev.tollgate.core.limit.ViolationLog.Violation;
import dev.tollgate.redis.batch.Operation;
import dev.tollgate.redis.batch.Script;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A violation log in Redis: a short list per caller beside the count of its violations, with the same expiry. Entries that
 * cannot be read are skipped. Thread-safe.
 */
public final class RedisViolationLog implements ViolationLog {

    private static final Script APPEND = Script.load(Operation.RECORDING, "decision/violation_log_append");
    private static final Script READ = Script.load(Operation.REPORTS, "decision/violation_log_read");

    private static final Pattern ENTRY = Pattern.compile("(\\d{1,15}) (\\d{1,9}) (\\S{1,100}) (\\S{1,100})");
    private static final Pattern COUNT_AND_LAST = Pattern.compile("(\\d{1,9}) (\\d{1,15})");

    private final ScriptBatcher batcher;
    private final RedisKeys keys;
    private final Duration memory;

    /**
     * @param memory how long a list is kept after the caller's last violation
     */
    public RedisViolationLog(ScriptBatcher batcher, RedisKeys keys, Duration memory) {
        this.batcher = batcher;
        this.keys = keys;
        this.memory = memory;
    }

    @Override
    public void note(Caller caller, Violation violation) {
        batcher.call(
                APPEND,
                List.of(keys.violationLog(caller)),
                violation.atMillis() + " " + violation.count() + " " + violation.route() + " " + violation.address(),
                Integer.toString(MAX_REMEMBERED),
                Long.toString(memory.toMillis()));
    }

    @Override
    public CompletionStage<Known> of(Caller caller) {
        return batcher.callForList(READ, List.of(keys.violations(caller), keys.violationLog(caller)))
                .thenApply(RedisViolationLog::read);
    }

    private static Known read(List<Object> reply) {
        List<Violation> recent = new ArrayList<>();
        for (Object entry : reply.subList(1, reply.size())) {
            // Entries of another form were written by another client.
            Matcher fields = ENTRY.matcher(entry.toString());
            if (fields.matches()) {
                recent.add(new Violation(
                        Long.parseLong(fields.group(1)),
                        fields.group(3),
                        fields.group(4),
                        Integer.parseInt(fields.group(2))));
            }
        }
        // Entries of the same moment may be in any order.
        recent.sort(Comparator.comparingLong(Violation::atMillis)
                .thenComparingInt(Violation::count)
                .reversed());
        Matcher counted = COUNT_AND_LAST.matcher(reply.get(0).toString());
        return counted.matches()
                ? new Known(Integer.parseInt(counted.group(1)), Long.parseLong(counted.group(2)), recent)
                : new Known(0, 0, recent);
    }
}
