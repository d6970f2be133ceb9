package dev.tollgate.redis.connection;

import dev.tollgate.core.analytics.query.ReportQuery;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.limit.Caller;

/**
 * The names of all keys in Redis, each in one place. Braces are Redis Cluster hash tags: whatever one script touches shares
 * one. An optional prefix goes before all.
 */
public final class RedisKeys {

    /** Ends names of what has a form of its own since it is sealed: the previous release must not read it. */
    private static final String SEALED = ":sealed";

    private final String prefix;

    /**
     * @param prefix put before every key; may be empty, never null
     */
    public RedisKeys(String prefix) {
        this.prefix = prefix;
    }

    /** The month's counter of an account. */
    public String quota(Caller caller, BillingMonth month) {
        return prefix + "quota:{" + caller.id() + "}:" + month;
    }

    /** A temporary ban. */
    public String ban(Caller caller) {
        return prefix + "ban:{" + caller.id() + "}";
    }

    /** A permanent ban; the one key without an expiry. */
    public String permanentBan(Caller caller) {
        return prefix + "perm_ban:{" + caller.id() + "}";
    }

    /** The seal of a permanent ban, by the node that saw it applied. */
    public String permanentBanSeal(Caller caller) {
        return permanentBan(caller) + ":seal";
    }

    /** That a ban was lifted a moment ago, so that an older look into PostgreSQL cannot bring it back. */
    public String lifted(Caller caller) {
        return prefix + "lifted:{" + caller.id() + "}";
    }

    /** A sliding window's log; the scope tells a caller's windows apart and is empty for the caller's own. */
    public String requests(Caller caller, String scope) {
        String own = prefix + "requests:{" + caller.id() + "}";
        return scope.isEmpty() ? own : own + ":" + scope;
    }

    /** The ledger of violations. */
    public String violations(Caller caller) {
        return prefix + "violations:{" + caller.id() + "}";
    }

    /** A caller's last violations. */
    public String violationLog(Caller caller) {
        return violations(caller) + ":log";
    }

    /** All nodes' traffic of one minute since the epoch. */
    public String traffic(long minute) {
        return prefix + "traffic:{traffic}:" + minute;
    }

    /** The name of an account's tier, for nodes of the previous release; nothing here reads it. */
    public String tier(Caller caller) {
        return prefix + "tier:{" + caller.id() + "}";
    }

    /** What an account's batches of posted usage cost this minute, in cells. */
    public String postedCells(String accountId) {
        return prefix + "posted:{" + accountId + "}";
    }

    /** What a presented key's hash resolves to. */
    public String apiKey(String hash) {
        return prefix + "apikey:{" + hash + "}";
    }

    /** Counts every change to accounts, keys, tiers and bans: how a node notices a missed message. */
    public String edition() {
        return prefix + "edition";
    }

    /** The channel on which such changes are told to nodes of the previous release, without a seal. */
    public String changes() {
        return prefix + "changes";
    }

    /** The channel on which such changes are told under seal. */
    public String sealedChanges() {
        return changes() + SEALED;
    }

    /** The channel on which nodes without a database, of the previous release, ask those that have one. */
    public String questions() {
        return prefix + "questions";
    }

    /** The channel on which nodes without a database ask those that have one. */
    public String sealedQuestions() {
        return questions() + SEALED;
    }

    /** The channel on which such a node is answered. */
    public String answers(String node) {
        return prefix + "answers:" + node;
    }

    /** That somebody answers a question. */
    public String asked(String question) {
        return prefix + "asked:{" + question + "}";
    }

    /** Tiers, switched route policies and callers banned for good, for nodes without a database. */
    public String shared() {
        return prefix + "shared";
    }

    /** Audit events and permanent bans on their way from nodes without a database to those that have one. */
    public String handover() {
        return prefix + "handover" + SEALED;
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

    /** Which pending hashes an API key has. */
    public String pending(String keyId) {
        return prefix + "pending:{" + keyId + "}";
    }

    /** What a batch has claimed of an API key: its id, and which hashes. */
    public String claim(String keyId) {
        return prefix + "claim:{" + keyId + "}";
    }

    /** Which hashes a claim holds, named as in {@link #pending}. */
    public String claimMembers(String keyId) {
        return claim(keyId) + ":members";
    }

    /** An API key's ledger: requests recorded and taken away, and the last recording of every source. */
    public String ledger(String keyId) {
        return prefix + "ledger:{" + keyId + "}";
    }

    /** The names of an API key's cached reports. */
    public String reports(String keyId) {
        return prefix + "analytics:keys:{" + keyId + "}";
    }

    /** The settled part of an API key's report. */
    public String report(String keyId, ReportQuery query) {
        return prefix + query.cacheName(keyId);
    }

    /** The last batch acknowledged for an API key. */
    public String settled(String keyId) {
        return prefix + "settled:{" + keyId + "}";
    }

    /** Keys with something pending, by when it was first recorded. */
    public String changed() {
        return prefix + "changed";
    }

    /** The prefix before all keys. */
    public String prefix() {
        return prefix;
    }
}
