package dev.tollgate.jpa;

import dev.tollgate.usage.UsageCounts;
import jakarta.json.Json;
import jakarta.json.JsonNumber;
import jakarta.json.JsonReader;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.io.StringReader;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** The settled totals in a row of {@code api_keys}, for reading: the settlement writes them by SQL. */
@Entity
@Table(name = "api_keys")
public class KeyTotalsEntity {

    @Id
    private UUID id;

    @Column(name = "total_requests", insertable = false, updatable = false)
    private long totalRequests;

    @Column(name = "successful_requests", insertable = false, updatable = false)
    private long successfulRequests;

    @Column(name = "failed_requests", insertable = false, updatable = false)
    private long failedRequests;

    @Column(name = "total_files_uploaded", insertable = false, updatable = false)
    private long totalFiles;

    @Column(name = "total_file_size", insertable = false, updatable = false)
    private long totalBytes;

    @Column(name = "file_type_counts", insertable = false, updatable = false)
    @Convert(converter = JsonTextConverter.class)
    private String fileTypes;

    @Column(name = "last_used_at", insertable = false, updatable = false)
    private Instant lastUsedAt;

    @Column(name = "settled_batch", insertable = false, updatable = false)
    private long settledBatch;

    /** For JPA. */
    protected KeyTotalsEntity() {}

    /** The last batch these totals hold. */
    long settledBatch() {
        return settledBatch;
    }

    UsageCounts counts() {
        return new UsageCounts(
                totalRequests,
                successfulRequests,
                failedRequests,
                totalFiles,
                totalBytes,
                lastUsedAt == null ? 0 : lastUsedAt.toEpochMilli(),
                types(fileTypes));
    }

    private static Map<String, Long> types(String json) {
        Map<String, Long> types = new HashMap<>();
        try (JsonReader reader = Json.createReader(new StringReader(json))) {
            reader.readObject().forEach((type, count) -> types.put(type, ((JsonNumber) count).longValueExact()));
        }
        return types;
    }
}
