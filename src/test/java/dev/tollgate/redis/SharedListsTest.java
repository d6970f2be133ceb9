package dev.tollgate.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.fixture.RealRedis;
import dev.tollgate.limit.Ban;
import dev.tollgate.limit.BanLevel;
import dev.tollgate.limit.BannedCaller;
import dev.tollgate.limit.Caller;
import dev.tollgate.limit.Tier;
import dev.tollgate.redis.SharedLists.Lists;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.redisson.api.RedissonClient;

class SharedListsTest {

    private static Lists tier(long limit) {
        return new Lists(List.of(new Tier("free", OptionalLong.of(limit), OptionalLong.empty())), Map.of(), List.of());
    }

    @Test
    void whatIsWrittenIsReadBack() {
        Lists lists = new Lists(
                List.of(
                        new Tier("free", OptionalLong.of(10), OptionalLong.of(0)),
                        new Tier("all", OptionalLong.empty(), OptionalLong.empty())),
                Map.of("search", true, "assets", false),
                List.of(
                        new BannedCaller(
                                Caller.address("192.0.2.1"),
                                new Ban(BanLevel.PERMANENT, "a reason with blanks", 5, OptionalLong.empty())),
                        new BannedCaller(
                                Caller.address("2001:db8::/64"),
                                new Ban(BanLevel.PERMANENT, "", 6, OptionalLong.empty()))));
        assertThat(SharedLists.read(SharedLists.write(lists))).isEqualTo(lists);
    }

    @Test
    void whoReadBeforeAnEditCannotReplaceWhatWasReadAfterIt() throws Exception {
        try (RealRedis redis = RealRedis.start()) {
            RedissonClient client =
                    RedisConnection.open(dev.tollgate.config.Settings.of(Map.of("tollgate.redis.url", redis.url())));
            try {
                SharedLists lists = new SharedLists(
                        new Flights(client, 2, 128, 1_000, Duration.ofSeconds(5)),
                        new RedisKeys(""),
                        Sealing.ofThisProcess());
                assertThat(lists.read()).isEmpty();
                lists.write(() -> {
                    try {
                        lists.write(() -> tier(20));
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                    return tier(10);
                });
                assertThat(lists.read()).contains(tier(20));
                lists.write(() -> {
                    client.getKeys().flushall();
                    return tier(30);
                });
                assertThat(lists.read()).isEmpty();
                lists.write(() -> tier(40));
                assertThat(lists.read()).contains(tier(40));
            } finally {
                client.shutdown();
            }
        }
    }
}
