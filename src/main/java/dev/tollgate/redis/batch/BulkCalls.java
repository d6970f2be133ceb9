package dev.tollgate.redis.batch;

import dev.tollgate.core.usage.PendingUnavailableException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** Goes through many keys, one script each, and waits for the answers: for background work, never for a request. */
public final class BulkCalls {

    /** Calls under way at the same time: below what a line of flights holds. */
    private static final int TOGETHER = 2_000;

    private BulkCalls() {}

    /**
     * Asks for every key.
     *
     * @return the answers there were, in the keys' order
     * @throws PendingUnavailableException if there was none at all, though something was asked
     */
    public static <T> Map<String, T> ask(Collection<String> ids, Function<String, CompletableFuture<T>> call) {
        Map<String, T> answers = new LinkedHashMap<>();
        Throwable last = null;
        List<String> all = List.copyOf(ids);
        for (int from = 0; from < all.size(); from += TOGETHER) {
            List<String> some = all.subList(from, Math.min(all.size(), from + TOGETHER));
            List<CompletableFuture<T>> calls = some.stream().map(call).toList();
            int before = answers.size();
            for (int i = 0; i < some.size(); i++) {
                try {
                    answers.put(some.get(i), calls.get(i).join());
                } catch (CompletionException e) {
                    last = cause(e);
                }
            }
            if (answers.size() == before) {
                break; // Redis is away: the rest would only wait for it in turn
            }
        }
        if (answers.isEmpty() && last != null) {
            throw new PendingUnavailableException(last);
        }
        return answers;
    }

    public static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
