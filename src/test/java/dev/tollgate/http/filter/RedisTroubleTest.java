package dev.tollgate.http.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.AccountStateSource;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.fixture.ContinuousCaller;
import dev.tollgate.fixture.redis.RedisWire;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tests what callers see while a real Redis loses its data, stands still, or cannot be reached. */
class RedisTroubleTest extends RedisTroubleCase {

    @Test
    void restartedEmptyItDecidesAgainAndTheBannedStayOut() throws Exception {
        String neverSeenBefore = permanentlyBanned();
        ContinuousCaller caravan = serve(FailureMode.OPEN);
        long began = caravan.now();
        redis.kill();
        caravan.awaitUndecided(began);
        assertThat(status(bannedKey)).isEqualTo(403);
        redis.restart();
        over("restarted empty", caravan, began);
        assertThat(status(neverSeenBefore)).isEqualTo(403);
    }

    @Test
    void flushedItGetsMonthsAndBansBackBeforeItDecides() throws Exception {
        String account = directory.newAccount();
        remembered.put(Caller.account(account), new AccountStateSource.AccountState(900, Optional.empty()));
        String free = directory.newKey(account, "free", WIDE);
        String neverSeenBefore = permanentlyBanned();
        ContinuousCaller caravan = serve(FailureMode.OPEN);
        assertThat(get(free).headers().firstValue("RateLimit").orElseThrow()).contains("r=99;");
        long began = caravan.now();
        try (RedisWire wire = new RedisWire(redis.port())) {
            wire.send("FLUSHALL");
        }
        over("FLUSHALL", caravan, began);
        assertThat(get(free).headers().firstValue("RateLimit").orElseThrow()).contains("r=99;");
        assertThat(status(neverSeenBefore)).isEqualTo(403);
    }

    @Test
    void withItsScriptsFlushedNobodyNotices() throws Exception {
        ContinuousCaller caravan = serve(FailureMode.OPEN);
        long began = caravan.now();
        try (RedisWire wire = new RedisWire(redis.port())) {
            for (int i = 0; i < 20; i++) {
                wire.send("SCRIPT", "FLUSH");
                caravan.awaitDecided(caravan.now());
            }
        }
        over("SCRIPT FLUSH, 20 times", caravan, began);
    }

    @Test
    void frozenItCostsFewRequestsTheirBudget() throws Exception {
        ContinuousCaller caravan = serve(FailureMode.OPEN);
        long began = caravan.now();
        redis.freeze();
        caravan.awaitUndecided(began);
        caravan.await("many requests meanwhile", () -> caravan.now() > began + 2_000);
        assertThat(status(bannedKey)).isEqualTo(403);
        redis.thaw();
        over("frozen (SIGSTOP)", caravan, began);
    }

    @Test
    void connectionsThatLoseEverythingAreFoundOutAndReplaced() throws Exception {
        ContinuousCaller caravan = serve(FailureMode.OPEN);
        long began = caravan.now();
        // Never healed: only connections made anew can work.
        network.loseConnections();
        caravan.awaitUndecided(began);
        assertThat(status(bannedKey)).isEqualTo(403);
        over("half-open connections", caravan, began);
    }

    @Test
    void reconnectingGetsSlowerTheLongerItFails() throws Exception {
        ContinuousCaller caravan = serve(FailureMode.OPEN);
        long began = caravan.now();
        network.refuse(true);
        caravan.awaitUndecided(began);
        int before = network.attempts().size();
        caravan.await("time to try", () -> caravan.now() > began + 6_000);
        List<Long> attempts =
                network.attempts().subList(before, network.attempts().size());
        long late = attempts.stream()
                .filter(at -> at - attempts.get(0) > Duration.ofSeconds(4).toNanos())
                .count();
        System.out.println("[trouble] refused connections: " + attempts.size() + " attempts in six seconds, " + late
                + " of them in the last two");
        assertThat(attempts.size()).isGreaterThan(2);
        assertThat(late).isLessThanOrEqualTo(attempts.size() / 2);
        network.refuse(false);
        over("connections refused", caravan, began);
    }
}
