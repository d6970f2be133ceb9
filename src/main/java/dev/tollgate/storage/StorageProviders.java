package dev.tollgate.storage;

import dev.tollgate.core.stats.BoundedCounters;
import dev.tollgate.core.usage.Provider;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The storage providers there are, by name, and what came to them. Thread-safe. */
public final class StorageProviders {

    private final Map<String, StorageProvider> byName = new TreeMap<>();
    private final BoundedCounters stored;
    private final BoundedCounters refused;
    private final BoundedCounters bytes;

    /**
     * @throws IllegalArgumentException if a name is not a provider's or is taken twice
     */
    public StorageProviders(Collection<? extends StorageProvider> providers) {
        for (StorageProvider provider : providers) {
            if (!Provider.isName(provider.name()) || byName.put(provider.name(), provider) != null) {
                throw new IllegalArgumentException(
                        "a storage provider needs a name of its own, unlike " + provider.name());
            }
        }
        stored = new BoundedCounters(byName.size());
        refused = new BoundedCounters(byName.size());
        bytes = new BoundedCounters(byName.size());
    }

    /** A file came to a provider and was kept. */
    public void stored(StorageProvider provider, long size) {
        stored.count(provider.name());
        bytes.add(provider.name(), size);
    }

    /** A file came to a provider and was not kept. */
    public void refused(StorageProvider provider) {
        refused.count(provider.name());
    }

    /** Files kept since the start, by provider. */
    public Map<String, Long> stored() {
        return stored.counts();
    }

    /** Files not kept since the start, by provider: too large, incomplete, or the store failed. */
    public Map<String, Long> refused() {
        return refused.counts();
    }

    /** Bytes kept since the start, by provider. */
    public Map<String, Long> bytes() {
        return bytes.counts();
    }

    /** Whether every provider can keep files at the moment. */
    public boolean areUsable() {
        return byName.values().stream().allMatch(StorageProvider::isUsable);
    }

    /** The provider of this name. */
    public Optional<StorageProvider> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }
}
