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

/** Violations in Redis: a short list beside the caller's ledger, gone with it. Thread-safe. */
public final class RedisViolationLog implements ViolationLog {

    private static final Script NOTE = Script.load(Operation.RECORDING, "decision/violation_log_append");
    private static final Script READ = Script.load(Operation.REPORTS, "decision/violation_log_read");

    private static final Pattern ENTRY = Pattern.compile("(\\d{1,15}) (\\d{1,9}) (\\S{1,100}) (\\S{1,100})");
    private static final Pattern LEDGER = Pattern.compile("(\\d{1,9}) (\\d{1,15})");

    private final ScriptBatcher batcher;
    private final RedisKeys keys;
    private final Duration memory;

    /**
     * @param batcher how scripts travel
     * @param keys the keys' names
     * @param memory how long after a caller's last violation its list is kept
     */
    public RedisViolationLog(ScriptBatcher batcher, RedisKeys keys, Duration memory) {
        this.batcher = batcher;
        this.keys = keys;
        this.memory = memory;
    }

    @Override
    public void note(Caller caller, Violation violation) {
        batcher.call(
                NOTE,
                List.of(keys.violationLog(caller)),
                violation.atMillis() + " " + violation.count() + " " + violation.route() + " " + violation.address(),
                Integer.toString(MOST),
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
            // What somebody else wrote there is passed over.
            Matcher words = ENTRY.matcher(entry.toString());
            if (words.matches()) {
                recent.add(new Violation(
                        Long.parseLong(words.group(1)),
                        words.group(3),
                        words.group(4),
                        Integer.parseInt(words.group(2))));
            }
        }
        // Notes made at the same moment may have come in any order.
        recent.sort(Comparator.comparingLong(Violation::atMillis)
                .thenComparingInt(Violation::count)
                .reversed());
        Matcher ledger = LEDGER.matcher(reply.get(0).toString());
        return ledger.matches()
                ? new Known(Integer.parseInt(ledger.group(1)), Long.parseLong(ledger.group(2)), recent)
                : new Known(0, 0, recent);
    }
}
