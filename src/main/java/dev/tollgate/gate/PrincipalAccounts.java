package dev.tollgate.gate;

import dev.tollgate.core.account.AccountDirectory;
import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.account.PrincipalName;
import dev.tollgate.core.account.ResolvedKey;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Accounts made for principals at first sight, at most {@value #PER_SECOND} a second on a node, and {@value #AT_ONCE} at once. A
 * principal that comes faster is its address for the moment, and has its account made by a later request. Thread-safe.
 */
public final class PrincipalAccounts {

    /** The most accounts a second. */
    public static final int PER_SECOND = 10;

    /** The most accounts at once, after a second without any. */
    public static final int AT_ONCE = 10;

    private static final long INTERVAL_NANOS = 1_000_000_000L / PER_SECOND;

    private final boolean made;
    private final int most;
    private final AccountDirectory directory;
    private final LongSupplier nanos;
    /** When the node would be up to date if accounts were made one by one: at most {@value #AT_ONCE} intervals ahead of now. */
    private final AtomicLong next;

    private final LongAdder count = new LongAdder();
    private final LongAdder refused = new LongAdder();

    /**
     * @param made whether accounts are made at all
     * @param most how many principals there may be, on all nodes together
     * @param directory makes them
     */
    public PrincipalAccounts(boolean made, int most, AccountDirectory directory) {
        this(made, most, directory, System::nanoTime);
    }

    PrincipalAccounts(boolean made, int most, AccountDirectory directory, LongSupplier nanos) {
        this.made = made;
        this.most = most;
        this.directory = directory;
        this.nanos = nanos;
        this.next = new AtomicLong(nanos.getAsLong());
    }

    /** Whether unknown principals get accounts. */
    public boolean areMade() {
        return made;
    }

    /**
     * Makes an account for a principal. Blocks for the database.
     *
     * @return what it resolves to; empty if it is made later, or never
     * @throws DatabaseUnavailableException if the database cannot be reached
     */
    public Optional<ResolvedKey> make(PrincipalName name, String tier) {
        Optional<ResolvedKey> known = acquire() ? directory.createForPrincipal(name, tier, most) : Optional.empty();
        (known.isPresent() ? count : refused).increment();
        return known;
    }

    private boolean acquire() {
        long now = nanos.getAsLong();
        while (true) {
            long before = next.get();
            long from = before - now < 0 ? now : before;
            if (from - now > (AT_ONCE - 1) * INTERVAL_NANOS) {
                return false;
            }
            if (next.compareAndSet(before, from + INTERVAL_NANOS)) {
                return true;
            }
        }
    }

    /** How many accounts this node made, or found made by another meanwhile. */
    public long made() {
        return count.sum();
    }

    /** How many times a principal got none: too many at once, too many in all, or no such tier. */
    public long refused() {
        return refused.sum();
    }
}
