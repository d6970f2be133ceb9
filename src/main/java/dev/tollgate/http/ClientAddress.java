package dev.tollgate.http;

import inet.ipaddr.IPAddress;
import java.util.List;
import java.util.Objects;

/**
 * Finds the client behind trusted proxies. Thread-safe; no name is ever resolved.
 *
 * <p>The walk starts at the socket's peer and goes right-to-left through {@code X-Forwarded-For} or {@code Forwarded} (RFC
 * 7239) for as long as the address in hand is a trusted proxy: that proxy wrote the next one. The first address that is not
 * trusted is the client; where all are trusted, the leftmost is. Text to the left of the client was sent by the client and
 * is never looked at, so nothing a client prepends, however long or broken, changes the outcome (fields are read from their
 * right end for that reason, quoted strings included).
 *
 * <p>The client is the peer itself where there is no trusted proxy (the default), where neither field is present, and, then
 * marked {@linkplain Client#doubtful doubtful}, where a trusted proxy's fields cannot be used: the walk meets something that
 * is not an address ({@code unknown}, an obfuscated identifier, control or non-ASCII characters, an element of more than
 * {@value ForwardedHops#MAX_ELEMENT} characters), or more than {@value #MAX_HOPS} trusted hops, or both fields are present
 * and do not lead to the same address. A proxy that writes only one of the fields should drop the other.
 */
public final class ClientAddress {

    /** The most hops walked, and with it the most text read: {@value} elements of each field. */
    public static final int MAX_HOPS = 32;

    /** The caller of requests whose peer has no address that can be read, e.g. on a Unix socket; they share one. */
    public static final String UNKNOWN = "unknown";

    /**
     * A client.
     *
     * @param address its exact address in canonical text: what an allow-list is asked about; {@link #UNKNOWN} if there is
     *     none
     * @param caller whom limits apply to: the IPv4 address whole, of an IPv6 address its /64 such as
     *     {@code 2001:db8:1:2::/64}
     * @param doubtful true if a trusted proxy's fields could not be used, so that this is the proxy's address instead of
     *     the client's: such a request must never pass as allow-listed
     */
    public record Client(String address, String caller, boolean doubtful) {}

    private final AddressRanges trusted;

    /**
     * With the proxies to trust.
     *
     * @param trustedCidrs their ranges, see {@link AddressRanges}; empty to trust nobody
     * @throws IllegalArgumentException naming the first bad range in one line
     */
    public ClientAddress(List<String> trustedCidrs) {
        this(new AddressRanges(trustedCidrs));
    }

    /** With the proxies to trust. */
    public ClientAddress(AddressRanges trusted) {
        this.trusted = Objects.requireNonNull(trusted, "trusted");
    }

    /** Whether any proxy is trusted; if not, a caller may spare itself collecting the header lines. */
    public boolean looksAtHeaders() {
        return !trusted.isEmpty();
    }

    /**
     * Whom limits apply to: {@link Client#caller()} of {@link #find}. Allocates nothing for an IPv4 peer if no proxy is
     * trusted.
     */
    public String of(String peer, List<String> xForwardedFor, List<String> forwarded) {
        if (trusted.isEmpty() && peer != null && AddressText.isPlainIpv4(peer)) {
            return peer;
        }
        return find(peer, xForwardedFor, forwarded).caller();
    }

    /**
     * Finds the client.
     *
     * @param peer the address of the socket's other end, as the container reports it; may be null
     * @param xForwardedFor the lines of that header in the order they came in; empty if absent
     * @param forwarded the lines of that header in the order they came in; empty if absent
     */
    public Client find(String peer, List<String> xForwardedFor, List<String> forwarded) {
        if (peer == null) {
            return new Client(UNKNOWN, UNKNOWN, false);
        }
        if (trusted.isEmpty() && AddressText.isPlainIpv4(peer)) {
            return new Client(peer, peer, false);
        }
        IPAddress address = AddressText.parsePeer(peer);
        if (address == null) {
            return new Client(UNKNOWN, UNKNOWN, false);
        }
        if (trusted.isEmpty() || !trusted.contains(address)) {
            return client(address, false);
        }
        Walk one = walk(new ForwardedHops(xForwardedFor, false));
        Walk other = walk(new ForwardedHops(forwarded, true));
        if (!one.present() && !other.present()) {
            return client(address, false);
        }
        IPAddress found = agreed(one, other);
        return found == null ? client(address, true) : client(found, false);
    }

    private static IPAddress agreed(Walk one, Walk other) {
        if (one.present() && other.present()) {
            return one.client() != null && one.client().equals(other.client()) ? one.client() : null;
        }
        return one.present() ? one.client() : other.client();
    }

    /**
     * Where a field leads.
     *
     * @param present whether it names any hop
     * @param client the client; null if the field cannot be used
     */
    private record Walk(boolean present, IPAddress client) {}

    private Walk walk(ForwardedHops hops) {
        IPAddress last = null;
        for (int hop = 0; hops.next(); hop++) {
            last = hop < MAX_HOPS ? hops.address() : null;
            if (last == null || !trusted.contains(last)) {
                return new Walk(true, last);
            }
        }
        return new Walk(last != null, last);
    }

    private static Client client(IPAddress address, boolean doubtful) {
        return new Client(AddressText.canonical(address), AddressText.callerOf(address), doubtful);
    }
}
