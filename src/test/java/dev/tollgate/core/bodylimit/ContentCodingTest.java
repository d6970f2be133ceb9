package dev.tollgate.core.bodylimit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.fixture.Gzip;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentCodingTest {

    private static final int MAX = 1_000;

    private static byte[] joined(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "GZIP", " gzip ", "x-gzip", "gzip, identity", ",gzip,", "identity,,X-GZip"})
    void gzipHasSeveralNotations(String field) {
        assertThat(ContentCoding.of(List.of(field))).isEqualTo(Optional.of(ContentCoding.GZIP));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "identity", "Identity, identity", ",,"})
    void nothingAndIdentityAreNoCoding(String field) {
        assertThat(ContentCoding.of(List.of(field))).isEqualTo(Optional.of(ContentCoding.IDENTITY));
        assertThat(ContentCoding.of(List.of())).isEqualTo(Optional.of(ContentCoding.IDENTITY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "deflate", "zstd", "gzip, gzip", "gzip,br", "gzip;q=1", "chunked", "*", "\"gzip\""})
    void otherCodingsAndSeveralAreNotUndone(String field) {
        assertThat(ContentCoding.of(List.of(field))).isEmpty();
    }

    @Test
    void fieldsThatAreThereTwiceAreOneList() {
        assertThat(ContentCoding.of(List.of("gzip", "gzip"))).isEmpty();
        assertThat(ContentCoding.of(List.of("identity", "gzip"))).isEqualTo(Optional.of(ContentCoding.GZIP));
    }

    @Property(tries = 200)
    void whatIsCompressedComesBack(@ForAll @Size(max = MAX) byte[] plain) throws ZipException {
        assertThat(ContentCoding.GZIP.decode(Gzip.of(plain), MAX)).isEqualTo(plain);
        assertThat(ContentCoding.IDENTITY.decode(plain, MAX)).isEqualTo(plain);
    }

    @Property(tries = 100)
    void membersFollowEachOther(@ForAll @Size(max = 400) byte[] one, @ForAll @Size(max = 400) byte[] other)
            throws ZipException {
        assertThat(ContentCoding.GZIP.decode(joined(Gzip.of(one), Gzip.of(other)), MAX))
                .isEqualTo(joined(one, other));
    }

    @Property(tries = 200)
    void whatIsCutOffIsNeverTaken(@ForAll @Size(min = 1, max = MAX) byte[] plain, @ForAll @IntRange(max = 40) int cut) {
        byte[] whole = Gzip.of(plain);
        byte[] part = Arrays.copyOf(whole, Math.max(1, whole.length - 1 - cut));
        assertThatThrownBy(() -> ContentCoding.GZIP.decode(part, MAX)).isInstanceOf(ZipException.class);
    }

    @Property(tries = 200)
    void whatIsDamagedIsNeverTakenForSomethingElse(
            @ForAll @Size(min = 1, max = MAX) byte[] plain, @ForAll @IntRange(max = 2_000) int where) {
        byte[] damaged = Gzip.of(plain);
        // Behind the header, whose time and system mean nothing here.
        int at = 10 + where % (damaged.length - 10);
        damaged[at] ^= 0x55;
        try {
            assertThat(ContentCoding.GZIP.decode(damaged, MAX)).isEqualTo(plain);
        } catch (ZipException e) {
            assertThat(e).isNotNull();
        }
    }

    @Test
    void bytesThatFollowAreRefused() {
        for (byte[] more : List.of("x".getBytes(UTF_8), new byte[100], new byte[] {31, -117, 8})) {
            assertThatThrownBy(() -> ContentCoding.GZIP.decode(joined(Gzip.of(new byte[] {1}), more), MAX))
                    .isInstanceOf(ZipException.class);
        }
    }

    @Test
    void aBombIsInflatedToOneByteOverTheBoundAndNoFurther() throws ZipException {
        assertThat(ContentCoding.GZIP.decode(Gzip.of(new byte[100_000_000]), MAX))
                .hasSize(MAX + 1);
        assertThat(ContentCoding.GZIP.decode(Gzip.of(new byte[MAX]), MAX)).hasSize(MAX);
    }

    @Test
    void anEmptyBodyStaysEmpty() throws ZipException {
        assertThat(ContentCoding.GZIP.decode(new byte[0], MAX)).isEmpty();
        assertThat(ContentCoding.GZIP.decode(Gzip.of(new byte[0]), MAX)).isEmpty();
    }
}
