package dev.tollgate.postgres.account;

import static java.util.Map.entry;

import dev.tollgate.core.account.KeyDetails;
import dev.tollgate.core.paging.Page;
import dev.tollgate.core.paging.PageRequest;
import dev.tollgate.postgres.support.LikePatterns;
import dev.tollgate.postgres.support.Uuids;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Queries for API keys with what other tables say of them, within the transaction of an entity manager. */
final class KeyRows {

    private static final String FROM = " FROM api_keys k JOIN accounts a ON a.id = k.account_id ";

    private static final String WHERE = """
            WHERE (CAST(?1 AS uuid) IS NULL OR k.account_id = CAST(?1 AS uuid))
              AND (k.id = CAST(?2 AS uuid) OR lower(k.name) LIKE ?3 ESCAPE '!' OR lower(k.prefix) LIKE ?4 ESCAPE '!'
                OR lower(k.long_prefix) LIKE ?4 ESCAPE '!'
                OR k.id IN (SELECT r.api_key_id FROM retired_secrets r WHERE lower(r.prefix) LIKE ?4 ESCAPE '!'))
            """;

    private static final String STATE = """
            CASE WHEN k.revoked_at IS NOT NULL OR (NOT k.active AND k.suspended_at IS NULL) THEN 'REVOKED'
              WHEN k.expires_at <= ?5 THEN 'EXPIRED'
              WHEN k.suspended_at IS NOT NULL THEN 'SUSPENDED'
              WHEN EXISTS (SELECT 1 FROM retired_secrets s WHERE s.api_key_id = k.id AND s.valid_until > ?5) THEN 'ROTATING'
              ELSE 'ACTIVE' END
            """;

    private static final Map<String, String> ORDER = Map.ofEntries(
            entry("id", "k.id"),
            entry("kind", "k.kind"),
            entry("accountId", "k.account_id"),
            entry("account", "lower(a.name)"),
            entry("name", "lower(k.name)"),
            entry("note", "lower(k.note)"),
            entry("prefix", "coalesce(k.long_prefix, k.prefix)"),
            entry("state", STATE),
            entry("active", "k.active"),
            entry("suspended", "(k.suspended_at IS NOT NULL)"),
            entry("createdAt", "k.created_at"),
            entry("expiresAt", "k.expires_at"),
            entry("lastUsedAt", "k.last_used_at"),
            entry("windowLimit", "k.window_limit"),
            entry("postUsage", "k.post_usage"),
            entry("scopes", "k.scopes"),
            entry("addresses", "k.addresses"));

    private static final String DETAILS = "SELECT CAST(k.id AS text), a.name, k.last_used_at, "
            + STATE.replace("?5", "?2") + FROM + "WHERE k.id = ANY(CAST(?1 AS uuid[]))";

    private final EntityManager entities;
    private final Timestamp now;

    /**
     * @param now the instant at which states are told
     */
    KeyRows(EntityManager entities, Instant now) {
        this.entities = entities;
        this.now = Timestamp.from(now);
    }

    /** Returns a page of the keys of one account, or of all. */
    Page<KeyDetails> page(Optional<UUID> account, PageRequest request) {
        Number total = (Number)
                bound("SELECT count(*)" + FROM + WHERE, account, request).getSingleResult();
        String sorted = "SELECT CAST(k.id AS text)" + FROM + WHERE + order(request.sort());
        Query query = bound(sorted, account, request);
        if (sorted.contains("?5")) {
            query.setParameter(5, now);
        }
        List<?> ids = query.setFirstResult(request.offset())
                .setMaxResults(request.size())
                .getResultList();
        return Page.of(
                request,
                details(ids.stream().map(id -> UUID.fromString((String) id)).toList()),
                total.longValue());
    }

    private Query bound(String sql, Optional<UUID> account, PageRequest request) {
        return entities.createNativeQuery(sql)
                .setParameter(1, account.map(UUID::toString).orElse(null))
                .setParameter(2, Uuids.parse(request.q()).orElseGet(Uuids::none).toString())
                .setParameter(3, LikePatterns.containing(request.q()))
                .setParameter(4, LikePatterns.starting(request.q()));
    }

    private static String order(PageRequest.@Nullable Sort sort) {
        String first =
                sort == null ? "" : ORDER.get(sort.column()) + (sort.descending() ? " DESC" : " ASC") + " NULLS LAST, ";
        return "ORDER BY " + first + "k.created_at DESC, k.id";
    }

    /** Returns keys by their ids, in the same order, without those that there are not. */
    List<KeyDetails> details(List<UUID> ids) {
        if (ids.isEmpty()) {
            return List.of();
        }
        // What was changed in this transaction is to be read.
        entities.flush();
        String array = ids.stream().map(UUID::toString).collect(Collectors.joining(",", "{", "}"));
        List<?> rows = entities.createNativeQuery(DETAILS)
                .setParameter(1, array)
                .setParameter(2, now)
                .getResultList();
        Map<UUID, Object[]> others = new HashMap<>();
        rows.forEach(row -> others.put(UUID.fromString((String) ((Object[]) row)[0]), (Object[]) row));
        Map<UUID, ApiKeyEntity> keys = entities
                .createQuery("SELECT k FROM ApiKeyEntity k WHERE k.id IN :ids", ApiKeyEntity.class)
                .setParameter("ids", ids)
                .getResultList()
                .stream()
                .collect(Collectors.toMap(ApiKeyEntity::id, key -> key));
        return ids.stream()
                .filter(others::containsKey)
                .map(id -> details(Objects.requireNonNull(keys.get(id)), Objects.requireNonNull(others.get(id))))
                .toList();
    }

    private static KeyDetails details(ApiKeyEntity key, Object[] row) {
        return new KeyDetails(
                key.isPrincipal() ? KeyDetails.Kind.PRINCIPAL : KeyDetails.Kind.KEY,
                key.key(),
                key.note(),
                (String) row[1],
                row[2] instanceof Timestamp used ? used.toInstant() : null,
                KeyDetails.State.valueOf((String) row[3]));
    }
}
