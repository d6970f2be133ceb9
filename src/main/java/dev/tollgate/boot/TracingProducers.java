package dev.tollgate.boot;

import dev.tollgate.core.trace.Tracing;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Produces spans if the server has the API of OpenTelemetry, from an agent or from WildFly's subsystem. */
@ApplicationScoped
public class TracingProducers {

    private static final Logger LOG = System.getLogger(TracingProducers.class.getName());
    private static final String API = "io.opentelemetry.api.GlobalOpenTelemetry";

    @Produces
    @Singleton
    Tracing tracing() {
        try {
            Class.forName(API, false, TracingProducers.class.getClassLoader());
            Tracing tracing = Loaded.tracing();
            LOG.log(Level.INFO, "spans are sent to the server's OpenTelemetry");
            return tracing;
        } catch (ClassNotFoundException | LinkageError | RuntimeException e) {
            LOG.log(Level.DEBUG, "no spans: {0}", e.toString());
            return Tracing.NONE;
        }
    }

    /** A class of its own, so that no class of OpenTelemetry is loaded before it is known to be there. */
    private static final class Loaded {

        static Tracing tracing() {
            return new dev.tollgate.ops.otel.OpenTelemetryTracing();
        }
    }
}
