package dev.tollgate.redis.decision;

import dev.tollgate.core.limit.Ban;
import dev.tollgate.core.limit.BanLevel;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Decision;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.LeaseGrant;
import dev.tollgate.core.limit.LeaseRequest;
import dev.tollgate.core.limit.RawDecision;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** A parser of the one-line replies of the gate's scripts. The comment of {@code gate.lua} describes the format. */
final class GateReplyParser {

    private final String text;
    private int at;

    private GateReplyParser(String text) {
        this.text = text;
        this.at = 2;
    }

    /**
     * Reads a decision.
     *
     * @throws RuntimeException of any kind if the text is not a reply
     */
    static Decision read(String text, GateRequest request, BillingMonth month) {
        return new GateReplyParser(text).read(request, month);
    }

    private Decision read(GateRequest request, BillingMonth month) {
        char verdict = text.charAt(0);
        long now = instant();
        if (verdict == 'B') {
            return Decision.banned(now, readBan(rest()));
        }
        long used = number();
        int n = request.windows().size();
        States states = states(n);
        boolean[] refusing = new boolean[n + 1];
        OptionalInt violations = OptionalInt.empty();
        boolean first = false;
        Optional<Ban> ban = Optional.empty();
        if (verdict != 'A') {
            String mask = word();
            for (int i = 0; i < refusing.length; i++) {
                refusing[i] = mask.charAt(i) == '1';
            }
        }
        if (verdict == 'L' || verdict == 'X') {
            int count = (int) number();
            violations = count < 0 ? OptionalInt.empty() : OptionalInt.of(count);
            first = word().equals("1");
            if (verdict == 'X') {
                ban = Optional.of(readBan(rest()));
            }
        }
        boolean charged = request.charged() && (verdict == 'A' || !request.enforced());
        if (charged && request.caller().isAccount() && !refusing[n]) {
            used += request.cost();
        }
        Decision.Outcome outcome =
                switch (verdict) {
                    case 'A' -> Decision.Outcome.ADMITTED;
                    case 'Q' -> Decision.Outcome.QUOTA_EXCEEDED;
                    case 'L' -> Decision.Outcome.RATE_LIMITED;
                    case 'C' -> Decision.Outcome.COST_EXCEEDS_LIMIT;
                    case 'X' -> Decision.Outcome.BANNED;
                    default -> throw new IllegalStateException("not a reply of the gate: " + text);
                };
        return new RawDecision(
                        outcome, now, month, used, states.totals(), states.resets(), refusing, violations, first, ban)
                .decisionOn(request);
    }

    /**
     * Reads the grant of a lease. The comment of {@code lease.lua} describes the format.
     *
     * @throws RuntimeException of any kind if the text is not a grant of this request
     */
    static LeaseGrant readGrant(String text, LeaseRequest request, BillingMonth month) {
        return new GateReplyParser(text).grant(request, month);
    }

    private LeaseGrant grant(LeaseRequest request, BillingMonth month) {
        long now = instant();
        long datedAt = number();
        long units = number();
        long used = number();
        States states = states(request.policies().windows().size());
        if (units < 1 || units > request.wanted() || datedAt != now + request.leadMillis()) {
            throw new IllegalStateException("not a grant: " + text);
        }
        RawDecision after = RawDecision.admitted(now, month, used, states.totals(), states.resets());
        return LeaseGrant.granted(
                (int) units,
                now,
                datedAt,
                month,
                after.decisionOn(request.policies()).policies());
    }

    /** Units in each window, and milliseconds until each gives units back. */
    private record States(long[] totals, long[] resets) {}

    private States states(int windows) {
        long[] totals = new long[windows];
        long[] resets = new long[windows];
        for (int i = 0; i < windows; i++) {
            String state = word();
            int colon = state.indexOf(':');
            totals[i] = Long.parseLong(state, 0, colon, 10);
            resets[i] = Long.parseLong(state, colon + 1, state.length(), 10);
        }
        return new States(totals, resets);
    }

    /** Reads a ban in the form {@code LABEL bannedAt expiresAt reason}; expiresAt is 0 for a permanent one. */
    static Ban readBan(String text) {
        GateReplyParser words = new GateReplyParser(text);
        words.at = 0;
        String label = words.word();
        long bannedAt = words.number();
        long expiresAt = words.number();
        if (expiresAt != 0 && expiresAt <= bannedAt) {
            throw new IllegalStateException("not a ban: " + text);
        }
        BanLevel level = expiresAt == 0 ? BanLevel.PERMANENT : new BanLevel(label, expiresAt - bannedAt);
        return new Ban(
                level, words.rest(), bannedAt, expiresAt == 0 ? OptionalLong.empty() : OptionalLong.of(expiresAt));
    }

    /** Writes a ban in that form. */
    static String write(Ban ban) {
        return ban.level().label() + " " + ban.bannedAt() + " "
                + ban.expiresAt().orElse(0) + " " + ban.reason();
    }

    /** Returns the time of a reply on Redis's clock, in milliseconds since the epoch. */
    static long instant(String reply) {
        return new GateReplyParser(reply).instant();
    }

    private long instant() {
        long seconds = number();
        return seconds * 1_000 + number() / 1_000;
    }

    private long number() {
        return Long.parseLong(word());
    }

    private String word() {
        int end = text.indexOf(' ', at);
        if (end < 0) {
            end = text.length();
        }
        String word = text.substring(at, end);
        at = end + 1;
        return word;
    }

    private String rest() {
        return at >= text.length() ? "" : text.substring(at);
    }
}
