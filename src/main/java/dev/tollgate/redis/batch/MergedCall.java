package dev.tollgate.redis.batch;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RFuture;
import org.redisson.api.RScript;
import org.redisson.api.RScriptAsync;
import org.redisson.client.RedisException;

/**
 * One run of a script for several calls of a batch.
 *
 * <p>Its keys are those of each call in turn. Its arguments are, for each group of calls with the same {@link CommonArguments},
 * the number of the group's calls and then the arguments. The script replies with a list of one string per call, in the order
 * of the keys. Not thread-safe.
 */
final class MergedCall {

    /** The calls made with the same arguments. */
    private record Group(CommonArguments arguments, List<ScriptCall<?>> calls) {}

    private final Script script;
    private final List<Group> groups = new ArrayList<>(2);
    private int calls;
    private boolean withText;

    MergedCall(Script script) {
        this.script = script;
    }

    /**
     * Merges the calls of a batch that were made with {@link CommonArguments}; others are left out.
     *
     * @param merging true to put all calls of a script into one run; false for one run per call, as on a Cluster, where the
     *     keys of a run must lie in one slot
     */
    static List<MergedCall> merge(List<ScriptCall<?>> batch, boolean merging) {
        List<MergedCall> runs = new ArrayList<>(1);
        for (int i = 0; i < batch.size(); i++) {
            ScriptCall<?> call = batch.get(i);
            CommonArguments common = call.common;
            if (common != null) {
                MergedCall run = merging ? of(call.script, runs) : null;
                if (run == null) {
                    run = new MergedCall(call.script);
                    runs.add(run);
                }
                run.add(call, common);
            }
        }
        return runs;
    }

    private static @Nullable MergedCall of(Script script, List<MergedCall> runs) {
        for (int i = 0; i < runs.size(); i++) {
            if (runs.get(i).script == script) {
                return runs.get(i);
            }
        }
        return null;
    }

    /** Returns the number of calls. */
    int calls() {
        return calls;
    }

    private void add(ScriptCall<?> call, CommonArguments common) {
        calls++;
        withText |= call.withText;
        for (int i = 0; i < groups.size(); i++) {
            Group group = groups.get(i);
            if (group.arguments() == common) {
                group.calls().add(call);
                return;
            }
        }
        List<ScriptCall<?>> first = new ArrayList<>();
        first.add(call);
        groups.add(new Group(common, first));
    }

    /**
     * Appends the run to a batch, or sends it if the scripts are not a batch's. Completes the calls with the replies.
     *
     * @param retryWithText takes calls that Redis did not run because it does not know the script
     * @param retryIndividually takes calls that Redis did not run because their keys lie in several slots
     */
    CompletionStage<?> appendTo(
            RScriptAsync scripts, Consumer<ScriptCall<?>> retryWithText, Consumer<ScriptCall<?>> retryIndividually) {
        List<Object> keys = new ArrayList<>(5 * calls);
        List<Object> arguments = new ArrayList<>(16);
        for (Group group : groups) {
            arguments.add(Integer.toString(group.calls().size()).getBytes(StandardCharsets.US_ASCII));
            arguments.addAll(group.arguments().words());
            for (ScriptCall<?> call : group.calls()) {
                keys.addAll(call.keys);
            }
        }
        RFuture<List<Object>> future = withText
                ? scripts.evalAsync(
                        RScript.Mode.READ_WRITE, script.body(), RScript.ReturnType.LIST, keys, arguments.toArray())
                : scripts.evalShaAsync(
                        RScript.Mode.READ_WRITE, script.sha1(), RScript.ReturnType.LIST, keys, arguments.toArray());
        return future.whenComplete((replies, failure) -> {
            if (failure == null) {
                complete(replies);
            } else if (!withText && ScriptCall.isNoScript(failure)) {
                each(call -> {
                    call.withText = true;
                    retryWithText.accept(call);
                });
            } else if (calls > 1 && ScriptCall.isCrossSlot(failure)) {
                each(retryIndividually);
            } else {
                fail(failure);
            }
        });
    }

    private void complete(List<Object> replies) {
        if (replies.size() != calls) {
            fail(new RedisException(script.name() + " gave " + replies.size() + " replies to " + calls + " calls"));
            return;
        }
        int next = 0;
        for (Group group : groups) {
            for (ScriptCall<?> call : group.calls()) {
                call.complete(replies.get(next++));
            }
        }
    }

    /** Fails all calls of the run. */
    void fail(Throwable failure) {
        each(call -> call.result.completeExceptionally(failure));
    }

    private void each(Consumer<ScriptCall<?>> action) {
        groups.forEach(group -> group.calls().forEach(action));
    }
}
