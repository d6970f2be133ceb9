package dev.tollgate.redis.decision;

import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.LeaseGrant;
import dev.tollgate.core.limit.LeaseRequest;
import dev.tollgate.redis.batch.Script;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.batch.ScriptParameters;
import dev.tollgate.redis.connection.RedisKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The calls for leases, which are sent together. Thread-safe; waits for nothing. */
final class LeaseCalls {

    private final ScriptBatcher batcher;
    private final RedisKeys keys;
    private final Script script;

    LeaseCalls(ScriptBatcher batcher, RedisKeys keys, Script script) {
        this.batcher = batcher;
        this.keys = keys;
        this.script = script;
    }

    /**
     * Sends the requests, and sends one again if Redis is in another month than this node.
     *
     * @param month the month by this node's clock
     * @return a grant for each request, in their order
     */
    List<CompletableFuture<LeaseGrant>> send(List<LeaseRequest> requests, BillingMonth month) {
        List<LeaseCall> calls =
                requests.stream().map(request -> new LeaseCall(request, month)).toList();
        List<CompletableFuture<String>> replies = batcher.callAll(
                script,
                calls.stream()
                        .map(call -> new ScriptParameters(call.keys(keys), call.arguments()))
                        .toList());
        List<CompletableFuture<LeaseGrant>> grants = new ArrayList<>(replies.size());
        for (int i = 0; i < replies.size(); i++) {
            LeaseRequest request = requests.get(i);
            grants.add(replies.get(i).thenApply(calls.get(i)::read).thenCompose(grant -> inItsMonth(request, grant)));
        }
        return grants;
    }

    private CompletableFuture<LeaseGrant> inItsMonth(LeaseRequest request, LeaseGrant grant) {
        if (grant.outcome() != LeaseGrant.Outcome.OTHER_MONTH) {
            return CompletableFuture.completedFuture(grant);
        }
        LeaseCall again = new LeaseCall(request, BillingMonth.at(grant.atMillis()));
        return batcher.call(script, again.keys(keys), again.arguments()).thenApply(again::read);
    }
}
