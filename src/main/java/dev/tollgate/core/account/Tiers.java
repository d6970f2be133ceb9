package dev.tollgate.core.account;

import dev.tollgate.core.limit.Tier;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * A port to the tiers in PostgreSQL. Methods block, each in a transaction of its own, and throw
 * {@link DatabaseUnavailableException} when the database cannot be reached.
 */
public interface Tiers {

    /** The form of a tier's name. */
    Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,49}");

    /** Returns all tiers, by name. */
    List<Tier> all();

    /** The tier with this name. */
    Optional<Tier> find(String name);

    /**
     * Sets a tier's limits.
     *
     * @return the tier as it was before; empty if there is none of its name, and nothing was changed
     */
    Optional<Tier> change(Tier tier);

    /** Creates a tier. Returns false, and changes nothing, if there is one of its name. */
    boolean create(Tier tier);

    /**
     * Deletes a tier that no open account has. Closed ones that had it get the tier of callers without a key.
     *
     * @return how many open accounts have it, in which case nothing was deleted; empty if there is no such tier
     */
    OptionalLong delete(String name);
}
