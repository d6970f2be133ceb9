package dev.tollgate.arch.violations.storage;

import dev.tollgate.arch.violations.gate.KnowsServlets;

class ClosesTheCycle {
    KnowsServlets gate;
}
