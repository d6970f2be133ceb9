package dev.tollgate.http.filter;

import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.limit.Caller;
import dev.tollgate.core.limit.FailureMode;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.gate.ApiKeyCache;
import dev.tollgate.gate.Gate;
import dev.tollgate.http.address.ClientAddressResolver;
import dev.tollgate.http.address.ForwardedAddressResolver;
import dev.tollgate.http.address.ForwardedAddressResolver.Client;
import dev.tollgate.http.route.Preflight;
import dev.tollgate.http.route.RoutePolicy;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Finds out who a request comes from: the account of its key, or else the client's address. A key that is none of ours never
 * reaches the database once its address has used up its guesses. Thread-safe.
 */
public final class CallerResolver {

    private static final long DATABASE_RETRY_SECONDS = 5;
    private static final long NOT_LOOKED_UP_RETRY_SECONDS = 1;

    private final ClientAddressResolver addresses;
    private final ApiKeyCache keys;
    private final Gate gate;
    private final GateRequestFactory requests;
    private final LongSupplier clock;
    private final Function<HttpServletRequest, ApiKeyCredential> reader;

    /**
     * @param addresses finds the client behind trusted proxies
     * @param keys resolves keys
     * @param gate looks at an address's window before the database is asked about a key
     * @param requests what applies to an address
     * @param clock milliseconds since the epoch, to tell expired keys
     */
    public CallerResolver(
            ForwardedAddressResolver addresses,
            ApiKeyCache keys,
            Gate gate,
            GateRequestFactory requests,
            LongSupplier clock) {
        this(addresses, keys, gate, requests, clock, ApiKeyCredential::of);
    }

    /** The same, with a say in what of a request is a key. */
    public CallerResolver(
            ForwardedAddressResolver addresses,
            ApiKeyCache keys,
            Gate gate,
            GateRequestFactory requests,
            LongSupplier clock,
            Function<HttpServletRequest, ApiKeyCredential> reader) {
        this.addresses = new ClientAddressResolver(addresses);
        this.keys = keys;
        this.gate = gate;
        this.requests = requests;
        this.clock = clock;
        this.reader = reader;
    }

    /** Who a request comes from. */
    Passage resolve(HttpServletRequest request, RoutePolicy route) {
        Client client = addresses.resolve(request);
        if (route.preflight() == Preflight.ADDRESS && Preflight.isOne(request)) {
            return anonymous(client);
        }
        ApiKeyCredential presented = reader.apply(request);
        return switch (presented.kind()) {
            case NONE -> route.keyRequired() ? Passage.refused(client, Problems.missingKey()) : anonymous(client);
            case CONFLICTING -> Passage.refused(client, Problems.conflictingKeys());
            case MALFORMED -> Passage.guessed(client, Problems.invalidKey());
            case WELL_FORMED -> lookUp(client, presented.hash());
        };
    }

    /** As the proxy a request would have a second caller to be, for the price of one header field. */
    private static Passage anonymous(Client client) {
        return client.contradicted()
                ? Passage.refused(client, Problems.contradictedAddress())
                : Passage.anonymous(client);
    }

    private Passage lookUp(Client client, String hash) {
        Optional<ResolvedKey> found;
        try {
            found = keys.find(hash, () -> isKnownBanned(client), () -> mayGuess(client));
        } catch (ApiKeyCache.LookupRefusedException e) {
            // Nobody looked: the key may be good, so it must not be called invalid.
            return Passage.guessed(client, Problems.directoryUnavailable(NOT_LOOKED_UP_RETRY_SECONDS));
        } catch (DatabaseUnavailableException e) {
            return Passage.refused(client, Problems.directoryUnavailable(DATABASE_RETRY_SECONDS));
        }
        if (found.isEmpty()) {
            return Passage.guessed(client, Problems.invalidKey());
        }
        ResolvedKey key = found.get();
        if (!key.key().active()) {
            return Passage.refused(client, Problems.inactiveKey());
        }
        if (key.key().expiredAt(clock.getAsLong())) {
            return Passage.refused(client, Problems.expiredKey());
        }
        return Passage.of(client, key);
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
        return gate.decide(requests.createForGuess(caller).uncharged(), FailureMode.LOCAL)
                .passes();
    }
}
