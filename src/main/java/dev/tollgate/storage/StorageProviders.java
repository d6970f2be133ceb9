package dev.tollgate.storage;

import dev.tollgate.usage.Provider;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The storage providers there are, by name. Immutable. */
public final class StorageProviders {

    private final Map<String, StorageProvider> byName = new TreeMap<>();

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
    }

    /** The provider of this name. */
    public Optional<StorageProvider> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }
}
