package dev.tollgate.redis;

import dev.tollgate.trace.CurrentRequest;
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
final class Call<T> {
    final Script script;
    private final RScript.ReturnType type;
    final List<Object> keys;
    private final Object[] arguments;
    final CompletableFuture<T> result = new CompletableFuture<>();
    final long joined = System.nanoTime();
    final Purpose purpose;
    final String requestId = CurrentRequest.idOrNull();
    private boolean withText;

    Call(Script script, RScript.ReturnType type, List<String> keys, String[] arguments) {
        this.script = script;
        this.purpose = script.purpose();
        this.type = type;
        this.keys = new ArrayList<>(keys.size());
        for (String key : keys) {
            this.keys.add(key.getBytes(StandardCharsets.UTF_8));
        }
        this.arguments = new Object[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            this.arguments[i] = arguments[i].getBytes(StandardCharsets.UTF_8);
        }
    }

    RFuture<T> board(RScriptAsync scripts, Consumer<Call<T>> again) {
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

    private static boolean isNoScript(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof RedisNoScriptException;
    }
}
