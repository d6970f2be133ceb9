package dev.tollgate.arch.violations.gate;

import dev.tollgate.arch.violations.storage.KnowsJersey;

class KnowsTheStorage {
    KnowsJersey storage;
}
