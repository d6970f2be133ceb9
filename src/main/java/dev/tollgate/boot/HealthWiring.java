package dev.tollgate.boot;

import dev.tollgate.api.Health;
import dev.tollgate.gate.Breaker;
import dev.tollgate.gate.Gate;
import dev.tollgate.settle.SettlementTimer;
import dev.tollgate.usage.UsageRecorder;
import jakarta.ejb.EJB;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;

/**
 * What readiness looks at. Nothing is essential: without Redis the failure mode answers, without PostgreSQL known keys are
 * served, so a node that lives should get traffic and say what is wrong.
 */
@ApplicationScoped
public class HealthWiring {

    @EJB
    private SettlementTimer settlement;

    @Produces
    @Singleton
    Health health(Gate gate, UsageRecorder usage, Migration migration) {
        return new Health(List.of(
                new Health.Component("redis", false, () -> working(gate.breakerState() == Breaker.State.CLOSED)),
                new Health.Component("metering", false, () -> working(!usage.isFailing())),
                new Health.Component("schema", false, () -> working(migration.isDone())),
                new Health.Component("settlement", false, () -> working(!settlement.isFailing()))));
    }

    private static Health.State working(boolean works) {
        return works ? Health.State.UP : Health.State.DEGRADED;
    }
}
