package dev.tollgate.redis.batch;

import dev.tollgate.core.async.Failures;
import dev.tollgate.core.trace.CurrentRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RFuture;
import org.redisson.api.RScript;
import org.redisson.api.RScriptAsync;
import org.redisson.client.RedisNoScriptException;

/**
 * One call of a script and the future of its reply.
 *
 * <p>Keys and arguments are encoded here, on the caller's thread. Redisson would copy each into a pooled buffer on the thread of
 * the connection.
 */
final class ScriptCall<T> {
    final Script script;
    private final RScript.@Nullable ReturnType type;
    final List<Object> keys;
    private final Object @Nullable [] arguments;
    /** The arguments of a call that may share a run of its script; null for a call that has a run of its own. */
    final @Nullable CommonArguments common;

    final CompletableFuture<T> result = new CompletableFuture<>();
    final long queuedAtNanos = System.nanoTime();
    final Operation operation;
    final @Nullable String requestId = CurrentRequest.idOrNull();
    /** Whether to send the text of the script instead of its digest. */
    boolean withText;

    /** Creates a call that has a run of its own. */
    ScriptCall(Script script, RScript.ReturnType type, List<String> keys, String[] arguments) {
        this.script = script;
        this.operation = script.operation();
        this.type = type;
        this.common = null;
        this.keys = bytes(keys);
        Object[] encoded = new Object[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            encoded[i] = arguments[i].getBytes(StandardCharsets.UTF_8);
        }
        this.arguments = encoded;
    }

    /** Creates a call that may share a run; its reply is a string. */
    ScriptCall(Script script, List<String> keys, CommonArguments common) {
        this.script = script;
        this.operation = script.operation();
        this.type = null;
        this.common = common;
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

    /**
     * Appends the call to a batch.
     *
     * @param retryWithText takes the call if Redis did not run it because it does not know the script
     */
    RFuture<T> appendTo(RScriptAsync scripts, Consumer<ScriptCall<T>> retryWithText) {
        RFuture<T> future = withText
                ? scripts.evalAsync(RScript.Mode.READ_WRITE, script.body(), type, keys, arguments)
                : scripts.evalShaAsync(RScript.Mode.READ_WRITE, script.sha1(), type, keys, arguments);
        future.whenComplete((reply, failure) -> {
            if (failure == null) {
                result.complete(reply);
            } else if (!withText && isNoScript(failure)) {
                withText = true;
                retryWithText.accept(this);
            } else {
                result.completeExceptionally(failure);
            }
        });
        return future;
    }

    static boolean isNoScript(Throwable failure) {
        return Failures.unwrap(failure) instanceof RedisNoScriptException;
    }

    /** Returns whether Redis rejected a run because its keys lie in several slots. A proxy before many servers replies so too. */
    static boolean isCrossSlot(Throwable failure) {
        return String.valueOf(Failures.unwrap(failure).getMessage()).startsWith("CROSSSLOT");
    }
}
