package dev.tollgate.rest.usage;

import dev.tollgate.core.account.ApiKey;
import dev.tollgate.core.account.UsagePosting;
import dev.tollgate.core.problem.Problems;
import dev.tollgate.core.usage.PostedCounts;
import dev.tollgate.core.usage.PostedEvent;
import dev.tollgate.core.usage.PostedUsage;
import dev.tollgate.core.usage.PostedUsage.Full;
import dev.tollgate.core.usage.PostedUsage.Receipt;
import dev.tollgate.core.usage.PostedUsage.Taken;
import dev.tollgate.core.usage.PostedUsage.TooManyCells;
import dev.tollgate.core.usage.UsageCells;
import dev.tollgate.rest.analytics.AnalyticsResource;
import dev.tollgate.rest.support.BodyReader;
import dev.tollgate.rest.support.JsonBody;
import dev.tollgate.rest.support.ProblemException;
import dev.tollgate.rest.support.QueryParameters;
import dev.tollgate.rest.support.Rejections;
import dev.tollgate.rest.usage.EventReader.BadEventException;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Usage that other services post for the presented key: a JSON array of events, {@code {"events": [...]}}, or CloudEvents,
 * at most {@value PostedEvent#MAX_EVENTS} and {@value #MAX_BYTES} bytes. A batch is taken whole or not at all. A client
 * that got no answer, or 503, sends the batch again; no id counts twice within 24 hours. docs/usage-events.md has the form.
 */
@Path("api/v1/usage")
@Produces(MediaType.APPLICATION_JSON)
@Dependent
public class UsageResource {

    /** The longest body. */
    public static final int MAX_BYTES = 2 * 1024 * 1024;

    private static final long REDIS_RETRY_SECONDS = 1;
    private static final long SETTLED_BY_THEN_SECONDS = 10;

    private final PostedUsage usage;
    private final UsagePosting posting;
    private final PostedCounts counts;
    private final BodyReader bodies;
    private final Clock clock;

    /**
     * What became of a batch.
     *
     * @param accepted events counted now
     * @param repeated events whose id was counted before, within 24 hours or earlier in the same batch
     * @param results per event, in the order they were sent
     */
    public record Taking(int accepted, int repeated, List<Result> results) {}

    /**
     * What became of an event.
     *
     * @param index its place in the batch, from 0
     * @param id its id
     * @param result {@code accepted} or {@code repeated}
     */
    public record Result(int index, String id, String result) {}

    @FunctionalInterface
    private interface Form {
        EventReader.Read read(JsonValue event) throws BadEventException;
    }

    /**
     * Makes an instance with what it works on.
     *
     * @param usage takes the events
     * @param posting which keys may post
     * @param counts counts batches by their result
     * @param bodies reads requests' bodies
     */
    @Inject
    public UsageResource(PostedUsage usage, UsagePosting posting, PostedCounts counts, BodyReader bodies) {
        this(usage, posting, counts, bodies, Clock.systemUTC());
    }

    UsageResource(PostedUsage usage, UsagePosting posting, PostedCounts counts, BodyReader bodies, Clock clock) {
        this.usage = usage;
        this.posting = posting;
        this.counts = counts;
        this.bodies = bodies;
        this.clock = clock;
    }

    /** Counts usage events of other services for the presented key: of our own form, or CloudEvents. No id counts twice. */
    @POST
    @Parameter(ref = "ceSpecversion")
    @Parameter(ref = "ceId")
    @Parameter(ref = "ceSource")
    @Parameter(ref = "ceType")
    @Parameter(ref = "ceTime")
    @RequestBody(ref = "UsageEvents")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Taking.class)))
    public Taking post(@Context ContainerRequestContext request) {
        return counted(() -> {
            UsageForm form = UsageForm.of(request);
            JsonValue body = read(request);
            return take(request, events(form, body, request), form != UsageForm.PLAIN);
        });
    }

    private Taking counted(Supplier<Taking> work) {
        try {
            return work.get();
        } catch (ProblemException e) {
            counts.refused(e.problem().code());
            throw e;
        }
    }

    private JsonValue read(ContainerRequestContext request) {
        if (!posting.allows(AnalyticsResource.presented(request))) {
            throw new ProblemException(Problems.insufficientScope(
                    UsagePosting.SCOPE,
                    "Usage may not be posted with this key; use one that may, or have an administrator permit it."));
        }
        return bodies.read(request, body -> JsonBody.read(request, body, MAX_BYTES));
    }

    private static List<JsonValue> events(UsageForm form, JsonValue body, ContainerRequestContext request) {
        return switch (form) {
            case PLAIN -> plain(body);
            case BINARY -> List.of(BinaryCloudEvent.of(request.getHeaders(), body));
            case STRUCTURED -> List.of(body);
            case BATCHED -> {
                if (body instanceof JsonArray array) {
                    yield array;
                }
                throw bad("The body must be a JSON array of CloudEvents.");
            }
        };
    }

    private static List<JsonValue> plain(JsonValue body) {
        if (body instanceof JsonArray array) {
            return array;
        }
        if (body instanceof JsonObject object
                && object.size() == 1
                && object.get("events") instanceof JsonArray array) {
            return array;
        }
        throw bad("The body must be a JSON array of events, or an object whose one member, events, is.");
    }

    private Taking take(ContainerRequestContext request, List<JsonValue> values, boolean cloudEvents) {
        QueryParameters.none(request.getUriInfo());
        ApiKey key = AnalyticsResource.presented(request);
        if (values.size() > PostedEvent.MAX_EVENTS) {
            throw bad("A batch holds at most " + PostedEvent.MAX_EVENTS + " events; send several.");
        }
        EventReader reader = new EventReader(key.id(), clock.millis());
        List<EventReader.Read> events = read(values, cloudEvents ? reader::cloudEvent : reader::plain);
        List<PostedEvent> posted = events.stream().map(EventReader.Read::event).toList();
        if (posted.stream().mapToLong(event -> event.usage().bytes()).sum() > PostedEvent.MAX_BATCH_BYTES) {
            throw bad("The bytes of a batch's events are at most " + PostedEvent.MAX_BATCH_BYTES
                    + " together; send several batches.");
        }
        Taking taking = answer(events, receipt(key, posted));
        counts.took(taking.accepted(), taking.repeated(), UsageCells.of(posted));
        return taking;
    }

    private static List<EventReader.Read> read(List<JsonValue> values, Form form) {
        List<EventReader.Read> events = new ArrayList<>(values.size());
        Rejections rejections = new Rejections(values.size());
        for (int i = 0; i < values.size(); i++) {
            try {
                events.add(form.read(values.get(i)));
            } catch (BadEventException e) {
                rejections.add(i, shortened(e.member()), Objects.requireNonNull(e.getMessage()));
            }
        }
        if (rejections.isEmpty()) {
            return events;
        }
        throw rejections.refusal(
                400,
                "INVALID_EVENTS",
                " events are bad, so none was taken. Mend those or leave them out, and send the batch again.");
    }

    private static @Nullable String shortened(@Nullable String member) {
        return member != null && member.length() > 100 ? member.substring(0, 100) : member;
    }

    private Receipt receipt(ApiKey key, List<PostedEvent> events) {
        try {
            return usage.take(key.accountId(), key.id(), events)
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            throw new ProblemException(Problems.unavailable(
                    "REDIS_UNAVAILABLE",
                    "Redis did not confirm the events, so they may or may not have been taken. Send the same ones again:"
                            + " no id counts twice.",
                    REDIS_RETRY_SECONDS));
        }
    }

    private static Taking answer(List<EventReader.Read> events, Receipt receipt) {
        if (receipt instanceof Taken taken) {
            List<Result> results = new ArrayList<>(events.size());
            int accepted = 0;
            for (int i = 0; i < events.size(); i++) {
                boolean counted = taken.counted().get(i);
                accepted += counted ? 1 : 0;
                results.add(new Result(i, events.get(i).id(), counted ? "accepted" : "repeated"));
            }
            return new Taking(accepted, events.size() - accepted, results);
        }
        if (receipt instanceof Full full) {
            throw new ProblemException(Problems.tooManyEvents(seconds(full.retryAfterMillis())));
        }
        if (receipt instanceof TooManyCells much) {
            throw new ProblemException(
                    Problems.tooManyCells(much.cells(), much.most(), seconds(much.retryAfterMillis())));
        }
        throw new ProblemException(Problems.unavailable(
                "USAGE_UNSETTLED",
                "The key's unsettled counts are too large to add to. Send the same batch again later: no id counts twice.",
                SETTLED_BY_THEN_SECONDS));
    }

    private static long seconds(long millis) {
        return (millis + 999) / 1000;
    }

    private static ProblemException bad(String detail) {
        return new ProblemException(Problems.badRequest(detail));
    }
}
