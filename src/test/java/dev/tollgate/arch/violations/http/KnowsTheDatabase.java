package dev.tollgate.arch.violations.http;

import dev.tollgate.arch.violations.postgres.KnowsTheServer;

class KnowsTheDatabase {
    KnowsTheServer behindAPort;
}
