package dev.tollgate.rest.support;

import dev.tollgate.core.account.RequestAttributes;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.bodylimit.BodyReadLimiter;
import dev.tollgate.core.bodylimit.TrackedBody;
import dev.tollgate.core.problem.Problem;
import dev.tollgate.core.problem.Problems;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.io.InputStream;
import java.util.function.Function;

/** A reader of the bodies that callers with a key send, within the node's limits on bodies. */
@Dependent
public class BodyReader {

    private static final long RETRY_SECONDS = 5;

    private final BodyReadLimiter intake;

    /** Through the given intake. */
    @Inject
    public BodyReader(BodyReadLimiter intake) {
        this.intake = intake;
    }

    /**
     * Reads the request's body.
     *
     * @param reader given the body; done with it when it returns or throws
     * @throws ProblemException 408, 429 or 503, if the body comes too slowly or there are too many
     */
    public <T> T read(ContainerRequestContext request, Function<InputStream, T> reader) {
        String caller = request.getProperty(RequestAttributes.KEY) instanceof ResolvedKey key
                ? key.key().accountId()
                : "";
        intake.refusal(caller).ifPresent(why -> {
            throw refused(why, request);
        });
        try (TrackedBody reading = intake.begin(caller)) {
            try {
                return reader.apply(reading.watched(request.getEntityStream()));
            } catch (RuntimeException e) {
                throw reading.endedBy()
                        .<RuntimeException>map(why -> refused(why, request))
                        .orElse(e);
            }
        }
    }

    private ProblemException refused(BodyReadLimiter.Refusal why, ContainerRequestContext request) {
        // Neither Jersey nor the server waits for the rest of the body.
        request.setEntityStream(InputStream.nullInputStream());
        return new ProblemException(problem(why));
    }

    private Problem problem(BodyReadLimiter.Refusal why) {
        BodyReadLimiter.Bounds bounds = intake.bounds();
        return switch (why) {
            case TOO_SLOW -> Problems.tooSlow(bounds.leastBytesPerSecond());
            case TOO_MANY_OF_CALLER -> Problems.tooManyUploads(bounds.perCaller(), RETRY_SECONDS);
            case TOO_MANY ->
                Problems.unavailable(
                        "UPLOADS_BUSY", "There are too many uploads under way. Begin this one later.", RETRY_SECONDS);
        };
    }
}
