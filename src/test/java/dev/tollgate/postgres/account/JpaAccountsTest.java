package dev.tollgate.postgres.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollgate.core.account.Account;
import dev.tollgate.core.account.Accounts;
import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.ApiKeyFormat;
import dev.tollgate.core.account.ApiKeyToken;
import dev.tollgate.core.account.ApiKeys;
import dev.tollgate.core.account.ApiKeys.NewKey;
import dev.tollgate.core.account.DatabaseUnavailableException;
import dev.tollgate.core.account.KeyDetails;
import dev.tollgate.core.account.KeySettings;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.account.Scopes;
import dev.tollgate.core.limit.Tier;
import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.postgres.support.Database;
import dev.tollgate.postgres.support.PostgresCase;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class JpaAccountsTest extends PostgresCase {

    private final Database database = postgres.database();
    private final JpaAccounts accounts = new JpaAccounts(database);
    private final JpaApiKeys keys = new JpaApiKeys(database);
    private final JpaTiers tiers = new JpaTiers(database);
    private final JpaAccountDirectory directory = new JpaAccountDirectory(database);

    private ApiKey key(String accountId, String name, ApiKeyToken token) {
        return keys.create(List.of(NewKey.of(accountId, token, KeySettings.named(name))))
                .get(0)
                .key();
    }

    private List<ApiKey> listed(Optional<String> accountId, PageRequest request) {
        return keys.page(accountId, request).items().stream()
                .map(KeyDetails::key)
                .toList();
    }

    @Test
    void createdAccountIsReadBackAsItWasAnswered() {
        Account account = accounts.create("Åsa's \"shop\" 🛒", "pro");
        assertThat(accounts.find(account.id())).contains(account);
        assertThat(accounts.find(account.id().toUpperCase())).contains(account);
    }

    @Test
    void textThatIsNoIdFindsNothing() {
        for (String text : List.of("", "1", "1-1-1-1-1", "x".repeat(36), "'; DROP TABLE accounts; --")) {
            assertThat(accounts.find(text)).isEmpty();
            assertThat(keys.find(text)).isEmpty();
            assertThat(keys.revoke(text)).isEmpty();
        }
        assertThat(accounts.find(UUID.randomUUID().toString())).isEmpty();
    }

    @Test
    void pagesAreCompleteAndDisjointAndNewestFirst() {
        for (int i = 0; i < 7; i++) {
            accounts.create("account " + i, "free");
        }
        Page<Account> first = accounts.page(new PageRequest(1, 3, ""));
        Page<Account> second = accounts.page(new PageRequest(2, 3, ""));
        Page<Account> third = accounts.page(new PageRequest(3, 3, ""));
        assertThat(first.total()).isEqualTo(7);
        assertThat(third.items()).hasSize(1);
        List<Account> all = accounts.page(PageRequest.first()).items();
        assertThat(all).doesNotHaveDuplicates().hasSize(7);
        assertThat(first.items()).isEqualTo(all.subList(0, 3));
        assertThat(second.items()).isEqualTo(all.subList(3, 6));
        assertThat(all).extracting(Account::createdAt).isSortedAccordingTo((a, b) -> b.compareTo(a));
        assertThat(accounts.page(new PageRequest(PageRequest.MAX_PAGE, PageRequest.MAX_SIZE, ""))
                        .items())
                .isEmpty();
    }

    @Test
    void searchTakesTextLiterallyWhateverItsCase() {
        Account percent = accounts.create("100% Organic_Food!", "free");
        accounts.create("1000 organic foods", "free");
        assertThat(accounts.page(new PageRequest(1, 10, "100% ORGANIC_food!")).items())
                .containsExactly(percent);
        assertThat(accounts.page(new PageRequest(1, 10, "%")).items()).containsExactly(percent);
        assertThat(accounts.page(new PageRequest(1, 10, percent.id())).items()).containsExactly(percent);
        assertThat(accounts.page(new PageRequest(1, 10, "a\0b")).items()).isEmpty();
    }

    @Test
    void changeTellsBeforeAndAfterAndKeepsWhatIsNotNamed() {
        Account account = accounts.create("before", "free");
        Accounts.Change moved = accounts.change(account.id(), Optional.empty(), Optional.of("pro"))
                .orElseThrow();
        assertThat(moved.before()).isEqualTo(account);
        assertThat(moved.after().tier()).isEqualTo("pro");
        assertThat(moved.after().name()).isEqualTo("before");
        accounts.change(account.id(), Optional.of("after"), Optional.empty());
        assertThat(accounts.find(account.id()).orElseThrow())
                .isEqualTo(new Account(account.id(), "after", "pro", account.createdAt()));
        assertThat(accounts.change(UUID.randomUUID().toString(), Optional.of("x"), Optional.empty()))
                .isEmpty();
    }

    @Test
    void statementTheDatabaseRefusesIsNoOutage() {
        assertThatThrownBy(() -> accounts.create("no such tier", "gold"))
                .isNotInstanceOf(DatabaseUnavailableException.class)
                .isInstanceOf(RuntimeException.class);
    }

    @Test
    void keyIsFoundByItsHashWithItsAccountsTier() {
        Account account = accounts.create("shop", "enterprise");
        ApiKeyToken token = ApiKeyToken.generate();
        Instant end = Instant.now().plus(1, ChronoUnit.DAYS).truncatedTo(ChronoUnit.MILLIS);
        KeySettings settings =
                new KeySettings("ci", null, end, OptionalLong.of(5), null, Scopes.NONE, List.of(), false);
        ApiKey key = keys.create(List.of(NewKey.of(account.id(), token, settings)))
                .get(0)
                .key();
        assertThat(directory.findByHash(token.hash())).contains(new ResolvedKey(key, "enterprise"));
        assertThat(key.expiresAt()).isEqualTo(end);
        assertThat(key.windowLimit()).hasValue(5);
        assertThat(directory.findByHash(ApiKeyToken.generate().hash())).isEmpty();
    }

    @Test
    void secretIsNowhereInTheDatabase() {
        Account account = accounts.create("shop", "free");
        ApiKeyToken token = ApiKeyToken.generate();
        key(account.id(), "ci", token);
        assertThat(postgres.column("SELECT k::text FROM api_keys k"))
                .singleElement()
                .asString()
                .contains(token.hash())
                .doesNotContain(token.reveal().substring(token.prefix().length()));
    }

    @Test
    void revokedKeyStaysRevokedAndIsRevokedOnce() {
        Account account = accounts.create("shop", "free");
        ApiKeyToken token = ApiKeyToken.generate();
        ApiKey key = key(account.id(), "ci", token);
        ApiKeys.Edit revoked = keys.revoke(key.id()).orElseThrow();
        assertThat(revoked.done()).isTrue();
        assertThat(revoked.hash()).isEqualTo(token.hash());
        String at = postgres.column("SELECT revoked_at FROM api_keys").get(0);
        assertThat(at).isNotNull();
        assertThat(keys.revoke(key.id()).orElseThrow().done()).isFalse();
        assertThat(postgres.column("SELECT revoked_at FROM api_keys")).containsExactly(at);
        assertThat(directory.findByHash(token.hash()).orElseThrow().key().active())
                .isFalse();
        ApiKeys.Edit rotated =
                keys.rotate(key.id(), ApiKeyToken.generate(), Duration.ZERO).orElseThrow();
        assertThat(rotated.done()).isFalse();
        assertThat(rotated.key().key().active()).isFalse();
    }

    @Test
    void rotatedKeyKeepsItsIdAndItsOldSecretIsKnownAsGoodNoMore() {
        Account account = accounts.create("shop", "free");
        ApiKeyToken old = ApiKeyToken.generate();
        ApiKey key = key(account.id(), "ci", old);
        ApiKeyToken fresh = ApiKeyToken.generate();
        ApiKeys.Edit edit = keys.rotate(key.id(), fresh, Duration.ZERO).orElseThrow();
        assertThat(edit.hash()).isEqualTo(old.hash());
        assertThat(edit.key().key().id()).isEqualTo(key.id());
        assertThat(edit.key().key().prefix()).isEqualTo(fresh.prefix());
        assertThat(directory.findByHash(fresh.hash()).orElseThrow().key().id()).isEqualTo(key.id());
        keys.rotate(key.id(), ApiKeyToken.generate(), Duration.ZERO).orElseThrow();
        for (ApiKeyToken retired : List.of(old, fresh)) {
            ApiKey known = directory.findByHash(retired.hash()).orElseThrow().key();
            assertThat(known.id()).isEqualTo(key.id());
            assertThat(known.active()).isFalse();
        }
        keys.revoke(key.id());
        for (ApiKeyToken retired : List.of(old, fresh)) {
            for (String q : List.of(retired.prefix(), retired.prefix().substring(0, 6))) {
                PageRequest search = new PageRequest(1, 10, q);
                assertThat(listed(Optional.empty(), search))
                        .extracting(ApiKey::id)
                        .contains(key.id());
                assertThat(keys.page(Optional.of(account.id()), search).total()).isEqualTo(1);
            }
        }
        assertThat(postgres.column("SELECT r::text FROM retired_secrets r"))
                .hasSize(2)
                .noneMatch(row -> row.contains(old.reveal()) || row.contains(fresh.reveal()));
    }

    @Test
    void aKeyWithALongPrefixShowsAllOfItAndIsFoundByIt() {
        Account account = accounts.create("shop", "free");
        ApiKeyToken token = new ApiKeyFormat(List.of("acme_live_", "tg_")).generate();
        ApiKey key = key(account.id(), "ci", token);
        assertThat(key.prefix()).isEqualTo(token.reveal().substring(0, 15)).startsWith("acme_live_");
        assertThat(keys.find(key.id()).orElseThrow().key()).isEqualTo(key);
        assertThat(listed(Optional.empty(), new PageRequest(1, 10, key.prefix())))
                .containsExactly(key);
        assertThat(directory.findByHash(token.hash()).orElseThrow().key()).isEqualTo(key);
        keys.rotate(key.id(), ApiKeyToken.generate(), Duration.ZERO).orElseThrow();
        assertThat(listed(Optional.empty(), new PageRequest(1, 10, token.prefix())))
                .extracting(ApiKey::id)
                .containsExactly(key.id());
        ApiKey shorter = keys.rotate(key.id(), new ApiKeyFormat(List.of("k_")).generate(), Duration.ZERO)
                .orElseThrow()
                .key()
                .key();
        assertThat(shorter.prefix()).startsWith("k_").hasSize(7);
    }

    @Test
    void keysAreListedByAccountNamePrefixAndId() {
        Account one = accounts.create("one", "free");
        Account two = accounts.create("two", "free");
        ApiKeyToken token = ApiKeyToken.generate();
        ApiKey mine = key(one.id(), "Backup job", token);
        ApiKey other = key(two.id(), "web", ApiKeyToken.generate());
        assertThat(listed(Optional.empty(), PageRequest.first())).containsExactlyInAnyOrder(mine, other);
        assertThat(listed(Optional.of(one.id()), PageRequest.first())).containsExactly(mine);
        assertThat(listed(Optional.of("nobody"), PageRequest.first())).isEmpty();
        for (String q : List.of("backup", token.prefix(), mine.id())) {
            assertThat(listed(Optional.empty(), new PageRequest(1, 10, q)))
                    .as(q)
                    .contains(mine);
        }
        assertThat(keys.page(Optional.of(two.id()), new PageRequest(1, 10, "backup"))
                        .total())
                .isZero();
    }

    @Test
    void editsLeaveSettledTotalsAlone() {
        ApiKey key = key(accounts.create("shop", "free").id(), "ci", ApiKeyToken.generate());
        postgres.execute("UPDATE api_keys SET total_requests = 7, settled_batch = 3");
        keys.rotate(key.id(), ApiKeyToken.generate(), Duration.ZERO);
        keys.revoke(key.id());
        assertThat(postgres.column("SELECT total_requests || '/' || settled_batch FROM api_keys"))
                .containsExactly("7/3");
    }

    @Test
    void seededTiersAreThoseOfTheContract() {
        assertThat(directory.tiers())
                .containsExactlyInAnyOrder(
                        new Tier("free", OptionalLong.of(10), OptionalLong.of(1_000)),
                        new Tier("pro", OptionalLong.of(100), OptionalLong.of(50_000)),
                        new Tier("enterprise", OptionalLong.empty(), OptionalLong.empty()),
                        new Tier("anonymous", OptionalLong.of(10), OptionalLong.empty()));
    }

    @Test
    void aTierIsChangedIfItExistsAndCreatedIfNot() {
        Tier raised = new Tier("free", OptionalLong.of(20), OptionalLong.empty());
        assertThat(tiers.change(raised)).contains(new Tier("free", OptionalLong.of(10), OptionalLong.of(1_000)));
        assertThat(tiers.find("free")).contains(raised);
        Tier made = new Tier("team", OptionalLong.empty(), OptionalLong.of(Tier.MAX_LIMIT));
        assertThat(tiers.change(made)).as("nothing to change").isEmpty();
        assertThat(tiers.find("team")).isEmpty();
        assertThat(tiers.create(made)).isTrue();
        assertThat(tiers.create(new Tier("team", OptionalLong.of(1), OptionalLong.of(1))))
                .as("it exists")
                .isFalse();
        assertThat(tiers.all()).contains(made, raised);
        assertThat(tiers.find("nope")).isEmpty();
    }
}
