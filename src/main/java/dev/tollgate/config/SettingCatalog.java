package dev.tollgate.config;

import dev.tollgate.core.account.UsagePosting;
import dev.tollgate.core.limit.BanLadder;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.usage.UsageCells;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/** Every setting there is, in the order the documentation lists them. */
public final class SettingCatalog {

    private static final List<Setting<?>> ALL = new ArrayList<>();

    public static final Setting<List<String>> REDIS_URL = add(
            "tollgate.redis.url",
            "URL list",
            "",
            "redis://127.0.0.1:6379",
            "Where Redis is: redis:// or rediss://, with user:password@ and /database if needed. Several, separated by"
                    + " commas, name nodes of a Cluster, or with tollgate.redis.sentinel.master Sentinels.",
            Values::redisUrls);

    public static final Setting<String> REDIS_SENTINEL = add(
            "tollgate.redis.sentinel.master",
            "text",
            "",
            "",
            "The name under which Sentinels watch the master; the URLs are then the Sentinels'.",
            Function.identity());

    public static final Setting<String> REDIS_USER =
            add("tollgate.redis.user", "text", "", "", "The ACL user, in place of the URL's.", Function.identity());

    public static final Setting<String> REDIS_PASSWORD = add(
            "tollgate.redis.password",
            "text",
            "",
            "",
            "The password, in place of the URL's: for a credential store or a password alias to fill in.",
            Function.identity());

    public static final Setting<String> REDIS_SEAL = add(
            "tollgate.redis.seal",
            "text",
            "",
            "",
            "The secret, of 32 characters or more, with which nodes seal what Redis says about keys, tiers and bans; the same on"
                    + " all nodes and guards. Without it, WARs share one that PostgreSQL keeps, and a guard believes nothing of it.",
            Values::secret);

    public static final Setting<String> REDIS_SEAL_PREVIOUS = add(
            "tollgate.redis.seal.previous",
            "text",
            "",
            "",
            "A secret whose seals are accepted besides, while tollgate.redis.seal is being changed.",
            Values::secret);

    public static final Setting<String> REDIS_TLS_CA = add(
            "tollgate.redis.tls.ca",
            "path",
            "",
            "",
            "Certificates in PEM form that alone are trusted by rediss://: those of a private authority. By default the JVM's.",
            Function.identity());

    public static final Setting<String> REDIS_CONFIG = add(
            "tollgate.redis.config",
            "path",
            "",
            "",
            "A Redisson YAML file instead of the settings above: replicas, client certificates and all else it knows. What"
                    + " it does not say about calls and connections is as without it.",
            Function.identity());

    public static final Setting<String> REDIS_PREFIX = add(
            "tollgate.redis.prefix",
            "text",
            "",
            "",
            "Put before every Redis key, so that several installations can share a Redis.",
            Values::keyPrefix);

    public static final Setting<Duration> REDIS_BUDGET = add(
            "tollgate.redis.budget",
            "duration",
            "",
            "50ms",
            "The longest Redis may take to answer a request; after that the failure mode does. 1ms to 10s.",
            Values.durationBetween("1ms", "10s"));

    public static final Setting<Duration> REDIS_LATENCY_THRESHOLD = add(
            "tollgate.redis.latency-threshold",
            "duration",
            "",
            "50ms",
            "If one in a hundred of the last minute's decisions, and at least five, waited longer than this for Redis,"
                    + " ready says degraded and a row is written to the audit trail. 0ms for never; up to 1m.",
            Values.durationBetween("0ms", "1m"));

    public static final Setting<FailureMode> REDIS_FAILURE_MODE = add(
            "tollgate.redis.failure-mode",
            "open | local | closed",
            "",
            "open",
            "What answers while Redis cannot: let pass, decide in this node's memory, or 503.",
            Values.oneOf(FailureMode.class));

    public static final Setting<String> DATA_SOURCE = add(
            "tollgate.datasource",
            "JNDI name",
            "",
            "jdbc/tollgate",
            "The server's data source for PostgreSQL, a JTA one. WildFly takes jdbc/tollgate and java:/jdbc/tollgate for the"
                    + " same.",
            Values::jndiName);

    public static final Setting<List<String>> TRUSTED_PROXIES = add(
            "tollgate.trusted-proxies",
            "CIDR list",
            "",
            "",
            "Proxies whose X-Forwarded-For and Forwarded are believed, e.g. 10.0.0.0/8,2001:db8::/32. None by default.",
            Values::list);

    public static final Setting<Integer> ADDRESS_IPV6_PREFIX = add(
            "tollgate.address.ipv6-prefix",
            "bits",
            "",
            "64",
            "The network that a client without a key counts as when its address is IPv6: a prefix length, 32 to 128. Addresses"
                    + " that hold an IPv4 address (mapped, NAT64, 6to4, Teredo) count as that one.",
            Values.integerBetween(32, 128));

    public static final Setting<List<String>> ALLOW_ACCOUNTS = add(
            "tollgate.allow.accounts", "id list", "", "", "Accounts that are never limited nor banned.", Values::list);

    public static final Setting<List<String>> ALLOW_ADDRESSES = add(
            "tollgate.allow.addresses",
            "CIDR list",
            "",
            "",
            "Client addresses that are never limited nor banned.",
            Values::list);

    public static final Setting<List<BanLadder.Step>> BAN_STEPS = add(
            "tollgate.ban.steps",
            "violations=duration list",
            "",
            "5=5m,7=1d,12=permanent",
            "The ban ladder: how many violations bring which ban. Empty for no bans. Addresses never reach permanent.",
            Values::banSteps);

    public static final Setting<Duration> BAN_MEMORY = add(
            "tollgate.ban.memory",
            "duration",
            "",
            "7d",
            "How long after its last violation a caller's violations are forgotten. 1s to 366d.",
            Values.durationBetween("1s", "366d"));

    public static final Setting<String> ROUTES_FILE = add(
            "tollgate.routes.file",
            "path",
            "",
            "",
            "A JSON file of route policies; docs/routes.md gives its format.",
            Function.identity());

    public static final Setting<EncodedSlash> PATHS_ENCODED_SLASH = add(
            "tollgate.paths.encoded-slash",
            "reject | opaque",
            "",
            "reject",
            "What a %2F in a path is where route policies tell paths apart. reject: a path that can be read in two ways, so"
                    + " 400. opaque: a part of its segment, for applications that read it so.",
            Values.oneOf(EncodedSlash.class));

    public static final Setting<List<String>> GUARD_APPLICATIONS = add(
            "tollgate.guard.applications",
            "pattern list",
            "",
            "*",
            "Which applications the guard of a server is put before: context paths, * for any text, ! before one that is left"
                    + " out, / for the root. Such as *,!/hello or /api*.",
            Values::list);

    public static final Setting<List<String>> GUARD_ASYNC = add(
            "tollgate.guard.async",
            "pattern list",
            "",
            "",
            "Guarded applications whose requests wait for Redis without a thread, by the same patterns. They come back as"
                    + " asynchronous dispatches: name only applications all of whose filters are mapped to these too"
                    + " (dispatcher ASYNC), since others are left out of them.",
            Values::list);

    public static final Setting<String> GUARD_ROUTES_FILE = add(
            "tollgate.guard.routes.file",
            "path",
            "",
            "",
            "Route policies for guarded applications, in the format of docs/routes.md; paths are below each application's own.",
            Function.identity());

    public static final Setting<Boolean> LEGACY_HEADERS = add(
            "tollgate.headers.legacy",
            "true | false",
            "",
            "true",
            "Whether answers carry X-RateLimit-Limit, -Remaining and -Reset besides RateLimit and RateLimit-Policy.",
            Values::flag);

    public static final Setting<String> UPLOADS_DIRECTORY = add(
            "tollgate.uploads.directory",
            "path",
            "",
            "",
            "Where the local provider keeps files; by default tollgate-uploads in the server's data directory.",
            Function.identity());

    public static final Setting<Long> UPLOADS_MAX_SIZE = add(
            "tollgate.uploads.max-size",
            "size",
            "bytes",
            "100MiB",
            "The largest file an upload may bring; above it the answer is 413.",
            Values::size);

    public static final Setting<Integer> UPLOADS_PER_CALLER = add(
            "tollgate.uploads.per-caller",
            "number",
            "uploads",
            "0",
            "How many uploads of one caller may be waited for at the same time on a node; further ones get 429. 0 is"
                    + " half of tollgate.uploads.per-node.",
            Values.integerBetween(0, 100_000));

    public static final Setting<Integer> UPLOADS_PER_NODE = add(
            "tollgate.uploads.per-node",
            "number",
            "uploads",
            "0",
            "How many uploads of all callers may be waited for at the same time on a node; further ones get 503."
                    + " 0 is 8 per processor, half of WildFly's threads for requests.",
            Values.integerBetween(0, 100_000));

    public static final Setting<Long> UPLOADS_MIN_RATE = add(
            "tollgate.uploads.min-rate",
            "size",
            "bytes per second",
            "1KiB",
            "How fast a body must come at least, on average over each tollgate.uploads.idle; a slower one is ended with 408.",
            Values::size);

    public static final Setting<Duration> UPLOADS_IDLE = add(
            "tollgate.uploads.idle",
            "duration",
            "",
            "10s",
            "How long a body may bring nothing, and the time over which its rate is measured. 2s to 10m.",
            Values.durationBetween("2s", "10m"));

    public static final Setting<Duration> USAGE_FLUSH = add(
            "tollgate.usage.flush",
            "duration",
            "",
            "20ms",
            "How long recorded usage may wait in memory before it goes to Redis: what a killed server can lose. 1ms to 50ms.",
            Values.durationBetween("1ms", "50ms"));

    public static final Setting<Integer> USAGE_BUFFER = add(
            "tollgate.usage.buffer",
            "number",
            "keys x days",
            "100000",
            "How many merged entries of key and day are kept in memory while Redis is away; beyond it the oldest day goes"
                    + " first and drops are counted.",
            Values.integerBetween(100, 10_000_000));

    public static final Setting<Integer> USAGE_IDS = add(
            "tollgate.usage.ids",
            "number",
            "ids",
            "100000",
            "How many ids of posted usage events are remembered per key and quarter day, for 30 hours and in about 64"
                    + " bytes of Redis each; a batch that would bring more is refused with 429.",
            Values.integerBetween(1_000, 10_000_000));

    public static final Setting<Integer> USAGE_CELLS = add(
            "tollgate.usage.cells",
            "number",
            "cells per minute",
            "50000",
            "What the batches of usage that one caller posts may cost within a minute: a cell for each combination of key, UTC"
                    + " day, provider and media type in a batch, and one for every 50 events. Beyond it the answer is 429. Any"
                    + " batch fits into 1020.",
            Values.integerBetween(UsageCells.MAX_PER_BATCH, 1_000_000_000));

    public static final Setting<UsagePosting> USAGE_POST = add(
            "tollgate.usage.post",
            "any | permitted",
            "",
            "any",
            "Which API keys may post usage: any that is not denied it, or those alone that are permitted it. The key's own"
                    + " postUsage says so.",
            Values.oneOf(UsagePosting.class));

    public static final Setting<Duration> SETTLE_INTERVAL = add(
            "tollgate.settle.interval",
            "duration",
            "",
            "5s",
            "How often pending usage is moved into PostgreSQL. 100ms to 1h.",
            Values.durationBetween("100ms", "1h"));

    public static final Setting<Integer> SETTLE_BATCH = add(
            "tollgate.settle.batch",
            "number",
            "keys",
            "2000",
            "How many keys one settlement transaction moves at most.",
            Values.integerBetween(1, 100_000));

    public static final Setting<Integer> KEY_CACHE = add(
            "tollgate.cache.keys",
            "number",
            "entries",
            "100000",
            "How many API keys a node remembers; unknown ones have a place of the same size of their own.",
            Values.integerBetween(100, 10_000_000));

    public static final Setting<Integer> BAN_CACHE = add(
            "tollgate.cache.bans",
            "number",
            "entries",
            "100000",
            "How many active bans a node remembers, to refuse a banned caller's flood without asking Redis.",
            Values.integerBetween(100, 10_000_000));

    public static final Setting<Integer> AUDIT_BUFFER = add(
            "tollgate.audit.buffer",
            "number",
            "events",
            "10000",
            "How many audit events wait in memory while PostgreSQL is away; beyond it new ones are dropped and counted.",
            Values.integerBetween(10, 1_000_000));

    public static final Setting<Duration> AUDIT_RETENTION = add(
            "tollgate.audit.retention",
            "duration",
            "s, m, h or d",
            "400d",
            "How long audit rows are kept; older ones are deleted in small portions.",
            Values.durationBetween("8d", "36500d"));

    public static final Setting<String> METRICS_ROLE = add(
            "tollgate.metrics.role",
            "text",
            "",
            "",
            "The container role that may read /metrics, such as tollgate-admin. Empty: everybody may.",
            Function.identity());

    public static final Setting<List<String>> ADMIN_HOST = add(
            "tollgate.admin.host",
            "host name list",
            "",
            "",
            "The host names, without a port, under which the console, its sign-in and /api/v1/admin are served, such as"
                    + " admin.example.org; under any other they are 404. Empty: under every name.",
            Values::hostNames);

    public static final Setting<Duration> ADMIN_RECHECK = add(
            "tollgate.admin.recheck",
            "duration",
            "",
            "1m",
            "How often the server's realm is asked again about the user of a session of the console. A user who was removed, or whose"
                    + " password or role was changed, is signed out by then. 1s to 12h.",
            Values.durationBetween("1s", "12h"));

    public static final Setting<List<String>> SIGN_IN_ADDRESSES = add(
            "tollgate.sign-in.addresses",
            "CIDR list",
            "",
            "",
            "Addresses administrators sign in from. Failed sign-ins from elsewhere never use up what is left to them. An address is"
                    + " among them for a user without being named here for 30 days after the user signed in from it. Nobody is kept out.",
            Values::list);

    public static final Setting<Integer> REALM_FAILURES = add(
            "tollgate.sign-in.realm-failures",
            "number",
            "failures",
            "10",
            "The failed sign-in in a row at which the server's realm disables a user; this node passes fewer on. WildFly's is 10 unless"
                    + " wildfly.elytron.realm.ApplicationRealm.brute-force.max-failed-attempts says otherwise. Where several nodes share"
                    + " a directory that locks users: its number divided by the number of nodes. 3 to 1000, or 0 for a realm that"
                    + " disables nobody, such as Payara's file realm: then failures are bounded by address alone.",
            Values.zeroOrBetween(3, 1_000));

    public static final Setting<Duration> REALM_MEMORY = add(
            "tollgate.sign-in.realm-memory",
            "duration",
            "",
            "30m",
            "How long after a user's last failed sign-in the server's realm forgets them: on WildFly"
                    + " wildfly.elytron.realm.ApplicationRealm.brute-force.session-timeout, in minutes. 1m to 7d.",
            Values.durationBetween("1m", "7d"));

    private SettingCatalog() {}

    private static <T> Setting<T> add(
            String name, String type, String unit, String fallback, String doc, Function<String, T> parser) {
        Setting<T> setting = new Setting<>(name, type, unit, fallback, doc, parser);
        ALL.add(setting);
        return setting;
    }

    /** All of them. */
    public static List<Setting<?>> all() {
        return Collections.unmodifiableList(ALL);
    }
}
