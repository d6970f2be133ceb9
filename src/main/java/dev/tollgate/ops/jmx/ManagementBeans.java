package dev.tollgate.ops.jmx;

import dev.tollgate.core.ledger.LastLedgerReport;
import dev.tollgate.core.limit.BanRepository;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.gate.ApiKeyCache;
import dev.tollgate.gate.BanCache;
import dev.tollgate.gate.DecisionCounts;
import dev.tollgate.gate.Gate;
import dev.tollgate.gate.GateResult;
import dev.tollgate.gate.TierCache;
import dev.tollgate.gate.lease.Leases;
import dev.tollgate.ops.metrics.RedisSampler;
import dev.tollgate.redis.connection.ConnectionTracker;
import dev.tollgate.rest.admin.NodeStats;
import dev.tollgate.settlement.Settlement;
import dev.tollgate.settlement.SettlementTimer;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The implementations of the MXBeans: the numbers of {@link NodeStats}, limits, bans, and an operation that settles. */
@Dependent
public class ManagementBeans {

    private static final long BANS_NANOS = TimeUnit.SECONDS.toNanos(5);

    @Inject
    private NodeStats.Source live;

    @Inject
    private Gate gate;

    @Inject
    private DecisionCounts decided;

    @Inject
    private Leases leases;

    @Inject
    private TierCache tiers;

    @Inject
    private ApiKeyCache keys;

    @Inject
    private BanCache banCache;

    @Inject
    private BanRepository banRepository;

    @Inject
    private ConnectionTracker connections;

    @Inject
    private RedisSampler sampler;

    @Inject
    private LastLedgerReport ledger;

    @Inject
    private SettlementTimer settlement;

    /** Registers the beans. Closing the registration removes them. */
    public Registration register(String contextPath) {
        Registration registration = new Registration(contextPath);
        registration.add("Gate", new GateBean(), GateMXBean.class);
        registration.add("Redis", new RedisBean(), RedisMXBean.class);
        registration.add("Settlement", new SettlementBean(), SettlementMXBean.class);
        return registration;
    }

    private static long orMinusOne(OptionalLong number) {
        return number.orElse(-1);
    }

    private static String text(Tier tier) {
        String windows = tier.windows().stream()
                .map(window -> window.limit() + "/" + window.windowMillis() / 1_000 + "s")
                .collect(Collectors.joining(","));
        return "window=" + (windows.isEmpty() ? "unlimited" : windows) + " month="
                + (tier.monthlyQuota().isPresent() ? tier.monthlyQuota().getAsLong() : "unlimited");
    }

    private final class GateBean implements GateMXBean {

        private long bans = -1;
        private long countedAt = System.nanoTime() - BANS_NANOS;

        @Override
        public String getBreaker() {
            return gate.breakerState().name();
        }

        @Override
        public SortedMap<String, Long> getDecisions() {
            return new TreeMap<>(live.read().decisions());
        }

        @Override
        public long getUndecidedRequests() {
            return decided.undecidedRequests();
        }

        @Override
        public long getLeaseDecisions() {
            return decided.bySource(GateResult.Source.LEASE);
        }

        @Override
        public long getLeaseUnitsHeld() {
            return leases.unitsHeld();
        }

        @Override
        public SortedMap<String, String> getLimits() {
            SortedMap<String, String> limits = new TreeMap<>();
            tiers.all().forEach(tier -> limits.put(tier.name(), text(tier)));
            return limits;
        }

        @Override
        public long getKeysRemembered() {
            return keys.counts().entries();
        }

        @Override
        public long getBansRemembered() {
            return banCache.size();
        }

        @Override
        public synchronized long getBans() {
            if (System.nanoTime() - countedAt >= BANS_NANOS) {
                try {
                    bans = banRepository
                            .active(new PageRequest(1, 1, ""), System.currentTimeMillis())
                            .total();
                } catch (RuntimeException e) {
                    bans = -1;
                }
                countedAt = System.nanoTime();
            }
            return bans;
        }
    }

    private final class RedisBean implements RedisMXBean {

        @Override
        public boolean isUp() {
            return sampler.info().isPresent();
        }

        @Override
        public boolean isLatencyHigh() {
            return sampler.alarm().isHigh();
        }

        @Override
        public SortedMap<String, Trips> getLatency() {
            SortedMap<String, Trips> latency = new TreeMap<>();
            live.read().latency().forEach(trips -> latency.put(trips.purpose(), new TripsView(trips)));
            return latency;
        }

        @Override
        public long getConnections() {
            return connections.open();
        }

        @Override
        public long getUsedMemoryBytes() {
            return orMinusOne(live.read().redisMemoryBytes());
        }

        @Override
        public long getCommandsPerSecond() {
            return orMinusOne(live.read().redisCommandsPerSecond());
        }
    }

    private record TripsView(NodeStats.PurposeLatency trips) implements RedisMXBean.Trips {

        @Override
        public long getCount() {
            return trips.roundTrips();
        }

        @Override
        public long getP50Micros() {
            return trips.p50Micros();
        }

        @Override
        public long getP99Micros() {
            return trips.p99Micros();
        }

        @Override
        public long getMaxMicros() {
            return trips.maxMicros();
        }
    }

    private final class SettlementBean implements SettlementMXBean {

        @Override
        public boolean isFailing() {
            return settlement.isFailing();
        }

        @Override
        public long getLastMillis() {
            return live.read().settlementMillis();
        }

        @Override
        public long getSettledRequests() {
            return live.read().settled();
        }

        @Override
        public double getLagSeconds() {
            return live.read().lagSeconds().orElse(Double.NaN);
        }

        @Override
        public long getUnsettledKeys() {
            return orMinusOne(live.read().unsettledKeys());
        }

        @Override
        public long getRecordedRequests() {
            return live.read().recorded();
        }

        @Override
        public long getWaitingRequests() {
            return live.read().waiting();
        }

        @Override
        public long getDropped() {
            return live.read().dropped();
        }

        @Override
        public String getLedger() {
            String known = ledger.isBalanced() ? "balanced" : "unbalanced";
            return ledger.isKnown() ? known : "unknown";
        }

        @Override
        public String settleNow() {
            Settlement.SettlementResult pass;
            try {
                pass = settlement.settleNow();
            } catch (RuntimeException e) {
                // Without the cause, since a JMX client lacks the server's classes.
                throw new IllegalStateException("not settled: " + e.getMessage());
            }
            return "ran=" + pass.ran() + " keys=" + pass.keys() + " requests=" + pass.requests() + " setAside="
                    + pass.setAside();
        }
    }
}
