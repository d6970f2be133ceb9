package dev.tollgate.core.limit;

import java.util.Map;
import java.util.Optional;

/** Where modes of route policies that were switched at run time are kept: PostgreSQL. Methods block and fail if it cannot be reached. */
public interface RouteModeStore {

    /** The switched policies by name: true to watch only. */
    Map<String, Boolean> all();

    /** Switches one; empty lets it be as its file says. */
    void put(String name, Optional<Boolean> shadow);
}
