package dev.tollgate.postgres.account;

import dev.tollgate.core.account.Account;
import dev.tollgate.core.account.Accounts;
import dev.tollgate.core.limit.BillingMonth;
import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.postgres.support.Database;
import dev.tollgate.postgres.support.LikePatterns;
import dev.tollgate.postgres.support.Uuids;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.LockModeType;
import jakarta.persistence.TypedQuery;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** Accounts by JPA. Thread-safe; blocks. */
@ApplicationScoped
public class JpaAccounts implements Accounts {

    private static final String WHERE = " FROM AccountEntity a WHERE a.closedAt IS NULL"
            + " AND (a.id = :id OR LOWER(a.name) LIKE :text ESCAPE '!')";

    private static final Map<String, String> ORDER =
            Map.of("id", "a.id", "name", "LOWER(a.name)", "tier", "a.tier", "createdAt", "a.createdAt");

    private static final String RESET_MONTH = "INSERT INTO quota_usage (account_id, month, used, reset_at)"
            + " SELECT id, ?2, 0, clock_timestamp() FROM accounts WHERE id = ?1"
            + " ON CONFLICT (account_id, month) DO UPDATE SET used = 0, reset_at = clock_timestamp(), updated_at = now()";

    private final Database database;
    private final Clock clock;

    /** For the proxy of the container. */
    @SuppressWarnings("NullAway") // a proxy reads no field of its own
    protected JpaAccounts() {
        this(null, null);
    }

    /** Creates it over a database. */
    @Inject
    public JpaAccounts(Database database) {
        this(database, Clock.systemUTC());
    }

    JpaAccounts(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public Account create(String name, String tier) {
        AccountEntity account =
                new AccountEntity(UUID.randomUUID(), name, tier, clock.instant().truncatedTo(ChronoUnit.MILLIS));
        return database.inTransaction(entities -> {
            entities.persist(account);
            return account.account();
        });
    }

    @Override
    public Optional<Account> find(String id) {
        return Uuids.parse(id)
                .flatMap(uuid ->
                        database.inTransaction(entities -> Optional.ofNullable(entities.find(AccountEntity.class, uuid))
                                .map(AccountEntity::account)));
    }

    @Override
    public Map<String, String> names(Collection<String> ids) {
        List<UUID> uuids = ids.stream().flatMap(id -> Uuids.parse(id).stream()).toList();
        if (uuids.isEmpty()) {
            return Map.of();
        }
        return database.inTransaction(entities -> entities
                .createQuery("SELECT a FROM AccountEntity a WHERE a.id IN :ids", AccountEntity.class)
                .setParameter("ids", uuids)
                .getResultList()
                .stream()
                .map(AccountEntity::account)
                .collect(Collectors.toMap(Account::id, Account::name)));
    }

    @Override
    public Page<Account> page(PageRequest request) {
        return database.inTransaction(entities -> {
            TypedQuery<Long> count = entities.createQuery("SELECT COUNT(a)" + WHERE, Long.class);
            TypedQuery<AccountEntity> rows =
                    entities.createQuery("SELECT a" + WHERE + order(request), AccountEntity.class);
            for (TypedQuery<?> query : List.of(count, rows)) {
                query.setParameter("id", Uuids.parse(request.q()).orElseGet(Uuids::none));
                query.setParameter("text", LikePatterns.containing(request.q()));
            }
            List<Account> items =
                    rows.setFirstResult(request.offset()).setMaxResults(request.size()).getResultList().stream()
                            .map(AccountEntity::account)
                            .toList();
            return Page.of(request, items, count.getSingleResult());
        });
    }

    private static String order(PageRequest request) {
        PageRequest.Sort sort = request.sort();
        String first = sort == null ? "" : ORDER.get(sort.column()) + (sort.descending() ? " DESC, " : ", ");
        return " ORDER BY " + first + "a.createdAt DESC, a.id";
    }

    @Override
    public Optional<Change> change(String id, Optional<String> name, Optional<String> tier) {
        return Uuids.parse(id)
                .flatMap(uuid -> database.inTransaction(entities -> {
                    Optional<AccountEntity> found = Optional.ofNullable(
                            entities.find(AccountEntity.class, uuid, LockModeType.PESSIMISTIC_WRITE));
                    return found.map(account -> {
                        Account before = account.account();
                        if (!account.isClosed()) {
                            name.ifPresent(account::rename);
                            tier.ifPresent(account::moveTo);
                        }
                        return new Change(before, account.account());
                    });
                }));
    }

    @Override
    public Optional<Closing> close(String id, Usage usage) {
        return Uuids.parse(id)
                .flatMap(uuid -> database.inTransaction(entities -> Optional.ofNullable(
                                entities.find(AccountEntity.class, uuid, LockModeType.PESSIMISTIC_WRITE))
                        .map(account -> {
                            Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
                            boolean done = !account.isClosed();
                            if (done) {
                                account.close(now);
                            }
                            AccountClosing closing = new AccountClosing(entities, uuid);
                            List<String> hashes = closing.revokeKeys(now);
                            if (usage == Usage.DELETE) {
                                closing.deleteUsage();
                            }
                            return new Closing(account.account(), done, hashes);
                        })));
    }

    @Override
    public void resetMonth(String id, BillingMonth month) {
        Uuids.parse(id)
                .ifPresent(uuid -> database.inTransaction(entities -> entities.createNativeQuery(RESET_MONTH)
                        .setParameter(1, uuid)
                        .setParameter(2, month.toString())
                        .executeUpdate()));
    }
}
