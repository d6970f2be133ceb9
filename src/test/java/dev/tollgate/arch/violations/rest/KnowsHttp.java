package dev.tollgate.arch.violations.rest;

import dev.tollgate.arch.violations.http.KnowsPersistence;

class KnowsHttp {
    KnowsPersistence filter;
}
