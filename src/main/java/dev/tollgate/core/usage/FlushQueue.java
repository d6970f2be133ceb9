package dev.tollgate.core.usage;

import dev.tollgate.core.usage.KeyUsage.ProviderDay;
import dev.tollgate.core.usage.StripedUsageBuffer.KeyDay;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The usage that a recorder still has to send to Redis: days not sent yet, and deltas sent and not confirmed. Bounded:
 * beyond the bound the oldest day's usage is dropped first. Not thread-safe.
 */
final class FlushQueue {

    private static final long FIRST_RETRY_MILLIS = 20;
    private static final long LAST_RETRY_MILLIS = 1_000;

    private static final class Attempt {
        private final UsageDelta delta;
        private int failures;
        private long dueAt;

        Attempt(UsageDelta delta) {
            this.delta = delta;
        }
    }

    private final String source;
    private final int most;
    private final TreeMap<LocalDate, LinkedHashMap<String, DailyAccumulator>> days = new TreeMap<>();
    private final Map<String, Attempt> unconfirmed = new LinkedHashMap<>();
    private int entries;
    private long lastSequence;

    /**
     * @param source whose recordings these are
     * @param most key-days kept at most
     */
    FlushQueue(String source, int most) {
        this.source = source;
        this.most = most;
    }

    /** Adds usage; answers how many requests of older days had to go for it. */
    long add(KeyDay at, DailyAccumulator accumulator) {
        Map<String, DailyAccumulator> keys = days.computeIfAbsent(at.day(), day -> new LinkedHashMap<>());
        DailyAccumulator there = keys.get(at.keyId());
        if (there == null) {
            keys.put(at.keyId(), accumulator);
            entries++;
        } else {
            there.add(accumulator);
        }
        long dropped = 0;
        while (entries > 0 && entries + unconfirmed.size() > most) {
            dropped += dropOldest();
        }
        return dropped;
    }

    private long dropOldest() {
        Map.Entry<LocalDate, LinkedHashMap<String, DailyAccumulator>> oldest = days.firstEntry();
        String keyId = oldest.getValue().keySet().iterator().next();
        return Objects.requireNonNull(remove(oldest.getKey(), keyId)).requests();
    }

    private @Nullable DailyAccumulator remove(LocalDate day, String keyId) {
        Map<String, DailyAccumulator> keys = Objects.requireNonNull(days.get(day));
        DailyAccumulator removed = keys.remove(keyId);
        if (removed != null) {
            entries--;
        }
        if (keys.isEmpty()) {
            days.remove(day);
        }
        return removed;
    }

    /**
     * Returns what to send now: unconfirmed recordings that are due, as they were, then new ones of other keys, oldest day
     * first.
     *
     * @param limit recordings at most
     * @param now milliseconds since the epoch
     * @param probing whether Redis took nothing last time: nothing new is made up then, so that usage goes on being merged
     */
    List<UsageDelta> next(int limit, long now, boolean probing) {
        List<UsageDelta> batch = new ArrayList<>();
        for (Attempt attempt : unconfirmed.values()) {
            if (batch.size() < limit && attempt.dueAt <= now) {
                batch.add(attempt.delta);
            }
        }
        int room = probing && !unconfirmed.isEmpty() ? 0 : Math.min(limit - batch.size(), most - unconfirmed.size());
        Set<String> keys = new LinkedHashSet<>();
        for (Map<String, DailyAccumulator> day : days.values()) {
            for (String keyId : day.keySet()) {
                if (keys.size() >= room) {
                    break;
                }
                if (!unconfirmed.containsKey(keyId)) {
                    keys.add(keyId);
                }
            }
        }
        if (!keys.isEmpty()) {
            // Sequences follow the clock, so that Redis can tell which sources have been silent for longest.
            lastSequence = Math.max(lastSequence + 1, now);
            keys.forEach(keyId -> batch.add(take(keyId)));
        }
        return batch;
    }

    private UsageDelta take(String keyId) {
        Map<ProviderDay, UsageCounts> usage = new HashMap<>();
        for (LocalDate day : List.copyOf(days.keySet())) {
            DailyAccumulator accumulator = remove(day, keyId);
            if (accumulator != null) {
                accumulator.forEach((provider, counts) -> usage.put(new ProviderDay(provider, day), counts));
            }
        }
        UsageDelta delta = new UsageDelta(keyId, source, lastSequence, usage);
        unconfirmed.put(keyId, new Attempt(delta));
        return delta;
    }

    /** Confirms a delta that reached Redis. */
    void confirm(UsageDelta delta) {
        unconfirmed.remove(delta.keyId());
    }

    /** Retries a delta of unknown fate later: after growing pauses, up to a second. */
    void postpone(UsageDelta delta, long now) {
        Attempt attempt = Objects.requireNonNull(unconfirmed.get(delta.keyId()));
        long wait = FIRST_RETRY_MILLIS << Math.min(attempt.failures++, 10);
        attempt.dueAt = now + Math.min(wait, LAST_RETRY_MILLIS);
    }

    /** Returns how long until something can be sent, in milliseconds; 0 for now, negative if there is nothing. */
    long untilDue(long now) {
        long next = days.values().stream()
                        .flatMap(day -> day.keySet().stream())
                        .anyMatch(keyId -> !unconfirmed.containsKey(keyId))
                ? now
                : unconfirmed.values().stream()
                        .mapToLong(attempt -> attempt.dueAt)
                        .min()
                        .orElse(-1);
        return next < 0 ? -1 : Math.max(0, next - now);
    }

    /** Makes all unconfirmed deltas due, for the last flush. */
    void makeDue() {
        unconfirmed.values().forEach(attempt -> attempt.dueAt = 0);
    }
}
