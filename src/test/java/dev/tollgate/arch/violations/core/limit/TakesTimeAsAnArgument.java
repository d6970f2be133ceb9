package dev.tollgate.arch.violations.core.limit;

import java.time.Clock;
import java.time.Instant;
import java.util.Date;

class TakesTimeAsAnArgument {

    Instant at(Clock clock) {
        return clock.instant();
    }

    Date old(long millis) {
        return Date.from(Instant.ofEpochMilli(millis));
    }
}
