package dev.tollgate.redis.batch;

import dev.tollgate.core.async.Failures;
import dev.tollgate.core.usage.PendingUnavailableException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** Blocking script calls for many keys, one call per key. For background work, never on the thread of a request. */
public final class BulkCalls {

    /** Calls made at the same time; fewer than the background queue holds. */
    private static final int MAX_PENDING = 2_000;

    private BulkCalls() {}

    /**
     * Makes a call for every key and waits for the replies. Stops early once none of {@value #MAX_PENDING} calls succeeded.
     *
     * @return the replies of calls that succeeded, in the keys' order
     * @throws PendingUnavailableException if no call succeeded and there was at least one key
     */
    public static <T> Map<String, T> callForEach(Collection<String> ids, Function<String, CompletableFuture<T>> call) {
        Map<String, T> replies = new LinkedHashMap<>();
        Throwable last = null;
        List<String> all = List.copyOf(ids);
        for (int from = 0; from < all.size(); from += MAX_PENDING) {
            List<String> part = all.subList(from, Math.min(all.size(), from + MAX_PENDING));
            List<CompletableFuture<T>> calls = part.stream().map(call).toList();
            int before = replies.size();
            for (int i = 0; i < part.size(); i++) {
                try {
                    replies.put(part.get(i), calls.get(i).join());
                } catch (CompletionException e) {
                    last = Failures.unwrap(e);
                }
            }
            if (replies.size() == before) {
                break; // Redis does not reply: each further round would wait for its timeout
            }
        }
        if (replies.isEmpty() && last != null) {
            throw new PendingUnavailableException(last);
        }
        return replies;
    }
}
