package dev.tollgate.http.admin;

import java.time.Duration;

/**
 * What the server's realm bears: how many failed sign-ins in a row it takes until it disables a user, and how long it remembers
 * them. WildFly 39 disables a user after 10 failures, for 15 minutes, and forgets failures 30 minutes after the last one.
 *
 * <p>One failure less is passed on at most, and it is shared out: strangers, addresses a user has not signed in from before, may
 * use up three quarters of all but two, and one of them leaves one to the others; the rest is left to addresses the user has signed in from; the last one to a password
 * that was right before.
 *
 * @param most the failure in a row that disables a user, at least 3; 0 for a realm that disables nobody, so that failures are
 *     bounded by address alone
 * @param memory how long after the last failure the realm forgets
 */
record RealmFailures(int most, Duration memory) {

    private boolean bounded() {
        return most > 0;
    }

    /** How many failures strangers may cause together. */
    int ofStrangers() {
        return bounded() ? Math.max(1, (most - 2) * 3 / 4) : Integer.MAX_VALUE;
    }

    /** How many failures one address of a stranger may cause. */
    int ofOneStranger() {
        return bounded() ? Math.max(1, ofStrangers() - 1) : Integer.MAX_VALUE;
    }

    /** How many failures strangers and known addresses may cause together. */
    int ofKnownAddresses() {
        return bounded() ? most - 2 : Integer.MAX_VALUE;
    }

    /** How many failures may be caused at all. */
    int inAll() {
        return bounded() ? most - 1 : Integer.MAX_VALUE;
    }
}
