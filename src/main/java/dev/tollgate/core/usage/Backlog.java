package dev.tollgate.core.usage;

import dev.tollgate.core.usage.KeyUsage.ProviderDay;
import dev.tollgate.core.usage.Stripes.KeyDay;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a recorder still has to bring to Redis: usage not sent yet, by day, and recordings sent and not confirmed. Bounded:
 * past the bound the oldest day's usage goes first. Not thread-safe.
 */
final class Backlog {

    private static final long FIRST_RETRY_MILLIS = 20;
    private static final long LAST_RETRY_MILLIS = 1_000;

    private static final class Attempt {
        private final Recording recording;
        private int failures;
        private long dueAt;

        Attempt(Recording recording) {
            this.recording = recording;
        }
    }

    private final String source;
    private final int most;
    private final TreeMap<LocalDate, LinkedHashMap<String, DayTally>> days = new TreeMap<>();
    private final Map<String, Attempt> unconfirmed = new LinkedHashMap<>();
    private int entries;
    private long lastSequence;

    /**
     * @param source whose recordings these are
     * @param most key-days kept at most
     */
    Backlog(String source, int most) {
        this.source = source;
        this.most = most;
    }

    /** Adds usage; answers how many requests of older days had to go for it. */
    long add(KeyDay at, DayTally tally) {
        Map<String, DayTally> keys = days.computeIfAbsent(at.day(), day -> new LinkedHashMap<>());
        DayTally there = keys.get(at.keyId());
        if (there == null) {
            keys.put(at.keyId(), tally);
            entries++;
        } else {
            there.add(tally);
        }
        long dropped = 0;
        while (entries > 0 && entries + unconfirmed.size() > most) {
            dropped += dropOldest();
        }
        return dropped;
    }

    private long dropOldest() {
        Map.Entry<LocalDate, LinkedHashMap<String, DayTally>> oldest = days.firstEntry();
        String keyId = oldest.getValue().keySet().iterator().next();
        return remove(oldest.getKey(), keyId).requests();
    }

    private DayTally remove(LocalDate day, String keyId) {
        Map<String, DayTally> keys = days.get(day);
        DayTally removed = keys.remove(keyId);
        if (removed != null) {
            entries--;
        }
        if (keys.isEmpty()) {
            days.remove(day);
        }
        return removed;
    }

    /**
     * What to send now: unconfirmed recordings that are due, as they were, then new ones of other keys, oldest day first.
     *
     * @param limit recordings at most
     * @param now milliseconds since the epoch
     * @param probing whether Redis took nothing last time: nothing new is made up then, so that usage goes on being merged
     */
    List<Recording> next(int limit, long now, boolean probing) {
        List<Recording> batch = new ArrayList<>();
        for (Attempt attempt : unconfirmed.values()) {
            if (batch.size() < limit && attempt.dueAt <= now) {
                batch.add(attempt.recording);
            }
        }
        int room = probing && !unconfirmed.isEmpty() ? 0 : Math.min(limit - batch.size(), most - unconfirmed.size());
        Set<String> keys = new LinkedHashSet<>();
        for (Map<String, DayTally> day : days.values()) {
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

    private Recording take(String keyId) {
        Map<ProviderDay, UsageCounts> usage = new HashMap<>();
        for (LocalDate day : List.copyOf(days.keySet())) {
            DayTally tally = remove(day, keyId);
            if (tally != null) {
                tally.forEach((provider, counts) -> usage.put(new ProviderDay(provider, day), counts));
            }
        }
        Recording recording = new Recording(keyId, source, lastSequence, usage);
        unconfirmed.put(keyId, new Attempt(recording));
        return recording;
    }

    /** A recording reached Redis. */
    void confirm(Recording recording) {
        unconfirmed.remove(recording.keyId());
    }

    /** A recording may or may not have reached Redis: it is due again later, ever later, once a second at last. */
    void postpone(Recording recording, long now) {
        Attempt attempt = unconfirmed.get(recording.keyId());
        long wait = FIRST_RETRY_MILLIS << Math.min(attempt.failures++, 10);
        attempt.dueAt = now + Math.min(wait, LAST_RETRY_MILLIS);
    }

    /** How long until something can be sent, in milliseconds; 0 for now, negative if there is nothing. */
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

    /** Makes everything unconfirmed due: the last chance before the end. */
    void hurry() {
        unconfirmed.values().forEach(attempt -> attempt.dueAt = 0);
    }
}
