package dev.tollgate.arch.violations.boot;

import jakarta.ejb.Timer;

class KnowsTimers {
    Timer timer;
}
