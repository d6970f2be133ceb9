package dev.tollgate.redis.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.config.Settings;
import dev.tollgate.core.audit.AuditEvent;
import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.BanRepository.BannedCaller;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.fixture.redis.RealRedis;
import dev.tollgate.fixture.redis.RedisWire;
import dev.tollgate.redis.batch.ScriptBatcher;
import dev.tollgate.redis.connection.RedisConnection;
import dev.tollgate.redis.connection.RedisKeys;
import dev.tollgate.redis.seal.Sealing;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.redisson.api.RedissonClient;

class OutboxTest {

    private static final Ban BAN = new Ban(BanLevel.PERMANENT, "12 requests over the limit", 7, OptionalLong.empty());

    private static AuditEvent event(long at) {
        return new AuditEvent(AuditEvent.Type.LIMIT_EXCEEDED, at, "ip:::1", AuditEvent.GATE, Map.of());
    }

    @Test
    void whatIsWrittenIsReadBackWhateverItHolds() {
        AuditEvent odd = new AuditEvent(
                AuditEvent.Type.BAN_APPLIED,
                5,
                null,
                AuditEvent.GATE,
                Map.of("reason", "a=b&c d%\n\u00e9", "empty", ""));
        assertThat(OutboxCodec.readAudit(OutboxCodec.write(odd), "g").details())
                .isEqualTo(Map.of("reason", "a=b&c d% \u00e9", "empty", "", "guard", "g"));
        assertThat(OutboxCodec.readAudit(OutboxCodec.write(event(1)), "g")).isEqualTo(event(1).with("guard", "g"));
        Caller caller = Caller.account("an-account");
        assertThat(OutboxCodec.readBan(OutboxCodec.write(caller, BAN))).isEqualTo(new BannedCaller(caller, BAN));
        for (String wrong : new String[] {"audit ", "audit X 1 - gate ", "audit BAN_APPLIED x - gate ", "ban a"}) {
            assertThatThrownBy(() -> {
                        OutboxCodec.readAudit(wrong, "g");
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
                Outbox outbox = new Outbox(
                        new ScriptBatcher(client, 2, 128, 1_000, Duration.ofSeconds(5)),
                        new RedisKeys(""),
                        Sealing.ofThisProcess(),
                        500);
                for (int round = 0; round < Outbox.MAX_IN_REDIS / 500; round++) {
                    for (int i = 0; i < 500; i++) {
                        outbox.note(event(i));
                    }
                    outbox.flush();
                }
                assertThat(outbox.dropped()).isZero();
                for (int i = 0; i < 501; i++) {
                    outbox.note(event(i));
                }
                assertThat(outbox.dropped()).isEqualTo(1);
                outbox.flush();
                assertThat(outbox.dropped()).isEqualTo(501);
                assertThat(outbox.waiting()).isZero();
                assertThat(wire.send("LLEN", "handover:sealed")).isEqualTo((long) Outbox.MAX_IN_REDIS);
            } finally {
                client.shutdown();
            }
        }
    }

    @Test
    void aSupersededBanIsNotSent() {
        Outbox outbox = new Outbox(null, new RedisKeys(""), Sealing.ofThisProcess(), 10);
        outbox.keep(Caller.account("one"), BAN);
        outbox.keep(Caller.account("another"), BAN);
        outbox.supersede(Caller.account("one"));
        assertThat(outbox.waiting()).isEqualTo(1);
    }

    @Test
    void onlyEventsOfAGateAreReadAndOnOneLine() {
        for (AuditEvent.Type type : AuditEvent.Type.values()) {
            String entry = OutboxCodec.write(new AuditEvent(type, 1, "ip:::1", AuditEvent.GATE, Map.of()));
            boolean ofAGate =
                    switch (type) {
                        case BAN_APPLIED, BAN_ESCALATED, LIMIT_EXCEEDED, QUOTA_WARNING, ADDRESS_REFUSED -> true;
                        default -> false;
                    };
            if (ofAGate) {
                assertThat(OutboxCodec.readAudit(entry, "g").type()).isEqualTo(type);
            } else {
                assertThatThrownBy(() -> OutboxCodec.readAudit(entry, "g"))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
        AuditEvent.Type type = AuditEvent.Type.LIMIT_EXCEEDED;
        AuditEvent asAdmin = new AuditEvent(type, 1, null, "admin", Map.of());
        assertThatThrownBy(() -> OutboxCodec.readAudit(OutboxCodec.write(asAdmin), "g"))
                .isInstanceOf(IllegalArgumentException.class);
        AuditEvent forged = new AuditEvent(
                type,
                1,
                null,
                AuditEvent.GATE,
                Map.of("route", "x\r\n00:00 ERROR all is lost\u2028\u0085", "guard", "another"));
        assertThat(OutboxCodec.readAudit(OutboxCodec.write(forged), "g").details())
                .containsEntry("guard", "g")
                .containsEntry("route", "x  00:00 ERROR all is lost  ");
        for (String wrong : new String[] {
            "audit EVIL%0AERROR 1 - gate ",
            "audit LIMIT_EXCEEDED 1 a%0Ab gate ",
            "audit LIMIT_EXCEEDED -1 - gate ",
            "audit BAN_APPLIED 1 - gate expiresAt=never",
            "audit LIMIT_EXCEEDED 1 - gate a=%zz"
        }) {
            assertThatThrownBy(() -> OutboxCodec.readAudit(wrong, "g"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining("EVIL")
                    .hasMessageNotContaining("\n");
        }
    }
}
