package dev.tollgate.arch.violations.usage;

import dev.tollgate.arch.violations.gate.KnowsServlets;

class KnowsTheGate {
    KnowsServlets gate;
}
