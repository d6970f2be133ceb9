package dev.tollgate.http.admin;

import dev.tollgate.http.address.CidrSet;
import java.time.Duration;

/**
 * The settings of signing in.
 *
 * @param trusted addresses that administrators sign in from; may be empty
 * @param realmFailures how many failed sign-ins in a row the realm takes until it disables a user; 3 or more
 * @param realmMemory how long after the last failure the realm forgets
 * @param metricsRole the role that may scrape metrics; empty if everybody may
 */
public record LoginRules(CidrSet trusted, int realmFailures, Duration realmMemory, String metricsRole) {}
