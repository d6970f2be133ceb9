package dev.tollgate.core.usage;

import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * A buffer that requests add their usage events to. It merges them by key and day at once, under striped locks that threads
 * seldom share. Thread-safe.
 */
final class StripedUsageBuffer {

    private static final int COUNT = 64;

    /** A key's day. */
    record KeyDay(String keyId, LocalDate day) {}

    private static final class Stripe {
        private Map<KeyDay, DailyAccumulator> accumulators = new HashMap<>();
    }

    private final Stripe[] stripes = new Stripe[COUNT];
    private final int mostPerStripe;

    /**
     * @param most key-days kept until the next {@link #drain}, about
     */
    StripedUsageBuffer(int most) {
        this.mostPerStripe = Math.max(16, 2 * (most / COUNT));
        for (int i = 0; i < COUNT; i++) {
            stripes[i] = new Stripe();
        }
    }

    /** Adds an event; false if there is no room for another key-day. */
    boolean add(UsageEvent event) {
        KeyDay at = new KeyDay(event.keyId(), event.day());
        Stripe stripe = stripes[spread(event.keyId().hashCode()) & (COUNT - 1)];
        synchronized (stripe) {
            DailyAccumulator accumulator = stripe.accumulators.get(at);
            if (accumulator == null) {
                if (stripe.accumulators.size() >= mostPerStripe) {
                    return false;
                }
                accumulator = new DailyAccumulator();
                stripe.accumulators.put(at, accumulator);
            }
            accumulator.add(event);
            return true;
        }
    }

    private static int spread(int hash) {
        return hash ^ hash >>> 16 ^ hash >>> 8;
    }

    /** Removes and returns everything added so far. */
    void drain(BiConsumer<KeyDay, DailyAccumulator> taker) {
        for (Stripe stripe : stripes) {
            Map<KeyDay, DailyAccumulator> full;
            synchronized (stripe) {
                if (stripe.accumulators.isEmpty()) {
                    continue;
                }
                full = stripe.accumulators;
                stripe.accumulators = new HashMap<>();
            }
            full.forEach(taker);
        }
    }
}
