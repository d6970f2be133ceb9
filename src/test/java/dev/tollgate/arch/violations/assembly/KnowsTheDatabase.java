package dev.tollgate.arch.violations.assembly;

import dev.tollgate.arch.violations.postgres.KnowsTheServer;

class KnowsTheDatabase {
    KnowsTheServer behindAPort;
}
