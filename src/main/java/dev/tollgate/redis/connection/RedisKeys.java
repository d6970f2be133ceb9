package dev.tollgate.redis.connection;

import dev.tollgate.core.analytics.query.ReportQuery;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;
import java.util.List;
import java.util.stream.Stream;

/**
 * The names of all keys and channels in Redis, with an optional prefix.
 *
 * <p>Braces are hash tags of Redis Cluster: all keys of one script have the same tag, so they lie in one slot. Immutable.
 */
public final class RedisKeys {

    /** The suffix of names whose sealed form the previous release must not read. */
    private static final String SEALED = ":sealed";

    private final String prefix;

    /**
     * @param prefix put before every key; may be empty, never null
     */
    public RedisKeys(String prefix) {
        this.prefix = prefix;
    }

    /** An account's counter of a month: units used, as a number. */
    public String quota(Caller caller, BillingMonth month) {
        return prefix + "quota:{" + caller.id() + "}:" + month;
    }

    /** The quota warnings that were given to an account in a month, in percent. */
    public String quotaWarnings(Caller caller, BillingMonth month) {
        return prefix + "quota_warned:{" + caller.id() + "}:" + month;
    }

    /** A temporary ban; expires with it. */
    public String ban(Caller caller) {
        return prefix + "ban:{" + caller.id() + "}";
    }

    /** A permanent ban, without an expiry. */
    public String permanentBan(Caller caller) {
        return prefix + "perm_ban:{" + caller.id() + "}";
    }

    /** The seal of a permanent ban, written by the node that applied it. */
    public String permanentBanSeal(Caller caller) {
        return permanentBan(caller) + ":seal";
    }

    /** A mark that a ban was lifted within the last minute, so that an older read of PostgreSQL does not restore it. */
    public String lifted(Caller caller) {
        return prefix + "lifted:{" + caller.id() + "}";
    }

    /** The log of a sliding window. The scope names a route's window and is empty for the caller's own. */
    public String requests(Caller caller, String scope) {
        String own = prefix + "requests:{" + caller.id() + "}";
        return scope.isEmpty() ? own : own + ":" + scope;
    }

    /** The leases of a caller that are not reported yet. Expires a few seconds after the latest. */
    public String leases(Caller caller) {
        return prefix + "leases:{" + caller.id() + "}";
    }

    /** The count of violations, with the time of the last one. */
    public String violations(Caller caller) {
        return prefix + "violations:{" + caller.id() + "}";
    }

    /** The list of a caller's last violations. */
    public String violationLog(Caller caller) {
        return violations(caller) + ":log";
    }

    /** The traffic of all nodes in one minute, counted since the epoch. */
    public String traffic(long minute) {
        return prefix + "traffic:{traffic}:" + minute;
    }

    /** The name of an account's tier. This release writes it for nodes of the previous release and does not read it. */
    public String tier(Caller caller) {
        return prefix + "tier:{" + caller.id() + "}";
    }

    /** The cells an account's posted usage has cost this minute. */
    public String postedCells(String accountId) {
        return prefix + "posted:{" + accountId + "}";
    }

    /** The API key of a hash, sealed. */
    public String apiKey(String hash) {
        return prefix + "apikey:{" + hash + "}";
    }

    /** The count of all changes to accounts, keys, tiers and bans, by which a node notices a missed message. */
    public String edition() {
        return prefix + "edition";
    }

    /** The channel of changes for nodes of the previous release, without seals. */
    public String changes() {
        return prefix + "changes";
    }

    /** The channel of changes, sealed. */
    public String sealedChanges() {
        return changes() + SEALED;
    }

    /** The channel of questions from guards of the previous release, without seals. */
    public String questions() {
        return prefix + "questions";
    }

    /** The channel of questions from guards to nodes with a database, sealed. */
    public String sealedQuestions() {
        return questions() + SEALED;
    }

    /** The channel of the answers for one guard. */
    public String answers(String node) {
        return prefix + "answers:" + node;
    }

    /** The claim of the node that answers a question. */
    public String asked(String question) {
        return prefix + "asked:{" + question + "}";
    }

    /** The configuration snapshot for guards: tiers, switched route policies and permanent bans. */
    public String configSnapshot() {
        return prefix + "shared";
    }

    /** The windows of all nodes' route policies, which a reset of a caller empties. */
    public String routeWindows() {
        return prefix + "route_windows";
    }

    /** The outboxes of guards: audit events and permanent bans for nodes with a database. */
    public String outboxes() {
        return prefix + "handover" + SEALED;
    }

    /** The outboxes of guards for refusals: rows for nodes with a database. */
    public String refusals() {
        return prefix + "handover:refusals" + SEALED;
    }

    /** An API key's pending totals. */
    public String metrics(String keyId) {
        return prefix + "metrics:apikey:{" + keyId + "}";
    }

    /** An API key's pending totals with one provider. */
    public String metrics(String keyId, String provider) {
        return prefix + "metrics:provider:{" + keyId + "}:" + provider;
    }

    /** An API key's pending totals of one UTC day. */
    public String daily(String keyId, Object day) {
        return prefix + "daily:" + day + ":apikey:{" + keyId + "}";
    }

    /** An API key's pending totals of one UTC day with one provider. */
    public String daily(String keyId, Object day, String provider) {
        return prefix + "daily:" + day + ":provider:{" + keyId + "}:" + provider;
    }

    /** The set of names of an API key's pending hashes. */
    public String pending(String keyId) {
        return prefix + "pending:{" + keyId + "}";
    }

    /** The ID of the batch that has claimed an API key's usage. */
    public String claim(String keyId) {
        return prefix + "claim:{" + keyId + "}";
    }

    /** The set of names of the hashes in a claim, as in {@link #pending}. */
    public String claimMembers(String keyId) {
        return claim(keyId) + ":members";
    }

    /** An API key's ledger: requests recorded and taken, and the last recording of every source. */
    public String ledger(String keyId) {
        return prefix + "ledger:{" + keyId + "}";
    }

    /** The set of names of an API key's cached reports. */
    public String reports(String keyId) {
        return prefix + "analytics:keys:{" + keyId + "}";
    }

    /** The settled part of an API key's report. */
    public String report(String keyId, ReportQuery query) {
        return prefix + query.cacheName(keyId);
    }

    /** The ID of the last batch acknowledged for an API key. */
    public String settled(String keyId) {
        return prefix + "settled:{" + keyId + "}";
    }

    /** The index of API keys with pending usage, by the time of its first recording. */
    public String changed() {
        return prefix + "changed";
    }

    /** The prefix before all keys. */
    public String prefix() {
        return prefix;
    }

    /** A key that means nothing, for a probe of commands. */
    public String probe() {
        return prefix + "probe:{probe}";
    }

    /**
     * Keys whose names begin alike.
     *
     * @param pattern how an ACL would name them
     * @param example one of them, of nobody
     * @param use what needs them, in words
     */
    public record Family(String pattern, String example, String use) implements Comparable<Family> {

        @Override
        public int compareTo(Family other) {
            return pattern.compareTo(other.pattern);
        }
    }

    /** All families of keys. */
    public List<Family> families() {
        Caller nobody = Caller.account("probe");
        BillingMonth month = BillingMonth.at(0);
        String decisions = "decisions about requests";
        String usage = "the recording and settlement of usage";
        String nodes = "edits on other nodes, and guards";
        return Stream.of(
                        family(quota(nobody, month), decisions),
                        family(ban(nobody), decisions),
                        family(permanentBan(nobody), decisions),
                        family(requests(nobody, ""), decisions),
                        family(violations(nobody), decisions),
                        family(leases(nobody), "leases, so every request is decided in Redis"),
                        family(lifted(nobody), "lifting bans"),
                        family(quotaWarnings(nobody, month), "quota warnings"),
                        family(apiKey("probe"), "the cache of API keys in Redis"),
                        family(tier(nobody), "the cache of API keys in Redis"),
                        family(metrics("probe"), usage),
                        family(daily("probe", "1970-01-01"), usage),
                        family(pending("probe"), usage),
                        family(claim("probe"), usage),
                        family(ledger("probe"), usage),
                        family(settled("probe"), usage),
                        family(changed(), usage),
                        family(reports("probe"), "reports"),
                        family(prefix + "seen:{probe}:0", "posted usage"),
                        family(postedCells("probe"), "posted usage"),
                        family(traffic(0), "traffic in the console"),
                        family(edition(), nodes),
                        family(configSnapshot(), nodes),
                        family(routeWindows(), "resets of limits"),
                        family(outboxes(), nodes),
                        family(asked("probe"), nodes))
                .toList();
    }

    private Family family(String example, String use) {
        int colon = example.indexOf(':', prefix.length());
        return new Family(colon < 0 ? example : example.substring(0, colon) + ":*", example, use);
    }
}
