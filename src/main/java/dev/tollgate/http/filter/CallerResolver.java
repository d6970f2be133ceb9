package dev.tollgate.http.filter;

import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.account.KeyAccess;
import dev.tollgate.core.account.KeyRefusal;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.account.Scopes;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.problem.Problem;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.gate.ApiKeyCache;
import dev.tollgate.gate.Gate;
import dev.tollgate.http.address.ForwardedAddressResolver;
import dev.tollgate.http.address.ForwardedAddressResolver.Client;
import dev.tollgate.http.address.RequestAddressReader;
import dev.tollgate.http.principal.PrincipalResolver;
import dev.tollgate.http.route.Credentials;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The resolution of a request's caller: the account of its key, or of its principal, or else the client's address. Unknown
 * keys no longer reach the database once their address has used up its guesses. Thread-safe.
 */
public final class CallerResolver {

    private static final long DATABASE_RETRY_SECONDS = 5;
    private static final long NOT_LOOKED_UP_RETRY_SECONDS = 1;

    private final RequestAddressReader addresses;
    private final ApiKeyCache keys;
    private final Gate gate;
    private final GateRequestFactory requests;
    private final LongSupplier clock;
    private final ApiKeyCredential.Reader reader;
    private final PrincipalResolver principals;
    private final KeyNetworks networks = new KeyNetworks();

    /**
     * More than five arguments: one for each thing that tells who a caller is.
     *
     * @param addresses finds the client behind trusted proxies
     * @param keys resolves keys
     * @param gate looks at an address's window before the database is asked about a key
     * @param requests what applies to an address
     * @param clock milliseconds since the epoch, to tell expired keys
     * @param reader says what of a request is a key
     * @param principals finds callers without a key whom the container or a proxy names
     */
    public CallerResolver(
            ForwardedAddressResolver addresses,
            ApiKeyCache keys,
            Gate gate,
            GateRequestFactory requests,
            LongSupplier clock,
            ApiKeyCredential.Reader reader,
            PrincipalResolver principals) {
        this.addresses = new RequestAddressReader(addresses);
        this.keys = keys;
        this.gate = gate;
        this.requests = requests;
        this.clock = clock;
        this.reader = reader;
        this.principals = principals;
    }

    /** Finds out who a request comes from, and puts it into the context. */
    void resolve(RequestContext context) {
        Client client = addresses.resolve(context.request());
        Credentials looked = context.route().credentials();
        if (context.isPreflightOfAddress() || looked == Credentials.NONE) {
            fromAddress(context, client);
            return;
        }
        if (looked == Credentials.PRINCIPAL) {
            withoutKey(context, client);
            return;
        }
        ApiKeyCredential presented = reader.read(context.request());
        switch (presented.kind()) {
            case NONE -> withoutKey(context, client);
            case CONFLICTING -> context.refuse(client, Problems.conflictingKeys());
            // No guess: it can be no key of anybody's here.
            case FOREIGN -> context.refuse(client, Problems.invalidKey());
            case MALFORMED -> context.refuseGuess(client, Problems.invalidKey());
            case WELL_FORMED -> lookUp(context, client, Objects.requireNonNull(presented.hash()));
        }
    }

    private void withoutKey(RequestContext context, Client client) {
        Optional<ResolvedKey> principal;
        try {
            principal = principals.resolve(context.request(), () -> mayGuess(client));
        } catch (DatabaseUnavailableException e) {
            context.refuse(client, Problems.directoryUnavailable(DATABASE_RETRY_SECONDS));
            return;
        }
        if (principal.isPresent()) {
            accept(context, client, principal.get());
            return;
        }
        switch (context.route().credentials()) {
            case REQUIRED -> context.refuse(client, Problems.missingKey());
            case PRINCIPAL -> context.refuse(client, Problems.principalRequired());
            default -> fromAddress(context, client);
        }
    }

    /** A contradicted address would be a second caller for the price of one header field. */
    private static void fromAddress(RequestContext context, Client client) {
        if (client.contradicted()) {
            context.refuse(client, Problems.contradictedAddress());
        } else {
            context.fromAddress(client);
        }
    }

    private void lookUp(RequestContext context, Client client, String hash) {
        Optional<ResolvedKey> found;
        try {
            found = keys.find(hash, () -> isKnownBanned(client), () -> mayGuess(client));
        } catch (ApiKeyCache.LookupRefusedException e) {
            // The key was not looked up. It may be good, so the answer must not call it invalid.
            context.refuseGuess(client, Problems.directoryUnavailable(NOT_LOOKED_UP_RETRY_SECONDS));
            return;
        } catch (DatabaseUnavailableException e) {
            context.refuse(client, Problems.directoryUnavailable(DATABASE_RETRY_SECONDS));
            return;
        }
        if (found.isEmpty()) {
            context.refuseGuess(client, Problems.invalidKey());
            return;
        }
        accept(context, client, found.get());
    }

    /** Takes a known key, or a principal, for the caller, unless it may not be used, or not here. No refusal here is a guess. */
    private void accept(RequestContext context, Client client, ResolvedKey resolved) {
        ApiKey key = resolved.key();
        KeyAccess access = key.access();
        Optional<Problem> unusable = KeyRefusal.of(key, clock.getAsLong());
        if (unusable.isPresent()) {
            context.refuse(client, resolved, unusable.get());
        } else if (!networks.allow(key, client)) {
            context.refuseMisplaced(client, resolved, Problems.addressNotAllowed());
        } else {
            if (access.retirement() != null) {
                context.announceRetirement(key);
            }
            if (access.scopes().include(context.route().scopes())) {
                context.fromAccount(client, resolved);
            } else {
                context.refuse(
                        client, resolved, insufficientScope(context.route().scopes()));
            }
        }
    }

    private static Problem insufficientScope(Scopes demanded) {
        String names = demanded.text();
        return Problems.insufficientScope(
                names,
                "This route asks for the scopes " + names
                        + ", and the caller does not have all of them. An administrator can add them to its key.");
    }

    private boolean isKnownBanned(Client client) {
        return gate.knowsBan(Caller.address(client.caller())) && !requests.allows(client);
    }

    /** Whether the address could be admitted right now; looking consumes nothing, so that good keys never pay for it. */
    private boolean mayGuess(Client client) {
        if (requests.allows(client)) {
            return true;
        }
        Caller caller = Caller.address(client.caller());
        return gate.decide(requests.createForGuess(caller).asPeek(), FailureMode.LOCAL)
                .passes();
    }
}
