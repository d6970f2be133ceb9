package dev.tollgate.http.address;

import dev.tollgate.core.account.AddressParser;
import dev.tollgate.core.limit.Caller;
import inet.ipaddr.IPAddress;
import java.util.List;
import java.util.Optional;

/**
 * A parser of the addresses that administrators write, by the same grammar as for the addresses of requests: see
 * {@link IpAddresses}. Thread-safe.
 *
 * @param ipv6Prefix the prefix length of the network an IPv6 client counts as, 32 to 128
 */
public record CallerAddressParser(int ipv6Prefix) implements AddressParser {

    @Override
    public Optional<Caller> parse(String text) {
        String network = "/" + ipv6Prefix;
        boolean isNetwork = text.endsWith(network) && text.indexOf(':') >= 0;
        String single = isNetwork ? text.substring(0, text.length() - network.length()) : text;
        IPAddress address = IpAddresses.parseAsWritten(single);
        return address == null
                ? Optional.empty()
                : Optional.of(Caller.address(IpAddresses.callerOf(address, ipv6Prefix)));
    }

    @Override
    public void checkNetworks(List<String> texts) {
        new CidrSet(texts);
    }
}
