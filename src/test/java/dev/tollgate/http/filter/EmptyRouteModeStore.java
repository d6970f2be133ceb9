package dev.tollgate.http.filter;

import dev.tollgate.core.account.RouteModeStore;
import java.util.Map;
import java.util.Optional;

/** Nothing was switched. */
final class EmptyRouteModeStore implements RouteModeStore {

    @Override
    public Map<String, Boolean> all() {
        return Map.of();
    }

    @Override
    public void put(String name, Optional<Boolean> shadow) {
        throw new UnsupportedOperationException();
    }
}
