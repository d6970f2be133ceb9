package dev.tollgate.arch.violations.core.usage;

import jakarta.inject.Singleton;

@Singleton
class KnowsCdi {}
