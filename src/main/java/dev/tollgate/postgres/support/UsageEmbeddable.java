package dev.tollgate.postgres.support;

import dev.tollgate.core.usage.UsageCounts;
import jakarta.json.Json;
import jakarta.json.JsonNumber;
import jakarta.json.JsonReader;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Embeddable;
import java.io.StringReader;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The settled counts in the row of a key or a provider, for reading; the settlement writes them by SQL. */
@Embeddable
public class UsageEmbeddable {

    private static final BigDecimal MAX_LONG = BigDecimal.valueOf(Long.MAX_VALUE);

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
    private @Nullable Instant lastUsedAt;

    /** Creates an empty row, for JPA. */
    protected UsageEmbeddable() {}

    public UsageCounts counts() {
        return new UsageCounts(
                totalRequests,
                successfulRequests,
                failedRequests,
                totalFiles,
                totalBytes,
                lastUsedAt == null ? 0 : lastUsedAt.toEpochMilli(),
                types(fileTypes));
    }

    /** Returns a count or a sum as a long, or its bound beyond the range; 0 for null, the sum of no rows. */
    public static long whole(@Nullable Object column) {
        if (column instanceof BigDecimal sum) {
            return sum.min(MAX_LONG).longValue();
        }
        return column == null ? 0 : ((Number) column).longValue();
    }

    private static Map<String, Long> types(String json) {
        Map<String, Long> types = new HashMap<>();
        try (JsonReader reader = Json.createReader(new StringReader(json))) {
            reader.readObject()
                    .forEach((type, count) -> types.put(type, whole(((JsonNumber) count).bigDecimalValue())));
        }
        return types;
    }
}
