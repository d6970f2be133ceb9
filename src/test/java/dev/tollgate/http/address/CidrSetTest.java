package dev.tollgate.http.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CidrSetTest {

    @Test
    void rangesOfBothFamiliesHoldTheirAddressesAndNoOthers() {
        CidrSet ranges = new CidrSet(List.of("10.0.0.0/8", "192.0.2.7", "2001:db8::/32", "2001:db9::1", "10.1.0.0/16"));
        assertThat(ranges.contains("10.255.0.1")).isTrue();
        assertThat(ranges.contains("10.1.0.1")).isTrue();
        assertThat(ranges.contains("11.0.0.1")).isFalse();
        assertThat(ranges.contains("192.0.2.7")).isTrue();
        assertThat(ranges.contains("192.0.2.8")).isFalse();
        assertThat(ranges.contains("2001:db8:ffff::1")).isTrue();
        assertThat(ranges.contains("2001:db9::1")).isTrue();
        assertThat(ranges.contains("2001:db9::2")).isFalse();
        assertThat(ranges.contains("::ffff:10.0.0.1")).isTrue();
    }

    @Test
    void ipv4MappedRangesStandForIpv4() {
        CidrSet ranges = new CidrSet(List.of("::ffff:10.0.0.0/104"));
        assertThat(ranges.contains("10.200.0.1")).isTrue();
        assertThat(ranges.contains("11.0.0.1")).isFalse();
    }

    @Test
    void everythingIsARangeToo() {
        assertThat(new CidrSet(List.of("0.0.0.0/0")).contains("203.0.113.9")).isTrue();
        assertThat(new CidrSet(List.of("0.0.0.0/0")).contains("2001:db8::1")).isFalse();
        assertThat(new CidrSet(List.of("::/0")).contains("2001:db8::1")).isTrue();
        assertThat(new CidrSet(List.of("::/0")).contains("203.0.113.9")).isFalse();
    }

    @Test
    void whatIsNoAddressIsInNoRange() {
        CidrSet all = new CidrSet(List.of("0.0.0.0/0", "::/0"));
        for (String text : new String[] {null, "", "unknown", "1", "2001:db8::/64", "1.2.3.4/32", "*"}) {
            assertThat(all.contains(text)).as("%s", text).isFalse();
        }
        assertThat(CidrSet.NONE.contains("127.0.0.1")).isFalse();
        assertThat(CidrSet.NONE.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/8",
                "10",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/08",
                "10.0.0.0/+8",
                "10.0.0.0/255.0.0.0",
                "10.0.*.*",
                "10.0.0.0-255",
                "2001:db8::/129",
                "2001:db8::/1000",
                "*",
                "all",
                "localhost",
                "10.0.0.0/8 ",
                "10.0.0.0/8,11.0.0.0/8",
                "::1%lo/128",
                "10.0.0.0\n/8",
                "10.0.0.0/８"
            })
    void badRangesAreRefusedInOneLine(String bad) {
        assertThatThrownBy(() -> new CidrSet(List.of("127.0.0.0/8", bad)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not an address range")
                .hasMessageNotContaining("\n");
    }

    @Test
    void bitsBeyondThePrefixAreRefusedWithTheRangeThatWasMeant() {
        assertThatThrownBy(() -> new CidrSet(List.of("10.1.2.3/8")))
                .hasMessage("'10.1.2.3/8' has bits set beyond its prefix; the range is 10.0.0.0/8");
        assertThatThrownBy(() -> new CidrSet(List.of("2001:db8::1/64")))
                .hasMessage("'2001:db8::1/64' has bits set beyond its prefix; the range is 2001:db8::/64");
    }

    @Property
    void containmentIsWhatMaskingSays(
            @ForAll int network, @ForAll @IntRange(max = 32) int prefix, @ForAll int address, @ForAll boolean near) {
        int mask = prefix == 0 ? 0 : -1 << (32 - prefix);
        int probe = near ? (network & mask) | (address & ~mask) : address;
        CidrSet ranges = new CidrSet(List.of(dotted(network & mask) + "/" + prefix));
        assertThat(ranges.contains(dotted(probe))).isEqualTo((probe & mask) == (network & mask));
    }

    @Property(tries = 200)
    void manyRangesHoldWhatAnyOfThemHolds(
            @ForAll @Size(min = 1, max = 50) List<Integer> networks,
            @ForAll @IntRange(min = 8, max = 31) int prefix,
            @ForAll int address) {
        int mask = -1 << (32 - prefix);
        CidrSet ranges = new CidrSet(
                networks.stream().map(n -> dotted(n & mask) + "/" + prefix).toList());
        assertThat(ranges.contains(dotted(address)))
                .isEqualTo(networks.stream().anyMatch(n -> (n & mask) == (address & mask)));
        assertThat(networks).allMatch(n -> ranges.contains(dotted(n)));
    }

    private static String dotted(int address) {
        return (address >>> 24) + "." + (address >> 16 & 255) + "." + (address >> 8 & 255) + "." + (address & 255);
    }
}
