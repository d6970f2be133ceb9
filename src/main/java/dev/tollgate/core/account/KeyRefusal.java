package dev.tollgate.core.account;

import dev.tollgate.core.problem.Problem;
import dev.tollgate.core.problem.Problems;
import java.util.Optional;

/**
 * The refusal of a known key, or principal, that may not be used at the moment, wherever a request comes from and wherever it
 * goes. The gate answers requests by it, and administrators are told the same.
 */
public final class KeyRefusal {

    private KeyRefusal() {}

    /**
     * Returns why a key may not be used; empty if it may.
     *
     * @param nowMillis the present, milliseconds since the epoch
     */
    public static Optional<Problem> of(ApiKey key, long nowMillis) {
        KeyAccess access = key.access();
        if (!key.active()) {
            return Optional.of(access.suspended() ? Problems.suspendedKey() : Problems.inactiveKey());
        }
        if (key.expiredAt(nowMillis)) {
            KeyAccess.Retirement retirement = access.retirement();
            boolean rotatedAway =
                    retirement != null && nowMillis >= retirement.until().toEpochMilli();
            return Optional.of(rotatedAway ? Problems.inactiveKey() : Problems.expiredKey());
        }
        return Optional.empty();
    }
}
