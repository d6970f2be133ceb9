package dev.tollgate.http.admin;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** Counters of sign-ins on this node by outcome, and the number of sessions. Thread-safe. */
public final class LoginStats {

    private final Map<RealmAuthenticator.Verdict, LongAdder> ended = new EnumMap<>(RealmAuthenticator.Verdict.class);
    private volatile LongSupplier sessions = () -> 0;

    /** With nothing counted yet. */
    public LoginStats() {
        for (RealmAuthenticator.Verdict verdict : RealmAuthenticator.Verdict.values()) {
            ended.put(verdict, new LongAdder());
        }
    }

    void ended(RealmAuthenticator.Verdict verdict) {
        Objects.requireNonNull(ended.get(verdict)).increment();
    }

    void sessions(LongSupplier count) {
        sessions = count;
    }

    /** Attempts by how they ended: {@code good}, {@code forbidden}, {@code wrong}, {@code refused}. */
    public Map<String, Long> byOutcome() {
        Map<String, Long> counts = new TreeMap<>();
        ended.forEach((verdict, count) -> counts.put(verdict.label(), count.sum()));
        return counts;
    }

    /** Sessions of the console that have not ended, as far as is known. */
    public long sessions() {
        return sessions.getAsLong();
    }
}
