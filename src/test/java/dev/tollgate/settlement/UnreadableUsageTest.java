package dev.tollgate.settlement;

import static dev.tollgate.settlement.SettlementFixture.TODAY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.usage.KeyUsage;
import dev.tollgate.core.usage.UsageDelta;
import dev.tollgate.fixture.Ports;
import dev.tollgate.fixture.redis.RedisWire;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests that unreadable values in Redis are quarantined. */
class UnreadableUsageTest extends SettlementCase {

    @BeforeEach
    void empty() {
        rig.client.getKeys().flushall();
        rig.audit.clear();
        rig.ledger().recount();
    }

    /** A value that another client may have written under a key of Tollgate. */
    enum Rubbish {
        TEXT_FOR_THE_KEYS_COUNTS {
            @Override
            void leave(RedisWire wire, String key) {
                wire.send("SET", "metrics:apikey:{" + key + "}", "rubbish");
            }
        },
        TEXT_FOR_A_DAYS_COUNTS {
            @Override
            void leave(RedisWire wire, String key) {
                wire.send("SET", "daily:2026-11-22:provider:{" + key + "}:s3", "rubbish\nof\nlines");
            }
        },
        A_LIST_FOR_A_PROVIDERS_COUNTS {
            @Override
            void leave(RedisWire wire, String key) {
                wire.send("DEL", "metrics:provider:{" + key + "}:s3");
                wire.send("RPUSH", "metrics:provider:{" + key + "}:s3", "rubbish");
            }
        },
        A_COUNT_THAT_IS_NO_NUMBER {
            @Override
            void leave(RedisWire wire, String key) {
                wire.send("HSET", "metrics:apikey:{" + key + "}", "total_file_size", "rubbish");
            }
        },
        A_COUNT_BEYOND_ALL_BOUNDS {
            @Override
            void leave(RedisWire wire, String key) {
                wire.send("HSET", "metrics:provider:{" + key + "}:s3", "total_file_size", "1e999999999");
            }
        },
        A_FIELD_OF_MANY_LINES {
            @Override
            void leave(RedisWire wire, String key) {
                wire.send("HSET", "metrics:apikey:{" + key + "}", "ft:a\nb", "1\n2");
            }
        },
        A_MEMBER_THAT_NAMES_NOTHING {
            @Override
            void leave(RedisWire wire, String key) {
                wire.send("SADD", "pending:{" + key + "}", "x:rubbish");
            }
        },
        TEXT_FOR_THE_SET {
            @Override
            void leave(RedisWire wire, String key) {
                wire.send("SET", "pending:{" + key + "}", "rubbish");
            }
        },
        TEXT_FOR_THE_LEDGER {
            @Override
            void leave(RedisWire wire, String key) {
                wire.send("SET", "ledger:{" + key + "}", "rubbish");
            }
        },
        A_CLAIM_OF_NO_BATCH {
            @Override
            void leave(RedisWire wire, String key) {
                wire.send("SET", "claim:{" + key + "}", "rubbish");
            }
        },
        A_LIST_FOR_THE_CLAIM {
            @Override
            void leave(RedisWire wire, String key) {
                wire.send("RPUSH", "claim:{" + key + "}", "rubbish");
            }
        },
        TEXT_FOR_THE_LAST_BATCH {
            @Override
            void leave(RedisWire wire, String key) {
                wire.send("SET", "settled:{" + key + "}", "rubbish");
            }
        };

        abstract void leave(RedisWire wire, String key);
    }

    @ParameterizedTest
    @EnumSource(Rubbish.class)
    void anUnreadableValueIsQuarantinedWithTheRestOfItsKeyAndOthersAreSettled(Rubbish rubbish) {
        List<String> keys = rig.keys.create(3);
        String key = keys.get(1);
        keys.forEach(each -> rig.record(each, TODAY, 2));
        try (RedisWire wire = new RedisWire(rig.redis.port())) {
            rubbish.leave(wire, key);
        }
        rig.settleAll();
        assertThat(rig.settled(keys.get(0))).isEqualTo(2);
        assertThat(rig.settled(keys.get(2))).isEqualTo(2);
        Object aside = rig.keys
                .row("SELECT coalesce(sum(requests), 0)::bigint AS n FROM set_aside_usage WHERE api_key_id = ?", key)
                .get("n");
        System.out.println(rubbish + ": settled " + rig.settled(key) + ", set aside " + aside + " "
                + rig.keys.rows("SELECT usage->>'damage' AS damage FROM set_aside_usage WHERE api_key_id = ?", key));
        assertThat(rig.settled(key) + (Long) aside).isEqualTo(2);
        rig.record(key, TODAY, 3);
        rig.settleAll();
        assertThat(rig.settled(key) + (Long) aside).isEqualTo(5);
        rig.ledger().recount();
        assertThat(rig.ledger().report().isBalanced()).isTrue();
    }

    @Test
    void aForeignValueOfAKeyWithoutUsageIsGoneAfterASettlement() {
        String key = rig.keys.create(1).get(0);
        try (RedisWire wire = new RedisWire(rig.redis.port())) {
            wire.send("SET", "daily:2026-11-22:apikey:{" + key + "}", "rubbish");
            wire.send("SET", "ledger:{" + key + "}", "rubbish");
        }
        UsageDelta delta = new UsageDelta(
                key,
                "rubbish",
                1,
                KeyUsage.of(SettlementFixture.upload(key, TODAY)).providerDays());
        Ports.await("recorded in the end", Duration.ofSeconds(20), () -> {
            boolean recorded = rig.pending
                    .record(List.of(delta))
                    .toCompletableFuture()
                    .join()
                    .isEmpty();
            rig.node().settle();
            return recorded;
        });
        rig.settleAll();
        assertThat(rig.settled(key)).isEqualTo(1);
    }
}
