package dev.tollgate.arch.violations.redis.usage;

import dev.tollgate.arch.violations.redis.batch.KnowsUsage;

public class KnowsTheBatch {
    KnowsUsage batch;
}
