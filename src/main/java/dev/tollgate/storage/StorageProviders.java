package dev.tollgate.storage;

import dev.tollgate.core.stats.BoundedCounters;
import dev.tollgate.core.usage.Provider;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The storage providers by name, and counts of their files. Thread-safe. */
public final class StorageProviders {

    private final Map<String, StorageProvider> byName = new TreeMap<>();
    private final BoundedCounters stored;
    private final BoundedCounters refused;
    private final BoundedCounters bytes;

    /**
     * @throws IllegalArgumentException if a name is malformed or used twice
     */
    public StorageProviders(Collection<? extends StorageProvider> providers) {
        for (StorageProvider provider : providers) {
            if (!Provider.isName(provider.name()) || byName.put(provider.name(), provider) != null) {
                throw new IllegalArgumentException(
                        "a storage provider needs a valid name of its own, unlike " + provider.name());
            }
        }
        stored = new BoundedCounters(byName.size());
        refused = new BoundedCounters(byName.size());
        bytes = new BoundedCounters(byName.size());
    }

    /** Counts a stored file. */
    public void countStored(StorageProvider provider, long size) {
        stored.count(provider.name());
        bytes.add(provider.name(), size);
    }

    /** Counts a file that was not stored. */
    public void countRefused(StorageProvider provider) {
        refused.count(provider.name());
    }

    /** Returns the number of stored files since the start, by provider. */
    public Map<String, Long> stored() {
        return stored.counts();
    }

    /** Returns the number of files that were not stored since the start, by provider: too large, incomplete, or failed. */
    public Map<String, Long> refused() {
        return refused.counts();
    }

    /** Returns the stored bytes since the start, by provider. */
    public Map<String, Long> bytes() {
        return bytes.counts();
    }

    /** Returns whether all providers can store files at the moment. */
    public boolean areUsable() {
        return byName.values().stream().allMatch(StorageProvider::isUsable);
    }

    /** Returns the provider of a name. */
    public Optional<StorageProvider> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }
}
