package dev.tollgate.usage;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Usage that is recorded and not yet settled: Redis. Thread-safe. */
public interface PendingUsage {

    /**
     * Adds usage, all keys in one pipeline.
     *
     * @return the keys whose usage was certainly not added and may be recorded again; fails as a whole only if that is
     *     certain for every key. Usage of unknown fate is not handed back: adding it again could count it twice
     */
    CompletionStage<Collection<String>> record(Map<String, KeyUsage> usageByKey);

    /** One key's unsettled usage. */
    CompletionStage<PendingSnapshot> read(String keyId);

    /**
     * Keys with something pending or claimed, longest waiting first.
     *
     * @param most how many at most
     */
    List<String> changedKeys(int most);

    /**
     * Takes the pending usage of the given keys out for a batch. A key whose earlier claim was never acknowledged gives
     * back that claim, with its own batch id, instead of a new one.
     *
     * @return the claims; keys with nothing to claim are left out
     */
    List<ClaimedUsage> claim(Collection<String> keyIds, long batchId);

    /** Forgets applied claims, remembers their batch and drops the keys' cached reports. Repeating it does nothing. */
    void acknowledge(Collection<ClaimedUsage> applied);

    /** Puts off the expiry of everything pending for these keys: called while the database cannot be written. */
    void renew(Collection<String> keyIds);
}
