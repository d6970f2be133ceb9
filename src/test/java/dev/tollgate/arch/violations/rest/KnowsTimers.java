package dev.tollgate.arch.violations.rest;

import jakarta.ejb.Schedule;

class KnowsTimers {
    @Schedule(minute = "*")
    void tick() {}
}
