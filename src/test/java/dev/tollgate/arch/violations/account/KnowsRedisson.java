package dev.tollgate.arch.violations.account;

import org.redisson.api.RedissonClient;

class KnowsRedisson {
    RedissonClient redis;
}
