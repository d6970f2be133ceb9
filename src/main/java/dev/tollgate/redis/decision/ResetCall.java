package dev.tollgate.redis.decision;

import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.LeaseRequest;
import dev.tollgate.core.limit.StateMissingException;
import dev.tollgate.core.limit.WindowPolicy;
import dev.tollgate.redis.batch.Script;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A run of {@code reset.lua}, whose comment describes keys and arguments.
 *
 * @param caller whose limits are reset
 * @param windows the windows that are emptied
 * @param counted whether the month's counter is, too
 * @param month the month
 */
record ResetCall(Caller caller, List<WindowPolicy> windows, boolean counted, BillingMonth month) {

    /**
     * Sends it, again with Redis's month if that is another one.
     *
     * @param attempts how often it may be sent again
     * @return the month by Redis's clock, if its counter was reset; otherwise the given one
     */
    CompletableFuture<BillingMonth> send(ScriptBatcher batcher, RedisKeys keys, Script script, int attempts) {
        return batcher.call(script, keys(keys), arguments()).thenCompose(reply -> switch (reply.charAt(0)) {
            case 'S' -> CompletableFuture.failedFuture(new StateMissingException(month));
            case 'M' -> {
                if (attempts == 0) {
                    throw new IllegalStateException("Redis named another month after each attempt: " + reply);
                }
                BillingMonth redisMonth = BillingMonth.at(GateReplyParser.instant(reply));
                yield new ResetCall(caller, windows, counted, redisMonth).send(batcher, keys, script, attempts - 1);
            }
            default -> CompletableFuture.completedFuture(month);
        });
    }

    private List<String> keys(RedisKeys keys) {
        List<String> names = new ArrayList<>(3 + windows.size());
        names.add(keys.leases(caller));
        if (counted) {
            names.add(keys.quota(caller, month));
            names.add(keys.quotaWarnings(caller, month));
        }
        for (WindowPolicy window : windows) {
            names.add(keys.requests(caller, window.scope()));
        }
        return names;
    }

    private String[] arguments() {
        List<String> words = new ArrayList<>(3 + 2 * windows.size());
        words.add(counted ? Long.toString(month.startMillis()) : "");
        words.add(Long.toString(month.endMillis()));
        words.add(Long.toString(LeaseRequest.REPORT_MILLIS));
        LimitArguments.addWindows(words, windows);
        return words.toArray(String[]::new);
    }
}
