package dev.tollgate.arch.violations.redis.batch;

import dev.tollgate.arch.violations.redis.usage.KnowsTheBatch;

public class KnowsUsage {
    KnowsTheBatch usage;
}
