package dev.tollgate.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.audit.AuditEvent;
import dev.tollgate.config.Settings;
import dev.tollgate.fixture.RealRedis;
import dev.tollgate.fixture.RedisWire;
import dev.tollgate.limit.Ban;
import dev.tollgate.limit.BanLevel;
import dev.tollgate.limit.BannedCaller;
import dev.tollgate.limit.Caller;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.redisson.api.RedissonClient;

class HandoverTest {

    private static final Ban BAN = new Ban(BanLevel.PERMANENT, "12 requests over the limit", 7, OptionalLong.empty());

    private static AuditEvent event(long at) {
        return new AuditEvent(AuditEvent.Type.LIMIT_EXCEEDED, at, "ip:::1", AuditEvent.GATE, Map.of());
    }

    @Test
    void whatIsWrittenIsReadBackWhateverItHolds() {
        AuditEvent odd = new AuditEvent(
                AuditEvent.Type.BAN_APPLIED, 5, null, "some one", Map.of("reason", "a=b&c d%\n\u00e9", "empty", ""));
        assertThat(HandoverText.readAudit(HandoverText.write(odd))).isEqualTo(odd);
        assertThat(HandoverText.readAudit(HandoverText.write(event(1)))).isEqualTo(event(1));
        Caller caller = Caller.account("an-account");
        assertThat(HandoverText.readBan(HandoverText.write(caller, BAN))).isEqualTo(new BannedCaller(caller, BAN));
        for (String wrong : new String[] {"audit ", "audit X 1 - gate ", "audit BAN_APPLIED x - gate ", "ban a"}) {
            assertThatThrownBy(() -> {
                        HandoverText.readAudit(wrong);
                    })
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void bothBuffersAreBoundedAndDropsAreCounted() {
        try (RealRedis redis = RealRedis.start();
                RedisWire wire = new RedisWire(redis.port())) {
            RedissonClient client = RedisConnection.open(Settings.of(Map.of("tollgate.redis.url", redis.url())));
            try {
                Handover handover =
                        new Handover(new Flights(client, 2, 128, 1_000, Duration.ofSeconds(5)), new RedisKeys(""), 500);
                for (int round = 0; round < Handover.MOST_IN_REDIS / 500; round++) {
                    for (int i = 0; i < 500; i++) {
                        handover.note(event(i));
                    }
                    handover.flush();
                }
                assertThat(handover.dropped()).isZero();
                for (int i = 0; i < 501; i++) {
                    handover.note(event(i));
                }
                assertThat(handover.dropped()).isEqualTo(1);
                handover.flush();
                assertThat(handover.dropped()).isEqualTo(501);
                assertThat(handover.waiting()).isZero();
                assertThat(wire.send("LLEN", "handover")).isEqualTo((long) Handover.MOST_IN_REDIS);
            } finally {
                client.shutdown();
            }
        }
    }

    @Test
    void supersededBanIsNotHandedOver() {
        Handover handover = new Handover(null, new RedisKeys(""), 10);
        handover.keep(Caller.account("one"), BAN);
        handover.keep(Caller.account("another"), BAN);
        handover.supersede(Caller.account("one"));
        assertThat(handover.waiting()).isEqualTo(1);
    }
}
