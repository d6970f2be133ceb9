package dev.tollgate.core.stats;

import org.jspecify.annotations.Nullable;

/**
 * A bounded cache of values that are cheap to make again: a fixed number of slots, each holding the value put into it last.
 *
 * <p>The cache does not know keys. A caller hashes its key, gets the slot's value, checks that the value belongs to the key,
 * and otherwise makes one and puts it. Two keys that share a slot replace each other's value.
 *
 * <p>Thread-safe without locks, if values are immutable and have final fields: a racing thread may miss a value or overwrite
 * it, and never sees half of one.
 *
 * @param <V> an immutable value that knows what it belongs to
 */
public final class SlotCache<V> {

    private final Object[] slots;

    /**
     * Makes an empty cache.
     *
     * @param size how many values it holds at most, a power of two
     * @throws IllegalArgumentException if the size is not a power of two
     */
    public SlotCache(int size) {
        if (Integer.bitCount(size) != 1 || size < 1) {
            throw new IllegalArgumentException("a cache has a power of two of slots, not " + size);
        }
        this.slots = new Object[size];
    }

    /** Returns the value put last into the slot of a hash, whichever key it belongs to; null if there is none. */
    @SuppressWarnings("unchecked")
    public @Nullable V get(int hash) {
        return (V) slots[slot(hash)];
    }

    /**
     * Puts a value into the slot of a hash, in place of the one there.
     *
     * @return the value
     */
    public V put(int hash, V value) {
        slots[slot(hash)] = value;
        return value;
    }

    private int slot(int hash) {
        return (hash ^ hash >>> 16 ^ hash >>> 8) & (slots.length - 1);
    }
}
