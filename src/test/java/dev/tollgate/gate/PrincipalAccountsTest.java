package dev.tollgate.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.core.account.AccountDirectory;
import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.core.account.PrincipalName;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.limit.Tier;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PrincipalAccountsTest {

    private static final long SECOND = 1_000_000_000;
    private static final ResolvedKey MADE = new ResolvedKey(
            new ApiKey("id", "account", "", "", true, Instant.EPOCH, null, OptionalLong.empty()), "free");

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - SECOND);
    private final PrincipalAccounts accounts = new PrincipalAccounts(true, 5, new Makes(), now::get);

    private static final class Makes implements AccountDirectory {
        @Override
        public Optional<ResolvedKey> createForPrincipal(PrincipalName name, String tier, int most) {
            return tier.equals("free") && most == 5 ? Optional.of(MADE) : Optional.empty();
        }

        @Override
        public Optional<ResolvedKey> findByHash(String hash) {
            return Optional.empty();
        }

        @Override
        public Optional<String> tierOf(String accountId) {
            return Optional.empty();
        }

        @Override
        public List<Tier> tiers() {
            return List.of();
        }
    }

    private int makeMany(int tries) {
        int made = 0;
        for (int i = 0; i < tries; i++) {
            made += accounts.make(new PrincipalName("p" + i), "free").isPresent() ? 1 : 0;
        }
        return made;
    }

    @Test
    void aBurstMakesTenAndThenTenASecond() {
        assertThat(makeMany(1_000_000)).isEqualTo(PrincipalAccounts.AT_ONCE);
        now.addAndGet(SECOND / 2);
        assertThat(makeMany(1_000)).isEqualTo(PrincipalAccounts.PER_SECOND / 2);
        now.addAndGet(100 * SECOND);
        assertThat(makeMany(1_000))
                .as("after a rest, past the end of the clock's numbers")
                .isEqualTo(PrincipalAccounts.AT_ONCE);
        assertThat(accounts.made()).isEqualTo(25);
        assertThat(accounts.refused()).isEqualTo(1_000_000 + 2_000 - 25);
    }

    @Test
    void whatTheDatabaseDoesNotMakeIsCountedAsRefused() {
        assertThat(accounts.make(new PrincipalName("p"), "no-such-tier")).isEmpty();
        assertThat(accounts.refused()).isEqualTo(1);
    }

    @Test
    void aNameIsOneLineOfTwoHundredCharactersAndItsHashIsThatOfNoKey() {
        for (String no : List.of("", " ", " a", "a ", "a\nb", "a\0", "\ud800", "x".repeat(201))) {
            assertThat(PrincipalName.isName(no)).as(no).isFalse();
            assertThatThrownBy(() -> new PrincipalName(no)).isInstanceOf(IllegalArgumentException.class);
        }
        for (String name :
                List.of("ip:10.0.0.1", "<script>", "CN=a b,O=c", "x".repeat(200), "\u0645\u062b\u0627\u0644")) {
            PrincipalName principal = new PrincipalName(name);
            assertThat(principal.hash()).matches("[0-9a-f]{64}").isNotEqualTo(ApiKeyToken.hash(name));
            assertThat(principal.toString()).doesNotContain(name);
            assertThat(principal.hash()).isNotEqualTo(ApiKeyToken.hash("principal:" + name));
        }
        Set<String> hashes = new HashSet<>();
        List<String> names = List.of(
                "M\u00fcller", "M\u00f6ller", "M?ller", "\u674e\u660e", "\u738b\u82b3", "??", "\ud83d\ude00", "?");
        names.forEach(name -> hashes.add(new PrincipalName(name).hash()));
        assertThat(hashes).as("each name has a hash of its own").hasSameSizeAs(names);
    }
}
