package dev.tollgate.http.address;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollgate.core.limit.Caller;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Addresses that administrators write become the callers that requests from these addresses are. */
class CallerAddressParserTest {

    private static final CallerAddressParser PARSER = new CallerAddressParser(64);

    /** IPv4 and IPv6 addresses, also IPv4 within IPv6. */
    @Provide
    Arbitrary<String> addresses() {
        Arbitrary<String> ipv4 = Arbitraries.integers()
                .between(0, 255)
                .list()
                .ofSize(4)
                .map(octets ->
                        String.join(".", octets.stream().map(String::valueOf).toList()));
        Arbitrary<String> ipv6 = Arbitraries.integers()
                .between(0, 0xffff)
                .list()
                .ofSize(8)
                .map(groups -> String.join(
                        ":", groups.stream().map(Integer::toHexString).toList()));
        Arbitrary<String> embedded = Combinators.combine(Arbitraries.of("::ffff:", "64:ff9b::", "2001:db8::"), ipv4)
                .as(String::concat);
        return Arbitraries.oneOf(ipv4, ipv6, embedded);
    }

    @Property
    void anAddressIsTheCallerThatARequestFromItIs(@ForAll("addresses") String address) {
        String caller = new ForwardedAddressResolver(CidrSet.NONE, 64).addressOf(address, List.of(), List.of());
        assertThat(PARSER.parse(address)).contains(Caller.address(caller));
        assertThat(PARSER.parse(caller)).as("a caller's id read again").contains(Caller.address(caller));
    }

    @Example
    void aNetworkIsReadIfItIsAsLongAsThoseThatAreCounted() {
        assertThat(PARSER.parse("2001:db8:1:2::/64")).contains(Caller.address("2001:db8:1:2::/64"));
        assertThat(PARSER.parse("2001:db8:1:2::/48")).isEmpty();
        assertThat(PARSER.parse("192.0.2.1/64")).isEmpty();
        assertThat(new CallerAddressParser(48).parse("2001:db8:1:2::7")).contains(Caller.address("2001:db8:1::/48"));
    }

    @Example
    void whatIsNoFullAddressIsNone() {
        for (String text : List.of(
                "",
                "1",
                "0x7f.1",
                "1.2.3",
                "1.2.*",
                "1-3.0.0.0",
                "010.0.0.1",
                "256.0.0.1",
                "fe80::1%eth0",
                "::g",
                ":",
                "example.org",
                "/64",
                "::ffff:01.2.3.4")) {
            assertThat(PARSER.parse(text)).as(text).isEmpty();
        }
    }
}
