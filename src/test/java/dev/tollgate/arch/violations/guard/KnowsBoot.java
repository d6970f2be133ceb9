package dev.tollgate.arch.violations.guard;

import dev.tollgate.arch.violations.boot.StartsUp;

class KnowsBoot {
    StartsUp boot;
}
