package dev.tollgate.http;

import java.time.Duration;

/**
 * What the server's realm bears: how many failed sign-ins in a row it takes until it disables a user, and how long it remembers
 * them. WildFly 39 disables a user after 10 failures, for 15 minutes, and forgets failures 30 minutes after the last one.
 *
 * <p>One failure less is passed on at most, and it is shared out: strangers, addresses a user has not signed in from before, may
 * use up three quarters of all but two; the rest is left to addresses the user has signed in from; the last one to a password
 * that was right before.
 *
 * @param most the failure in a row that disables a user; at least 3
 * @param memory how long after the last failure the realm forgets
 */
record RealmFailures(int most, Duration memory) {

    /** How many failures strangers may cause together. */
    int ofStrangers() {
        return Math.max(1, (most - 2) * 3 / 4);
    }

    /** How many failures one address of a stranger may cause. */
    int ofOneStranger() {
        return (ofStrangers() + 1) / 2;
    }

    /** How many failures strangers and known addresses may cause together. */
    int ofKnownAddresses() {
        return most - 2;
    }

    /** How many failures may be caused at all. */
    int inAll() {
        return most - 1;
    }
}
