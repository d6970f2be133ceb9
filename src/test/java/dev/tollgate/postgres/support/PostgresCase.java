package dev.tollgate.postgres.support;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A real PostgreSQL with Tollgate's tables for the tests of a class, empty before each test. */
public abstract class PostgresCase {

    /** The server of the class whose tests run. */
    protected static MigratedPostgres postgres;

    @BeforeAll
    static void start() {
        postgres = MigratedPostgres.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @BeforeEach
    void clear() {
        postgres.clear();
    }
}
