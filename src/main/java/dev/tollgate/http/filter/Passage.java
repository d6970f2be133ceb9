package dev.tollgate.http.filter;

import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.problem.Problem;
import dev.tollgate.http.address.ForwardedAddressResolver.Client;

/**
 * Who a request turned out to come from.
 *
 * @param client the client's address
 * @param caller whom limits apply to; null if the request cannot be attributed
 * @param key the key presented; null if none
 * @param problem why it is refused before anything is decided; null if it is not
 * @param guess whether the key presented is none of ours, which counts against the address
 */
record Passage(Client client, Caller caller, ResolvedKey key, Problem problem, boolean guess) {

    static Passage of(Client client, ResolvedKey key) {
        return new Passage(client, Caller.account(key.key().accountId()), key, null, false);
    }

    static Passage anonymous(Client client) {
        return new Passage(client, Caller.address(client.caller()), null, null, false);
    }

    static Passage refused(Client client, Problem problem) {
        return new Passage(client, null, null, problem, false);
    }

    static Passage guessed(Client client, Problem problem) {
        return new Passage(client, Caller.address(client.caller()), null, problem, true);
    }
}
