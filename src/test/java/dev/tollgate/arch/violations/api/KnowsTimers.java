package dev.tollgate.arch.violations.api;

import jakarta.ejb.Schedule;

class KnowsTimers {
    @Schedule(minute = "*")
    void tick() {}
}
