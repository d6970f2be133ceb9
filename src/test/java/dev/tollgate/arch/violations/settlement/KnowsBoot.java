package dev.tollgate.arch.violations.settlement;

import dev.tollgate.arch.violations.boot.StartsUp;

class KnowsBoot {
    StartsUp boot;
}
