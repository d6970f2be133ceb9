package dev.tollgate.http.address;

import dev.tollgate.http.address.ForwardedAddressResolver.Client;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/**
 * An adapter that reads a servlet request's peer and forwarding fields for {@link ForwardedAddressResolver}, which has the
 * rule. Thread-safe.
 *
 * @param addresses the rule
 */
public record RequestAddressReader(ForwardedAddressResolver addresses) {

    /** The client of a request. */
    public Client resolve(HttpServletRequest request) {
        if (!addresses.readsHeaders()) {
            return addresses.resolve(request.getRemoteAddr(), List.of(), List.of());
        }
        return addresses.resolve(
                request.getRemoteAddr(),
                values(request.getHeaders("X-Forwarded-For")),
                values(request.getHeaders("Forwarded")));
    }

    private static List<String> values(Enumeration<String> values) {
        return values == null ? List.of() : Collections.list(values);
    }
}
