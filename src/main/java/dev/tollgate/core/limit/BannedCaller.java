package dev.tollgate.core.limit;

import java.util.Objects;

/** A caller and the ban on it. */
public record BannedCaller(Caller caller, Ban ban) {
    public BannedCaller {
        Objects.requireNonNull(caller, "caller");
        Objects.requireNonNull(ban, "ban");
    }
}
