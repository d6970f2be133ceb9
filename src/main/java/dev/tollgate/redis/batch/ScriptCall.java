package dev.tollgate.redis.batch;

import dev.tollgate.core.trace.CurrentRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.redisson.api.RFuture;
import org.redisson.api.RScript;
import org.redisson.api.RScriptAsync;
import org.redisson.client.RedisNoScriptException;

/**
 * One script to run, and whoever waits for it. Keys and arguments become bytes here, on the thread that asks, and stay
 * what they are: Redisson would copy each into a pooled buffer of its own on the connection's thread.
 */
final class ScriptCall<T> {
    final Script script;
    private final RScript.ReturnType type;
    final List<Object> keys;
    private final Object[] arguments;
    /** What it has in common with other calls, whose runs it may share; null if it runs by itself. */
    final CommonArguments common;

    final CompletableFuture<T> result = new CompletableFuture<>();
    final long queuedAtNanos = System.nanoTime();
    final Operation operation;
    final String requestId = CurrentRequest.idOrNull();
    boolean withText;

    ScriptCall(Script script, RScript.ReturnType type, List<String> keys, String[] arguments) {
        this.script = script;
        this.operation = script.operation();
        this.type = type;
        this.common = null;
        this.keys = bytes(keys);
        this.arguments = new Object[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            this.arguments[i] = arguments[i].getBytes(StandardCharsets.UTF_8);
        }
    }

    /** One that may share a run; it is answered with a text. */
    ScriptCall(Script script, List<String> keys, CommonArguments shared) {
        this.script = script;
        this.operation = script.operation();
        this.type = null;
        this.common = shared;
        this.keys = bytes(keys);
        this.arguments = null;
    }

    private static List<Object> bytes(List<String> keys) {
        List<Object> bytes = new ArrayList<>(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            bytes.add(keys.get(i).getBytes(StandardCharsets.UTF_8));
        }
        return bytes;
    }

    @SuppressWarnings("unchecked")
    void complete(Object reply) {
        result.complete((T) reply);
    }

    RFuture<T> appendTo(RScriptAsync scripts, Consumer<ScriptCall<T>> again) {
        RFuture<T> future = withText
                ? scripts.evalAsync(RScript.Mode.READ_WRITE, script.body(), type, keys, arguments)
                : scripts.evalShaAsync(RScript.Mode.READ_WRITE, script.sha1(), type, keys, arguments);
        future.whenComplete((reply, failure) -> {
            if (failure == null) {
                result.complete(reply);
            } else if (!withText && isNoScript(failure)) {
                withText = true;
                again.accept(this);
            } else {
                result.completeExceptionally(failure);
            }
        });
        return future;
    }

    static boolean isNoScript(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof RedisNoScriptException;
    }

    /** Whether Redis turned a run away since its keys lie in several places, as proxies before many servers do. */
    static boolean isCrossSlot(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return String.valueOf(cause.getMessage()).startsWith("CROSSSLOT");
    }
}
