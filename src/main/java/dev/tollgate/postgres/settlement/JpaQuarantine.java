package dev.tollgate.postgres.settlement;

import dev.tollgate.core.ledger.Quarantine;
import dev.tollgate.core.usage.KeyUsage.ProviderDay;
import dev.tollgate.core.usage.UsageCounts;
import dev.tollgate.postgres.support.Database;
import dev.tollgate.postgres.support.DetailsJson;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import jakarta.persistence.EntityManager;
import java.io.StringReader;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The quarantine of usage in the table {@code set_aside_usage}, by JPA. It reads the JSON that {@link QuarantinedUsage} writes.
 */
@ApplicationScoped
public class JpaQuarantine implements Quarantine {

    private static final String FIND = """
            SELECT CAST(a.usage AS text), a.requests, EXISTS (SELECT 1 FROM api_keys k WHERE CAST(k.id AS text) = a.api_key_id)
            FROM set_aside_usage a WHERE a.batch_id = ?1 AND a.api_key_id = ?2""";

    // The usage is recorded again by the caller, so it is taken out of the sums here.
    private static final String REMOVE = """
            WITH gone AS (DELETE FROM set_aside_usage WHERE batch_id = ?1 AND api_key_id = ?2 RETURNING requests)
            UPDATE ledger_totals SET recorded = recorded - g.requests, set_aside = set_aside - g.requests FROM gone g""";

    private final Database database;

    /** For the proxy of the container. */
    @SuppressWarnings("NullAway") // a proxy reads no field of its own
    protected JpaQuarantine() {
        this(null);
    }

    /** Creates it over a database. */
    @Inject
    public JpaQuarantine(Database database) {
        this.database = database;
    }

    @Override
    public Optional<Entry> find(long batchId, String keyId) {
        return database.inTransaction(entities -> rows(entities, batchId, keyId).stream()
                .map(row -> entry((Object[]) row))
                .findFirst());
    }

    private static List<?> rows(EntityManager entities, long batchId, String keyId) {
        return entities.createNativeQuery(FIND)
                .setParameter(1, batchId)
                .setParameter(2, DetailsJson.storable(keyId))
                .getResultList();
    }

    private static Entry entry(Object[] row) {
        long requests = ((BigDecimal) row[1]).longValueExact();
        try (JsonReader reader = Json.createReader(new StringReader((String) row[0]))) {
            return new Entry(usage(reader.readObject()), requests, (Boolean) row[2]);
        }
    }

    private static Map<ProviderDay, UsageCounts> usage(JsonObject whole) {
        if (whole.containsKey("damage") || !whole.containsKey("parts")) {
            // Not all of it could be read, so an administrator has to decide.
            return Map.of();
        }
        JsonArray parts = whole.getJsonArray("parts");
        boolean typed =
                parts.stream().anyMatch(part -> !types(part.asJsonObject()).isEmpty());
        Map<ProviderDay, UsageCounts> usage = new HashMap<>();
        for (int i = 0; i < parts.size(); i++) {
            JsonObject part = parts.getJsonObject(i);
            // If file types were kept for the key alone, all go to the first part.
            JsonObject types = types(typed || i > 0 ? part : whole);
            usage.put(
                    new ProviderDay(part.getString("provider"), LocalDate.parse(part.getString("day"))),
                    counts(part, types));
        }
        return usage;
    }

    private static JsonObject types(JsonObject part) {
        return part.containsKey("fileTypes") ? part.getJsonObject("fileTypes") : JsonValue.EMPTY_JSON_OBJECT;
    }

    private static UsageCounts counts(JsonObject part, JsonObject types) {
        Map<String, Long> files = new HashMap<>();
        types.forEach((type, count) -> files.put(type, ((JsonNumber) count).longValue()));
        return new UsageCounts(
                number(part, "totalRequests"),
                number(part, "successfulRequests"),
                number(part, "failedRequests"),
                number(part, "totalFilesUploaded"),
                number(part, "totalFileSize"),
                number(part, "lastUsedAt"),
                files);
    }

    private static long number(JsonObject part, String name) {
        // A damaged part may lack a count; a negative one cannot be settled.
        return part.containsKey(name) ? part.getJsonNumber(name).longValue() : -1;
    }

    @Override
    public boolean remove(long batchId, String keyId) {
        return database.inTransaction(entities -> entities.createNativeQuery(REMOVE)
                        .setParameter(1, batchId)
                        .setParameter(2, DetailsJson.storable(keyId))
                        .executeUpdate()
                > 0);
    }
}
