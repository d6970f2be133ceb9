package dev.tollgate.arch.violations.core.usage;

import dev.tollgate.arch.violations.gate.KnowsServlets;

class KnowsTheGate {
    KnowsServlets gate;
}
