package dev.tollgate.rest.analytics;

import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.RequestAttributes;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.analytics.Analytics;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.rest.support.ProblemException;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;

/** The reports of the presented key. The answers are the records of {@code dev.tollgate.core.analytics}. */
@Path("api/v1/analytics")
@Dependent
public class AnalyticsResource extends KeyAnalyticsResource {

    /** From the given reports. */
    @Inject
    public AnalyticsResource(Analytics analytics) {
        super(analytics);
    }

    @Override
    protected String keyId(ContainerRequestContext request) {
        return presented(request).id();
    }

    /** Returns the presented key; 401 if there is none. */
    public static ApiKey presented(ContainerRequestContext request) {
        if (request.getProperty(RequestAttributes.KEY) instanceof ResolvedKey known) {
            return known.key();
        }
        throw new ProblemException(Problems.missingKey());
    }
}
