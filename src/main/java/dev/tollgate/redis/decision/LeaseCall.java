package dev.tollgate.redis.decision;

import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.GateRequest;
import dev.tollgate.core.limit.LeaseGrant;
import dev.tollgate.core.limit.LeaseRequest;
import dev.tollgate.core.limit.UnreadableStateException;
import dev.tollgate.redis.connection.RedisKeys;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys and arguments of one run of {@code lease.lua}, and its reply. The comment of the script describes both.
 *
 * @param request what is asked for
 * @param month the month the units would be charged to
 */
record LeaseCall(LeaseRequest request, BillingMonth month) {

    List<String> keys(RedisKeys keys) {
        GateRequest policies = request.policies();
        Caller caller = policies.caller();
        List<String> names = new ArrayList<>(6 + policies.windows().size());
        names.add(keys.permanentBan(caller));
        names.add(keys.ban(caller));
        LimitArguments.addCounterKeys(names, keys, policies, month);
        names.add(keys.leases(caller));
        if (caller.isAccount()) {
            request.report().ifPresent(report -> names.add(keys.quota(caller, report.month())));
        }
        return names;
    }

    String[] arguments() {
        GateRequest policies = request.policies();
        List<String> words = new ArrayList<>(14 + 2 * policies.windows().size());
        words.add(Integer.toString(
                (policies.caller().isAccount() ? 1 : 0) + (request.report().isPresent() ? 2 : 0)));
        words.add(Integer.toString(policies.windows().size()));
        LimitArguments.addWindows(words, policies.windows());
        LimitArguments.addQuota(words, policies, month);
        words.add(request.id());
        words.add(Integer.toString(request.wanted()));
        words.add(Long.toString(request.leadMillis()));
        words.add(Integer.toString(LeaseRequest.MIN_UNITS));
        words.add(Integer.toString(LeaseRequest.SHARE));
        words.add(Long.toString(LeaseRequest.REPORT_MILLIS));
        request.report().ifPresent(report -> {
            words.add(report.id());
            words.add(Long.toString(report.datedAt()));
            words.add(Long.toString(report.spent()));
            words.add(Long.toString(report.month().startMillis()));
        });
        return words.toArray(String[]::new);
    }

    /**
     * Reads the reply.
     *
     * @throws UnreadableStateException if it is none of the script's
     */
    LeaseGrant read(String reply) {
        try {
            return switch (reply.charAt(0)) {
                case 'N' -> LeaseGrant.NONE;
                case 'B' -> LeaseGrant.refused(LeaseGrant.Outcome.BANNED, 0);
                case 'S' -> LeaseGrant.refused(LeaseGrant.Outcome.STATE_MISSING, GateReplyParser.instant(reply));
                case 'M' -> LeaseGrant.refused(LeaseGrant.Outcome.OTHER_MONTH, GateReplyParser.instant(reply));
                case 'G' -> GateReplyParser.readGrant(reply, request, month);
                default -> throw new IllegalStateException("not a reply about a lease: " + reply);
            };
        } catch (IllegalArgumentException | IndexOutOfBoundsException | IllegalStateException e) {
            throw new UnreadableStateException(e);
        }
    }
}
