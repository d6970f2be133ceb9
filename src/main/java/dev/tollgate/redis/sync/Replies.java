package dev.tollgate.redis.sync;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Blocking waits for replies of Redis. For background work, never on the thread of a request. */
final class Replies {

    private Replies() {}

    /**
     * Waits for a reply.
     *
     * @throws RedisUnavailableException if the call failed or no reply came in time; also if the thread was interrupted, which
     *     stays interrupted
     */
    static <T> T await(CompletionStage<T> call, Duration timeout) {
        try {
            return call.toCompletableFuture().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RedisUnavailableException(e);
        } catch (TimeoutException e) {
            throw new RedisUnavailableException(e);
        } catch (ExecutionException e) {
            throw new RedisUnavailableException(e.getCause());
        }
    }
}
