package dev.tollgate.redis.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.config.BadSettingException;
import dev.tollgate.config.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class SealTest {

    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final String OTHER = "fedcba9876543210fedcba9876543210";
    private static final Duration LIFE = Duration.ofMinutes(10);
    private static final Seal SEAL = new Seal(SECRET);

    private final AtomicLong now = new AtomicLong(1_000_000_000);
    private final Sealing sealing = Sealing.of(Settings.of(Map.of("tollgate.redis.seal", SECRET)), now::get);

    @Property
    void aSealedTextIsOpenedUnderItsNameWithItsTime(
            @ForAll @StringLength(max = 50) String name,
            @ForAll @StringLength(max = 100) String text,
            @ForAll @LongRange(min = 0, max = 999_999_999_999_999L) long at) {
        assertThat(SEAL.read(name, SEAL.write(name, text, at))).contains(new Seal.Opened(text, at, SEAL));
    }

    @Property
    void anyChangeOfAnyCharacterIsRefused(
            @ForAll @StringLength(min = 1, max = 30) String name,
            @ForAll @StringLength(max = 60) String text,
            @ForAll @IntRange(max = 200) int place,
            @ForAll char other) {
        String sealed = SEAL.write(name, text, 123);
        int at = place % sealed.length();
        if (sealed.charAt(at) != other) {
            assertThat(SEAL.read(name, sealed.substring(0, at) + other + sealed.substring(at + 1)))
                    .isEmpty();
        }
        int of = place % name.length();
        if (name.charAt(of) != other) {
            assertThat(SEAL.read(name.substring(0, of) + other + name.substring(of + 1), sealed))
                    .isEmpty();
        }
    }

    @Property
    void truncatedPrefixedAndShiftedTextsAreRefused(
            @ForAll @CharRange(from = ' ', to = '~') @StringLength(min = 2, max = 30) String name,
            @ForAll @CharRange(from = ' ', to = '~') @StringLength(min = 2, max = 60) String text,
            @ForAll @IntRange(min = 1, max = 100) int cut) {
        String sealed = SEAL.write(name, text, 123);
        int at = 1 + cut % (sealed.length() - 1);
        assertThat(SEAL.read(name, sealed.substring(0, at))).isEmpty();
        assertThat(SEAL.read(name, sealed.substring(at))).isEmpty();
        assertThat(SEAL.read(name + text.charAt(0), sealed.substring(1))).isEmpty();
        assertThat(SEAL.read(name.substring(1), name.charAt(0) + sealed)).isEmpty();
        assertThat(new Seal(OTHER).read(name, sealed)).isEmpty();
    }

    @Property
    void anyTextIsRefusedWithoutAnException(@ForAll String text) {
        assertThat(SEAL.read("name", text)).isEmpty();
        assertThat(SEAL.read("name", text + " 1 1aaaaaaaaaaaaaaaaaaaaaa")).isEmpty();
    }

    private long refused(Sealing.Subject subject, Sealing.Reason reason) {
        return sealing.refused()
                .get(List.of(subject.name().toLowerCase(), reason.name().toLowerCase()));
    }

    @Test
    void textsTooOldOrOfTheFutureAreRefusedAndCounted() {
        String sealed = sealing.seal("name", "text");
        now.addAndGet(LIFE.toMillis() + 10_000);
        assertThat(sealing.open(Sealing.Subject.KEY, "name", sealed, LIFE)).isPresent();
        now.addAndGet(1);
        assertThat(sealing.open(Sealing.Subject.KEY, "name", sealed, LIFE)).isEmpty();
        String ahead = sealing.seal("name", "text", now.get() + 10_001);
        assertThat(sealing.open(Sealing.Subject.KEY, "name", ahead, LIFE)).isEmpty();
        assertThat(refused(Sealing.Subject.KEY, Sealing.Reason.STALE)).isEqualTo(2);
    }

    @Test
    void aMessageIsOpenedOnce() {
        String sealed = sealing.seal("channel", "1 ban a");
        assertThat(sealing.openOnce(Sealing.Subject.CHANGE, "channel", sealed)).isPresent();
        assertThat(sealing.openOnce(Sealing.Subject.CHANGE, "channel", sealed)).isEmpty();
        assertThat(refused(Sealing.Subject.CHANGE, Sealing.Reason.REPLAYED)).isEqualTo(1);
    }

    @Test
    void unsealedAndForgedTextsAreCountedApart() {
        sealing.open(Sealing.Subject.KEY, "name", "id account 1 - - tg_x", LIFE);
        sealing.open(Sealing.Subject.KEY, "name", new Seal(OTHER).write("name", "text", now.get()), LIFE);
        assertThat(refused(Sealing.Subject.KEY, Sealing.Reason.UNSEALED)).isEqualTo(1);
        assertThat(refused(Sealing.Subject.KEY, Sealing.Reason.FORGED)).isEqualTo(1);
    }

    @Test
    void duringAChangeBothSecretsOpenAndTheNewOneSeals() {
        Settings changing = Settings.of(Map.of("tollgate.redis.seal", OTHER, "tollgate.redis.seal.previous", SECRET));
        Sealing changed = Sealing.of(changing, now::get);
        String old = sealing.seal("name", "text");
        assertThat(changed.open(Sealing.Subject.KEY, "name", old, LIFE)).isPresent();
        String fresh = changed.seal("name", "text");
        assertThat(changed.open(Sealing.Subject.KEY, "name", fresh, LIFE)).isPresent();
        assertThat(sealing.open(Sealing.Subject.KEY, "name", fresh, LIFE)).isEmpty();
        Sealing over = Sealing.of(Settings.of(Map.of("tollgate.redis.seal", OTHER)), now::get);
        assertThat(over.open(Sealing.Subject.KEY, "name", old, LIFE)).isEmpty();
    }

    @Test
    void withoutASecretNothingIsOpenedAndNothingSealed() {
        Sealing without = Sealing.of(Settings.of(Map.of()), now::get);
        assertThat(without.isReady()).isFalse();
        assertThat(without.open(Sealing.Subject.KEY, "name", sealing.seal("name", "text"), LIFE))
                .isEmpty();
        assertThatThrownBy(() -> without.seal("name", "text")).isInstanceOf(Sealing.NoSealException.class);
    }

    @Test
    void secretsThatCannotBeUsedAreNamedAndNotShown() {
        for (Map<String, String> wrong : List.of(
                Map.of("tollgate.redis.seal", "hush-hush"),
                Map.of("tollgate.redis.seal.previous", "hush-hush"),
                Map.of("tollgate.redis.seal.previous", "hush-hush-hush-hush-hush-hush-hush-hush"))) {
            assertThatThrownBy(() -> Sealing.of(Settings.of(wrong), now::get))
                    .isInstanceOf(BadSettingException.class)
                    .hasMessageStartingWith("tollgate.redis.seal")
                    .hasMessageNotContaining("hush");
        }
    }
}
