package dev.tollgate.postgres.support;

import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * Brings the database's schema up to this release's. Several nodes may try at the same time: Flyway lets one at it. Versions
 * newer than this release's are left alone, so that an older node can run beside a newer one while an upgrade rolls.
 */
public final class Schema {

    private final DataSource database;

    /** Of the given database. */
    public Schema(DataSource database) {
        this.database = database;
    }

    /**
     * Migrates; does nothing if there is nothing to do.
     *
     * @return what went wrong, in one line; empty if the schema is as it should be
     */
    public Optional<String> migrate() {
        try {
            Flyway.configure(Schema.class.getClassLoader())
                    .dataSource(database)
                    .locations("classpath:db/migration")
                    .ignoreMigrationPatterns("*:future")
                    .load()
                    .migrate();
            return Optional.empty();
        } catch (FlywayException e) {
            String message = String.valueOf(e.getMessage());
            return Optional.of(message.lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.chars().allMatch(c -> c == '-'))
                    .findFirst()
                    .orElse(message));
        }
    }
}
