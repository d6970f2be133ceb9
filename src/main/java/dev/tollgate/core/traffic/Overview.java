package dev.tollgate.core.traffic;

import dev.tollgate.core.ledger.SettlementLog.Batch;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The state of the system at one moment. What is unknown while PostgreSQL or Redis is away is empty.
 *
 * @param at that moment
 * @param scope whose traffic: see {@link TrafficHistory#scope}
 * @param perSecond requests per second, the mean of the last five seconds
 * @param redis how Redis is, as this node sees it
 * @param today what was uploaded today (UTC), as settled
 * @param ledger the ledger's sums
 * @param lastSettlement the last batch
 * @param settlementFailing whether this node's last settlement failed
 * @param activeBans bans in force, as recorded
 */
public record Overview(
        Instant at,
        String scope,
        Rates perSecond,
        Redis redis,
        Optional<DailyUsage.Day> today,
        Optional<Sums> ledger,
        Optional<Batch> lastSettlement,
        boolean settlementFailing,
        OptionalLong activeBans) {

    /** Requests per second by outcome, see {@link TrafficCounts}. */
    public record Rates(double admitted, double limited, double banned, double shadowLimited, double undecided) {

        static Rates of(TrafficCounts sum, int seconds) {
            return new Rates(
                    rate(sum.admitted(), seconds),
                    rate(sum.limited(), seconds),
                    rate(sum.banned(), seconds),
                    rate(sum.shadowLimited(), seconds),
                    rate(sum.undecided(), seconds));
        }

        private static double rate(long count, int seconds) {
            return Math.round(10.0 * count / seconds) / 10.0;
        }
    }

    /**
     * Redis, of the last minute.
     *
     * @param breaker {@code closed}, {@code open} or {@code half_open}
     * @param roundTrips trips with decisions
     * @param p50Micros half took no longer, in microseconds
     * @param p99Micros 99 % took no longer
     * @param latencyState {@code normal}, or {@code high} while more than one in a hundred waits longer than the threshold
     */
    public record Redis(String breaker, long roundTrips, long p50Micros, long p99Micros, String latencyState) {}

    /** The ledger, in requests: recorded = settled + pending + quarantined, or it is not balanced. */
    public record Sums(
            BigInteger recorded, BigInteger settled, BigInteger pending, BigInteger setAside, boolean balanced) {}
}
