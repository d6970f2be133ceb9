package dev.tollgate.postgres.account;

import dev.tollgate.postgres.support.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.security.SecureRandom;
import java.util.Base64;

/** Secrets that all nodes share, for use without a setting. The first node that asks creates it. Thread-safe; blocks. */
@ApplicationScoped
public class JpaSharedSecrets {

    private static final int BYTES = 32;

    private final Database database;

    /** For the proxy of the container. */
    @SuppressWarnings("NullAway") // a proxy reads no field of its own
    protected JpaSharedSecrets() {
        this(null);
    }

    /** Creates it over a database. */
    @Inject
    public JpaSharedSecrets(Database database) {
        this.database = database;
    }

    /**
     * Returns the secret of a name: 43 random characters, the same on all nodes, which never change.
     *
     * @throws dev.tollgate.core.account.DatabaseUnavailableException if the database cannot be reached
     */
    public String get(String name) {
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        String made = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        database.inTransaction(entities -> entities.createNativeQuery(
                        "INSERT INTO shared_secrets (name, secret) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING")
                .setParameter(1, name)
                .setParameter(2, made)
                .executeUpdate());
        return database.inTransaction(
                entities -> (String) entities.createNativeQuery("SELECT secret FROM shared_secrets WHERE name = ?1")
                        .setParameter(1, name)
                        .getSingleResult());
    }
}
