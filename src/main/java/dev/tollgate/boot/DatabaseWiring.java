package dev.tollgate.boot;

import dev.tollgate.gate.BanKeeper;
import dev.tollgate.limit.BanRecords;
import dev.tollgate.limit.BanRegister;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;

/** What stands on PostgreSQL. */
@ApplicationScoped
public class DatabaseWiring {

    /** The one name that both WildFly and Payara resolve. */
    private static final String DATA_SOURCE = "jdbc/tollgate";

    @Resource
    private ManagedScheduledExecutorService executor;

    @Produces
    @Singleton
    DataSource dataSource() {
        try {
            return (DataSource) new InitialContext().lookup(DATA_SOURCE);
        } catch (NamingException e) {
            throw new IllegalStateException(
                    "no data source " + DATA_SOURCE + ": run the scripts in server-config first", e);
        }
    }

    @Produces
    @Singleton
    BanRegister banRegister(BanRecords records) {
        return new BanKeeper(records, executor);
    }
}
