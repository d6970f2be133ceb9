package dev.tollgate.arch.violations.usage;

import jakarta.inject.Singleton;

@Singleton
class KnowsCdi {}
