package dev.tollgate.core.trace;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The id of the request that this thread works on: the id of its trace. The code that takes up a request sets it and clears
 * it again. Background work has none.
 */
public final class CurrentRequest {

    private static final ThreadLocal<String> ID = new ThreadLocal<>();

    private CurrentRequest() {}

    /** Says that this thread works on a request from now on. */
    public static void begin(String id) {
        ID.set(id);
    }

    /** Says that this thread works on no request any more. */
    public static void end() {
        ID.remove();
    }

    /** Returns the request's id; null for none. */
    public static @Nullable String idOrNull() {
        return ID.get();
    }

    /** Returns the request's id. */
    public static Optional<String> id() {
        return Optional.ofNullable(ID.get());
    }
}
