package dev.tollgate.http.filter;

import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.stats.SlotCache;
import dev.tollgate.http.address.CidrSet;
import dev.tollgate.http.address.ForwardedAddressResolver.Client;
import java.util.List;

/**
 * The networks that API keys may be used from, parsed. The latest are remembered, so that a request costs a look-up. Thread-safe.
 */
final class KeyNetworks {

    private static final int SLOTS = 1_024;

    private final SlotCache<Known> latest = new SlotCache<>(SLOTS);

    /** A key's networks as text, and parsed. */
    private record Known(List<String> text, CidrSet networks) {}

    /** Returns whether a key may be used by a client. A client whose address is doubtful may not use a restricted key. */
    boolean allow(ApiKey key, Client client) {
        List<String> text = key.access().addresses();
        if (text.isEmpty()) {
            return true;
        }
        return !client.doubtful() && networks(key.id().hashCode(), text).contains(client.address());
    }

    private CidrSet networks(int hash, List<String> text) {
        Known known = latest.get(hash);
        if (known == null || !known.text().equals(text)) {
            known = latest.put(hash, new Known(text, parsed(text)));
        }
        return known.networks();
    }

    private static CidrSet parsed(List<String> text) {
        try {
            return new CidrSet(text);
        } catch (IllegalArgumentException e) {
            // Not set by an administrator's request. A key is not to be free because somebody broke its row.
            return CidrSet.NONE;
        }
    }
}
