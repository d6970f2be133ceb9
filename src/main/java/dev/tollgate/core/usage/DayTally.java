package dev.tollgate.core.usage;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** One key's day while it is being summed up, by provider. Not thread-safe. */
final class DayTally {

    private final Map<String, Tally> providers = new HashMap<>(4);

    void add(UsageEvent event) {
        at(event.provider()).add(event);
    }

    void add(DayTally more) {
        more.providers.forEach((provider, tally) -> at(provider).add(tally));
    }

    private Tally at(String provider) {
        Tally tally = providers.get(provider);
        if (tally == null) {
            String kept = providers.size() < Provider.MAX_PER_KEY ? provider : Provider.OTHER;
            tally = providers.computeIfAbsent(kept, first -> new Tally());
        }
        return tally;
    }

    long requests() {
        return providers.values().stream().mapToLong(Tally::requests).sum();
    }

    void forEach(BiConsumer<String, UsageCounts> action) {
        providers.forEach((provider, tally) -> action.accept(provider, tally.counts()));
    }
}
