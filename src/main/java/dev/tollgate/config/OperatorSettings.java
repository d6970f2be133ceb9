package dev.tollgate.config;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** Settings of the database, caches, the audit trail, metrics and administration. */
interface OperatorSettings {

    Setting<String> DATA_SOURCE = new Setting<>(
            "tollgate.datasource",
            "JNDI name",
            "",
            "jdbc/tollgate",
            "The server's JTA data source for PostgreSQL. On WildFly, `jdbc/tollgate` and "
                    + "`java:/jdbc/tollgate` are the same.",
            Values::jndiName);

    Setting<Integer> KEY_CACHE = new Setting<>(
            "tollgate.cache.keys",
            "number",
            "entries",
            "100000",
            "The number of API keys that a node caches. Unknown keys have a cache of the same size.",
            Values.integerBetween(100, 10_000_000));

    Setting<Integer> BAN_CACHE = new Setting<>(
            "tollgate.cache.bans",
            "number",
            "entries",
            "100000",
            "The number of active bans that a node caches, so that it refuses a banned caller without Redis.",
            Values.integerBetween(100, 10_000_000));

    Setting<Integer> AUDIT_BUFFER = new Setting<>(
            "tollgate.audit.buffer",
            "number",
            "events",
            "10000",
            "The number of audit events in memory while PostgreSQL is unavailable. Beyond it, new events are "
                    + "dropped and counted.",
            Values.integerBetween(10, 1_000_000));

    Setting<Duration> AUDIT_RETENTION = new Setting<>(
            "tollgate.audit.retention",
            "duration",
            "s, m, h or d",
            "400d",
            "The age at which rows of the audit trail are deleted. 8d to 36500d.",
            Values.durationBetween("8d", "36500d"));

    Setting<Integer> REFUSALS_ROWS = new Setting<>(
            "tollgate.refusals.rows",
            "number",
            "rows",
            "200",
            "The number of rows that a node or guard writes about refusals within a minute, half of them about addresses "
                    + "at most. Further refusals are counted without their caller. 10 to 1000; 0 writes nothing.",
            Values.zeroOrBetween(10, 1_000));

    Setting<Duration> REFUSALS_RETENTION = new Setting<>(
            "tollgate.refusals.retention",
            "duration",
            "h or d",
            "30d",
            "The age at which rows about refusals are deleted. 1h to 400d.",
            Values.durationBetween("1h", "400d"));

    Setting<Duration> STOP_GRACE = new Setting<>(
            "tollgate.stop.grace",
            "duration",
            "ms, s or m",
            "0s",
            "The time for which requests are still served when the server stops. `/health/ready` is 503 from its "
                    + "beginning on, so that a load balancer sends requests elsewhere. The stop takes half a second more than that. "
                    + "0s to 5m.",
            Values.durationBetween("0s", "5m"));

    Setting<String> METRICS_ROLE = new Setting<>(
            "tollgate.metrics.role",
            "text",
            "",
            "",
            "The container role that may read `/metrics`, such as `tollgate-metrics`. With `tollgate-viewer`,"
                    + " administrators may too. Payara knows `tollgate-admin`, `tollgate-viewer` and `tollgate-metrics` alone."
                    + " Empty means that anyone may.",
            Function.identity());

    Setting<List<String>> ADMIN_HOST = new Setting<>(
            "tollgate.admin.host",
            "host name list",
            "",
            "",
            "The host names, without a port, that serve the console, its sign-in and `/api/v1/admin`, such as "
                    + "`admin.example.org`. Other names get 404 there. Empty means any name.",
            Values::hostNames);

    Setting<Duration> ADMIN_RECHECK = new Setting<>(
            "tollgate.admin.recheck",
            "duration",
            "",
            "1m",
            "The interval at which the server's realm is asked again about the user of a console session. A "
                    + "user who was removed, or whose password or role changed, is signed out then. 1s to 12h.",
            Values.durationBetween("1s", "12h"));

    Setting<List<String>> SIGN_IN_ADDRESSES = new Setting<>(
            "tollgate.sign-in.addresses",
            "CIDR list",
            "",
            "",
            "The addresses administrators sign in from. Failed sign-ins from other addresses do not use up "
                    + "their attempts. An address counts as one of them for a user for 30 days after the user signed in "
                    + "from it. The setting excludes no address.",
            Values::list);

    Setting<Integer> REALM_FAILURES = new Setting<>(
            "tollgate.sign-in.realm-failures",
            "number",
            "failures",
            "10",
            "The number of failed sign-ins in a row at which the server's realm disables a user. A node "
                    + "passes fewer to the realm. WildFly's number is 10, unless "
                    + "`wildfly.elytron.realm.ApplicationRealm.brute-force.max-failed-attempts` sets another. If "
                    + "several nodes share a directory that locks users, divide its number by the number of nodes. 3 to "
                    + "1000; 0 for a realm that disables no users, such as Payara's file realm.",
            Values.zeroOrBetween(3, 1_000));

    Setting<Duration> REALM_MEMORY = new Setting<>(
            "tollgate.sign-in.realm-memory",
            "duration",
            "",
            "30m",
            "The time after a user's last failed sign-in until the server's realm forgets the failures. On "
                    + "WildFly it is `wildfly.elytron.realm.ApplicationRealm.brute-force.session-timeout`, in minutes. "
                    + "1m to 7d.",
            Values.durationBetween("1m", "7d"));

    /** The settings of this interface, in the order of the documentation. */
    List<Setting<?>> OPERATOR = List.of(
            DATA_SOURCE,
            KEY_CACHE,
            BAN_CACHE,
            AUDIT_BUFFER,
            AUDIT_RETENTION,
            REFUSALS_ROWS,
            REFUSALS_RETENTION,
            STOP_GRACE,
            METRICS_ROLE,
            ADMIN_HOST,
            ADMIN_RECHECK,
            SIGN_IN_ADDRESSES,
            REALM_FAILURES,
            REALM_MEMORY);
}
