package dev.tollgate.postgres.report;

import dev.tollgate.core.usage.UsageCounts;
import dev.tollgate.postgres.support.UsageEmbeddable;
import jakarta.persistence.Column;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.util.Objects;
import java.util.UUID;

/** A row of {@code provider_usage}. */
@Entity
@Table(name = "provider_usage")
@IdClass(ProviderUsageEntity.Key.class)
public class ProviderUsageEntity {

    @Id
    @Column(name = "api_key_id")
    private UUID keyId;

    @Id
    private String provider;

    @Embedded
    private UsageEmbeddable usage;

    /** Creates an empty row, for JPA. */
    protected ProviderUsageEntity() {}

    String provider() {
        return provider;
    }

    UsageCounts counts() {
        return usage.counts();
    }

    /** The primary key. */
    public static class Key implements Serializable {

        private static final long serialVersionUID = 1L;

        private UUID keyId;
        private String provider;

        /** Creates an empty row, for JPA. */
        @SuppressWarnings("NullAway.Init") // JPA fills it
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
