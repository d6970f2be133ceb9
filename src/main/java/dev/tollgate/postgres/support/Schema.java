package dev.tollgate.postgres.support;

import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * The schema of the database, migrated by Flyway. Several nodes may migrate at the same time, since Flyway locks. Versions
 * newer than this release's are left alone, so that an older node can run beside a newer one during a rolling upgrade.
 */
public final class Schema {

    private final DataSource database;

    /** Creates it for a database. */
    public Schema(DataSource database) {
        this.database = database;
    }

    /**
     * Migrates the schema to this release's version; blocks.
     *
     * @return the problem, in one line; empty if the schema is up to date
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
            // Its message is a page. The first line says which migration, or that there is no connection.
            String title = String.valueOf(e.getMessage())
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.chars().allMatch(c -> c == '-'))
                    .findFirst()
                    .orElse("failed");
            String reason = DatabaseErrors.reason(e);
            return Optional.of(title.contains(reason) ? title : title.split(": ", 2)[0] + ": " + reason);
        }
    }
}
