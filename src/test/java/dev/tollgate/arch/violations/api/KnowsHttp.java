package dev.tollgate.arch.violations.api;

import dev.tollgate.arch.violations.http.KnowsPersistence;

class KnowsHttp {
    KnowsPersistence filter;
}
