package dev.tollgate.http.address;

import dev.tollgate.core.problem.LogText;
import inet.ipaddr.IPAddress;
import inet.ipaddr.ipv4.IPv4Address;
import inet.ipaddr.ipv4.IPv4AddressTrie;
import inet.ipaddr.ipv6.IPv6AddressTrie;
import java.util.List;

/**
 * A fixed set of address ranges in CIDR form: trusted proxies, or addresses that are never limited. Immutable after
 * construction and so safe for any number of threads; a lookup takes time proportional to the address's bits, however many
 * ranges there are.
 */
public final class CidrSet {

    /** No address at all. */
    public static final CidrSet NONE = new CidrSet(List.of());

    /** How many bits come before an IPv4 address within an IPv6 address. */
    private static final int EMBEDDING = 96;

    private final IPv4AddressTrie ipv4 = new IPv4AddressTrie();
    private final IPv6AddressTrie ipv6 = new IPv6AddressTrie();
    private final boolean empty;

    /**
     * Reads the ranges.
     *
     * @param cidrs ranges such as {@code 10.0.0.0/8} or {@code 2001:db8::/32}, or single addresses; may be empty.
     *     IPv6 ranges of /96 and longer that hold IPv4 ({@link EmbeddedIpv4#same}) stand for the IPv4 range
     * @throws IllegalArgumentException naming, in one line, the first entry that is not a range or has bits set beyond its
     *     prefix length
     */
    public CidrSet(List<String> cidrs) {
        for (String cidr : cidrs) {
            add(cidr);
        }
        this.empty = cidrs.isEmpty();
    }

    private void add(String cidr) {
        int slash = cidr.indexOf('/');
        IPAddress address = IpAddresses.parseAsWritten(slash < 0 ? cidr : cidr.substring(0, slash));
        if (address == null) {
            throw notARange(cidr);
        }
        int prefix = slash < 0 ? address.getBitCount() : prefixLength(cidr, slash + 1, address.getBitCount());
        byte[] within = EmbeddedIpv4.same(address.getBytes());
        if (within != null && prefix >= EMBEDDING) {
            address = new IPv4Address(within);
            prefix -= EMBEDDING;
        }
        IPAddress block = address.toPrefixBlock(prefix);
        if (!block.getLower().withoutPrefixLength().equals(address)) {
            throw new IllegalArgumentException(
                    LogText.quote(cidr) + " has bits set beyond its prefix; the range is " + block.toCanonicalString());
        }
        if (block.isIPv4()) {
            ipv4.add(block.toIPv4());
        } else {
            ipv6.add(block.toIPv6());
        }
    }

    private static int prefixLength(String cidr, int from, int bits) {
        int digits = cidr.length() - from;
        if (digits < 1 || digits > 3 || (digits > 1 && cidr.charAt(from) == '0')) {
            throw notARange(cidr);
        }
        int prefix = 0;
        for (int i = from; i < cidr.length(); i++) {
            char c = cidr.charAt(i);
            if (c < '0' || c > '9') {
                throw notARange(cidr);
            }
            prefix = prefix * 10 + (c - '0');
        }
        if (prefix > bits) {
            throw notARange(cidr);
        }
        return prefix;
    }

    private static IllegalArgumentException notARange(String cidr) {
        return new IllegalArgumentException(
                LogText.quote(cidr) + " is not an address range such as 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32");
    }

    /** Whether there is no range. */
    public boolean isEmpty() {
        return empty;
    }

    /**
     * Whether an address lies in one of the ranges.
     *
     * @param address the exact address, as a socket reports it or {@link ForwardedAddressResolver.Client#address()} holds it (a /64
     *     is not an address and is in no range); null or anything that is no address gives false
     */
    public boolean contains(String address) {
        if (empty || address == null) {
            return false;
        }
        IPAddress parsed = IpAddresses.parsePeer(address);
        return parsed != null && contains(parsed);
    }

    /** Whether an address lies in one of the ranges; IPv4 within IPv6 must have become IPv4 before. */
    boolean contains(IPAddress address) {
        return address.isIPv4() ? ipv4.elementContains(address.toIPv4()) : ipv6.elementContains(address.toIPv6());
    }
}
