package dev.tollgate.postgres.account;

import dev.tollgate.core.limit.Ban;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

/** A row of {@code permanent_bans}. */
@Entity
@Table(name = "permanent_bans")
public class PermanentBanEntity {

    @Id
    private String caller;

    private String reason;

    @Column(name = "banned_at")
    private Instant bannedAt;

    /** Creates an empty row, for JPA. */
    protected PermanentBanEntity() {}

    PermanentBanEntity(String caller, Ban ban) {
        this.caller = caller;
        this.reason = ban.reason();
        this.bannedAt = Instant.ofEpochMilli(ban.bannedAt());
    }
}
