package dev.tollgate.core.usage;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** A sum in the making of one key's usage on one day, by provider. Not thread-safe. */
final class DailyAccumulator {

    private final Map<String, UsageAccumulator> providers = new HashMap<>(4);

    void add(UsageEvent event) {
        at(event.provider()).add(event);
    }

    void add(DailyAccumulator more) {
        more.providers.forEach((provider, accumulator) -> at(provider).add(accumulator));
    }

    private UsageAccumulator at(String provider) {
        UsageAccumulator accumulator = providers.get(provider);
        if (accumulator == null) {
            String kept = providers.size() < Provider.MAX_PER_KEY ? provider : Provider.OTHER;
            accumulator = providers.computeIfAbsent(kept, first -> new UsageAccumulator());
        }
        return accumulator;
    }

    long requests() {
        return providers.values().stream().mapToLong(UsageAccumulator::requests).sum();
    }

    void forEach(BiConsumer<String, UsageCounts> action) {
        providers.forEach((provider, accumulator) -> action.accept(provider, accumulator.counts()));
    }
}
