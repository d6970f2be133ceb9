package dev.tollgate.redis.batch;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.redisson.api.RFuture;
import org.redisson.api.RScript;
import org.redisson.api.RScriptAsync;
import org.redisson.client.RedisException;

/**
 * One run of a script for all calls that share it: the keys of each in turn, and before the arguments they have in common how
 * many they are. The script answers with a list that has a text for each call. Not thread-safe.
 */
final class MergedCall {

    /** Calls that have all arguments in common. */
    private record Group(CommonArguments arguments, List<ScriptCall<?>> calls) {}

    private final Script script;
    private final List<Group> groups = new ArrayList<>(2);
    private int calls;
    private boolean withText;

    MergedCall(Script script) {
        this.script = script;
    }

    /**
     * The runs of those who may share one.
     *
     * @param sharing false where each has one of its own: on a Cluster a run may touch one slot alone
     */
    static List<MergedCall> merge(List<ScriptCall<?>> passengers, boolean sharing) {
        List<MergedCall> runs = new ArrayList<>(1);
        for (int i = 0; i < passengers.size(); i++) {
            ScriptCall<?> call = passengers.get(i);
            if (call.common != null) {
                MergedCall run = sharing ? of(call.script, runs) : null;
                if (run == null) {
                    run = new MergedCall(call.script);
                    runs.add(run);
                }
                run.add(call);
            }
        }
        return runs;
    }

    private static MergedCall of(Script script, List<MergedCall> runs) {
        for (int i = 0; i < runs.size(); i++) {
            if (runs.get(i).script == script) {
                return runs.get(i);
            }
        }
        return null;
    }

    int calls() {
        return calls;
    }

    private void add(ScriptCall<?> call) {
        calls++;
        withText |= call.withText;
        for (int i = 0; i < groups.size(); i++) {
            Group group = groups.get(i);
            if (group.arguments() == call.common) {
                group.calls().add(call);
                return;
            }
        }
        List<ScriptCall<?>> first = new ArrayList<>();
        first.add(call);
        groups.add(new Group(call.common, first));
    }

    /**
     * Sends it.
     *
     * @param again takes calls that Redis did not run, since it does not have the script
     * @param parted takes calls that Redis did not run, since it does not have their keys in one place
     */
    CompletionStage<?> appendTo(RScriptAsync scripts, Consumer<ScriptCall<?>> again, Consumer<ScriptCall<?>> parted) {
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
                    again.accept(call);
                });
            } else if (calls > 1 && ScriptCall.isCrossSlot(failure)) {
                each(parted);
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

    /** Fails all calls. */
    void fail(Throwable failure) {
        each(call -> call.result.completeExceptionally(failure));
    }

    private void each(Consumer<ScriptCall<?>> what) {
        groups.forEach(group -> group.calls().forEach(what));
    }
}
