package dev.tollgate.config;

import dev.tollgate.core.limit.BanLadder;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** Settings of callers, limits, bans, routes and the guard. */
interface GateSettings {

    Setting<List<String>> TRUSTED_PROXIES = new Setting<>(
            "tollgate.trusted-proxies",
            "CIDR list",
            "",
            "",
            "The proxies whose `X-Forwarded-For` and `Forwarded` are used, such as "
                    + "`10.0.0.0/8,2001:db8::/32`. By default none.",
            Values::list);

    Setting<Integer> ADDRESS_IPV6_PREFIX = new Setting<>(
            "tollgate.address.ipv6-prefix",
            "bits",
            "",
            "64",
            "The length of the prefix by which IPv6 clients without a key are counted, 32 to 128. An address "
                    + "that contains an IPv4 address (mapped, NAT64, 6to4, Teredo) counts as that one.",
            Values.integerBetween(32, 128));

    Setting<List<String>> ALLOW_ACCOUNTS = new Setting<>(
            "tollgate.allow.accounts", "id list", "", "", "Accounts that are never limited or banned.", Values::list);

    Setting<List<String>> ALLOW_ADDRESSES = new Setting<>(
            "tollgate.allow.addresses",
            "CIDR list",
            "",
            "",
            "Client addresses that are never limited or banned.",
            Values::list);

    Setting<List<String>> KEYS_PREFIXES = new Setting<>(
            "tollgate.keys.prefixes",
            "text list",
            "",
            "tg_",
            "What API keys begin with; new keys begin with the first. Only presented texts that begin with one of these "
                    + "are looked up. At `/api/v1/check` and before guarded applications, all others are credentials of "
                    + "another system and are ignored. Keep a prefix as long as keys with it are in use, and set the "
                    + "same on all nodes and guards. Each has 2 to 32 letters, digits and `.`, `_` or `-`.",
            Values::keyPrefixes);

    Setting<String> PRINCIPALS = new Setting<>(
            "tollgate.principals",
            "`off`, `container` or `header:NAME`",
            "",
            "off",
            "Who callers without an API key are. `container`: whom the server has authenticated, by OIDC, Kerberos, mutual TLS "
                    + "or any other means. `header:NAME`: whom one of `tollgate.trusted-proxies` names in that header field. "
                    + "`off`: their addresses.",
            String::strip);

    Setting<UnknownPrincipals> PRINCIPALS_UNKNOWN = new Setting<>(
            "tollgate.principals.unknown",
            "`address` or `create`",
            "",
            "address",
            "What a principal without an account is: its address, or the holder of a new account, made at first sight.",
            Values.oneOf(UnknownPrincipals.class));

    Setting<List<String>> PRINCIPALS_TIERS = new Setting<>(
            "tollgate.principals.tiers",
            "ROLE=TIER list",
            "",
            "*=free",
            "The tiers of accounts made at first sight. The first role that the principal has decides; `*` is everybody. A "
                    + "proxy names no roles, so with `header:NAME` only `*` counts.",
            Values::list);

    Setting<Integer> PRINCIPALS_MAX = new Setting<>(
            "tollgate.principals.max",
            "number",
            "",
            "10000",
            "How many principals there may be before no more accounts are made at first sight. 1 to 1000000.",
            Values.integerBetween(1, 1_000_000));

    Setting<List<BanLadder.Step>> BAN_STEPS = new Setting<>(
            "tollgate.ban.steps",
            "violations=duration list",
            "",
            "5=5m,7=1d,12=permanent",
            "The ban ladder: the number of violations and the ban that follows. Empty means no bans. "
                    + "Addresses are never banned permanently.",
            Values::banSteps);

    Setting<Duration> BAN_MEMORY = new Setting<>(
            "tollgate.ban.memory",
            "duration",
            "",
            "7d",
            "The time after a caller's last violation until its violations are deleted. 1s to 366d.",
            Values.durationBetween("1s", "366d"));

    Setting<Duration> LEASE_LENGTH = new Setting<>(
            "tollgate.lease.length",
            "duration",
            "",
            "300ms",
            "How long a node may admit requests of a caller from units that it took from Redis ahead of need. Callers get "
                    + "such a lease who ask a node 8 times or more within that time, under limits of 400 or more. `0ms` "
                    + "means that every request is decided in Redis. 0ms to 1s.",
            Values.durationBetween("0ms", "1s"));

    Setting<String> ROUTES_FILE = new Setting<>(
            "tollgate.routes.file",
            "path",
            "",
            "",
            "A JSON file of route policies. docs/routes.md describes its format.",
            Function.identity());

    Setting<EncodedSlash> PATHS_ENCODED_SLASH = new Setting<>(
            "tollgate.paths.encoded-slash",
            "reject | opaque",
            "",
            "reject",
            "How route policies treat `%2F` in a path. `reject`: the path is ambiguous and gets 400. "
                    + "`opaque`: it is part of its segment, for applications that read it so.",
            Values.oneOf(EncodedSlash.class));

    Setting<List<String>> GUARD_APPLICATIONS = new Setting<>(
            "tollgate.guard.applications",
            "pattern list",
            "",
            "*",
            "The applications that a server's guard protects, as patterns of context paths. `*` matches any "
                    + "text, `!` before a pattern excludes, and `/` is the root application. Examples: `*,!/hello` and "
                    + "`/api*`.",
            Values::list);

    Setting<List<String>> GUARD_ASYNC = new Setting<>(
            "tollgate.guard.async",
            "pattern list",
            "",
            "",
            "Guarded applications whose requests wait for Redis without a thread, by the same patterns. Their "
                    + "requests continue as asynchronous dispatches. Name only applications whose filters are all "
                    + "mapped to the dispatcher ASYNC; other filters would be skipped.",
            Values::list);

    Setting<String> GUARD_ROUTES_FILE = new Setting<>(
            "tollgate.guard.routes.file",
            "path",
            "",
            "",
            "A JSON file of route policies for guarded applications, in the format of docs/routes.md. Paths "
                    + "are relative to each application's context path.",
            Function.identity());

    Setting<Boolean> LEGACY_HEADERS = new Setting<>(
            "tollgate.headers.legacy",
            "true | false",
            "",
            "true",
            "Whether responses have `X-RateLimit-Limit`, `-Remaining` and `-Reset` in addition to `RateLimit` "
                    + "and `RateLimit-Policy`.",
            Values::flag);

    Setting<List<String>> CORS_ORIGINS = new Setting<>(
            "tollgate.cors.origins",
            "origin list",
            "",
            "",
            "The origins whose pages may read refusals and Tollgate's own answers (CORS), such as "
                    + "`https://shop.example,https://admin.example:8443`, or `*` for all. By default none. The console and "
                    + "`/api/v1/admin` are left out.",
            Values::origins);

    Setting<Boolean> CORS_CREDENTIALS = new Setting<>(
            "tollgate.cors.credentials",
            "true | false",
            "",
            "false",
            "Whether pages of these origins may send cookies and other credentials that a browser adds by itself, and "
                    + "read the answers. It cannot be used with `*`. API keys in header fields need no such permission.",
            Values::flag);

    /** The settings of this interface, in the order of the documentation. */
    List<Setting<?>> GATE = List.of(
            TRUSTED_PROXIES,
            ADDRESS_IPV6_PREFIX,
            ALLOW_ACCOUNTS,
            ALLOW_ADDRESSES,
            KEYS_PREFIXES,
            PRINCIPALS,
            PRINCIPALS_UNKNOWN,
            PRINCIPALS_TIERS,
            PRINCIPALS_MAX,
            BAN_STEPS,
            BAN_MEMORY,
            LEASE_LENGTH,
            ROUTES_FILE,
            PATHS_ENCODED_SLASH,
            GUARD_APPLICATIONS,
            GUARD_ASYNC,
            GUARD_ROUTES_FILE,
            LEGACY_HEADERS,
            CORS_ORIGINS,
            CORS_CREDENTIALS);
}
