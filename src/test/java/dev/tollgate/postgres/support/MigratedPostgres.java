package dev.tollgate.postgres.support;

import dev.tollgate.fixture.postgres.RealPostgres;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Persistence;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** A real PostgreSQL with Tollgate's schema and a persistence unit with local transactions. */
public final class MigratedPostgres implements AutoCloseable {

    private final RealPostgres server;
    private final EntityManagerFactory factory;
    private EntityManagerFactory pooled;

    private MigratedPostgres(RealPostgres server) {
        this.server = server;
        Flyway.configure().dataSource(server.dataSource()).load().migrate();
        this.factory = factory(server.dataSource());
    }

    /** Starts a server with empty tables. */
    public static MigratedPostgres start() {
        return new MigratedPostgres(RealPostgres.startUnsynced());
    }

    /** Starts a server whose commits wait for the disk, for measurements. */
    public static MigratedPostgres startSynced() {
        return new MigratedPostgres(RealPostgres.start());
    }

    private static EntityManagerFactory factory(DataSource source) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("jakarta.persistence.transactionType", "RESOURCE_LOCAL");
        properties.put("jakarta.persistence.nonJtaDataSource", source);
        properties.put("jakarta.persistence.jtaDataSource", "");
        return Persistence.createEntityManagerFactory("tollgate", properties);
    }

    /** Returns a database that keeps its connections, for measurements. */
    public Database pooledDatabase() {
        Map<String, Object> properties = new HashMap<>();
        properties.put("jakarta.persistence.transactionType", "RESOURCE_LOCAL");
        properties.put("jakarta.persistence.jtaDataSource", "");
        properties.put("jakarta.persistence.jdbc.driver", "org.postgresql.Driver");
        properties.put("jakarta.persistence.jdbc.url", server.jdbcUrl());
        properties.put("jakarta.persistence.jdbc.user", "postgres");
        pooled = Persistence.createEntityManagerFactory("tollgate", properties);
        return new LocalDatabase(pooled);
    }

    /** Returns the database for adapters. */
    public Database database() {
        return new LocalDatabase(factory);
    }

    public RealPostgres server() {
        return server;
    }

    /** Returns the first column of all rows, as text. */
    public List<String> column(String sql) {
        try (Connection connection = server.dataSource().getConnection();
                ResultSet rows = connection.createStatement().executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs statements. */
    public void execute(String... statements) {
        try (Connection connection = server.dataSource().getConnection()) {
            for (String sql : statements) {
                connection.createStatement().execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Deletes everything and restores the initial tiers. */
    public void clear() {
        execute(
                "TRUNCATE accounts, permanent_bans, audit_logs, refusals CASCADE",
                "DELETE FROM tiers WHERE name NOT IN ('free', 'pro', 'enterprise', 'anonymous')",
                "UPDATE tiers SET window_limit = 10, monthly_quota = 1000 WHERE name = 'free'");
    }

    @Override
    public void close() {
        if (pooled != null) {
            pooled.close();
        }
        factory.close();
        server.close();
    }
}
