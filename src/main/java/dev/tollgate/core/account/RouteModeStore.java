package dev.tollgate.core.account;

import java.util.Map;
import java.util.Optional;

/**
 * A port to the modes of route policies that were switched at run time, in PostgreSQL. Methods block, and fail if the
 * database cannot be reached.
 */
public interface RouteModeStore {

    /** The switched policies by name: true to watch only. */
    Map<String, Boolean> all();

    /** Switches a policy; empty restores the mode of its file. */
    void put(String name, Optional<Boolean> shadow);
}
