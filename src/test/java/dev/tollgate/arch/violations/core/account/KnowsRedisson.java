package dev.tollgate.arch.violations.core.account;

import org.redisson.api.RedissonClient;

class KnowsRedisson {
    RedissonClient redis;
}
