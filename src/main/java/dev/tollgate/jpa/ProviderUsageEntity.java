package dev.tollgate.jpa;

import dev.tollgate.usage.UsageCounts;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** A row of {@code provider_usage}, for reading: the settlement writes them by SQL. */
@Entity
@Table(name = "provider_usage")
@IdClass(ProviderUsageEntity.Key.class)
public class ProviderUsageEntity {

    @Id
    @Column(name = "api_key_id")
    private UUID keyId;

    @Id
    private String provider;

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

    @Column(name = "last_used_at", insertable = false, updatable = false)
    private Instant lastUsedAt;

    /** For JPA. */
    protected ProviderUsageEntity() {}

    String provider() {
        return provider;
    }

    UsageCounts counts() {
        return new UsageCounts(
                totalRequests,
                successfulRequests,
                failedRequests,
                totalFiles,
                totalBytes,
                lastUsedAt == null ? 0 : lastUsedAt.toEpochMilli(),
                Map.of());
    }

    /** The primary key. */
    public static class Key implements Serializable {

        private static final long serialVersionUID = 1L;

        private UUID keyId;
        private String provider;

        /** For JPA. */
        public Key() {}

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key
                    && Objects.equals(keyId, key.keyId)
                    && Objects.equals(provider, key.provider);
        }

        @Override
        public int hashCode() {
            return Objects.hash(keyId, provider);
        }
    }
}
