package dev.tollgate.arch.violations.core.limit;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Date;

class ReadsTheClock {

    Instant instant() {
        return Instant.now();
    }

    LocalDate date() {
        return LocalDate.now();
    }

    long millis() {
        return System.currentTimeMillis();
    }

    long nanos() {
        return System.nanoTime();
    }

    Clock clock() {
        return Clock.systemUTC();
    }

    Date old() {
        return new Date();
    }
}
