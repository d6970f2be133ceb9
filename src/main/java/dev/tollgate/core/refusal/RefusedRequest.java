package dev.tollgate.core.refusal;

import dev.tollgate.core.limit.Caller;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request that the gate refused, or would have refused if its route policy were not in shadow mode.
 *
 * @param atMillis when, milliseconds since the epoch on the node's clock
 * @param caller the account of its key or principal, or else its address
 * @param keyId the id of its API key or principal; null if none is known
 * @param address the client's address
 * @param requestId the request's id
 * @param reason why
 */
public record RefusedRequest(
        long atMillis, Caller caller, @Nullable String keyId, String address, String requestId, RefusalReason reason) {

    public RefusedRequest {
        Objects.requireNonNull(caller, "caller");
        Objects.requireNonNull(reason, "reason");
    }
}
