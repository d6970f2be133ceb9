package dev.tollgate.arch.violations.settle;

import dev.tollgate.arch.violations.boot.StartsUp;

class KnowsBoot {
    StartsUp boot;
}
