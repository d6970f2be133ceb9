package dev.tollgate.rest.admin;

import dev.tollgate.core.account.RequestAttributes;
import dev.tollgate.core.traffic.DailyUsage;
import dev.tollgate.core.traffic.Overview;
import dev.tollgate.core.traffic.OverviewService;
import dev.tollgate.core.traffic.Traffic;
import dev.tollgate.core.traffic.TrafficHistory;
import dev.tollgate.rest.support.QueryParameters;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The state of the system for administrators: now, in the last hour and in the last days. */
@Path("api/v1/admin/overview")
@Produces(MediaType.APPLICATION_JSON)
@AdminOnly
@Dependent
public class AdminOverviewResource {

    private static final int MAX_DAYS = 90;
    private static final int USUAL_DAYS = 30;
    private static final int USUAL_STEP = 10;

    private final OverviewService overviews;
    private final Traffic traffic;
    private final DailyUsage days;
    private final OverviewBroadcaster streams;
    private final AdminAuditor record;

    /** The last days' usage, oldest first. */
    public record Days(List<DailyUsage.Day> days) {}

    /** With what it shows. */
    @Inject
    public AdminOverviewResource(
            OverviewService overviews,
            Traffic traffic,
            DailyUsage days,
            OverviewBroadcaster streams,
            AdminAuditor record) {
        this.overviews = overviews;
        this.traffic = traffic;
        this.days = days;
        this.streams = streams;
        this.record = record;
    }

    /** Returns how things are now. */
    @GET
    public Overview now(@Context UriInfo uri) {
        QueryParameters.none(uri);
        return overviews.now();
    }

    /**
     * The same every second, as server-sent events named {@code overview}; for a quarter of an hour, {@code events}, or until the
     * session is checked again. Eight at a time for one user, 32 for a node.
     */
    @GET
    @Path("stream")
    @Parameter(ref = "events")
    @ApiResponse(
            responseCode = "200",
            description = "A stream; each event's data is an Overview.",
            content = @Content(mediaType = MediaType.SERVER_SENT_EVENTS, schema = @Schema(type = "string")))
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public void stream(
            @Context UriInfo uri,
            @Context ContainerRequestContext request,
            @Context SecurityContext security,
            @Context Sse sse,
            @Context SseEventSink sink) {
        QueryParameters query = QueryParameters.of(uri);
        int events = query.integer("events", 1, OverviewBroadcaster.MAX_EVENTS, OverviewBroadcaster.MAX_EVENTS);
        query.end();
        BooleanSupplier signedIn =
                request.getProperty(RequestAttributes.SIGNED_IN) instanceof BooleanSupplier live ? live : () -> true;
        streams.add(new OverviewBroadcaster.Subscriber(record.actor(security), signedIn), sse, sink, events);
    }

    /** Returns requests by outcome: {@code seconds} back (1 to 3600), in sums of {@code step} seconds (1 to 600). */
    @GET
    @Path("traffic")
    @Parameter(ref = "seconds")
    @Parameter(ref = "step")
    public TrafficHistory traffic(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        int seconds = query.integer("seconds", 1, Traffic.SECONDS, Traffic.SECONDS);
        int step = query.integer("step", 1, 600, USUAL_STEP);
        query.end();
        return traffic.last(seconds, step, record.nowMillis());
    }

    /** Returns settled usage of all keys together; {@code days} 1 to 90, today (UTC) included. */
    @GET
    @Path("daily")
    @Parameter(ref = "days")
    public Days daily(@Context UriInfo uri) {
        QueryParameters query = QueryParameters.of(uri);
        int count = query.integer("days", 1, MAX_DAYS, USUAL_DAYS);
        query.end();
        LocalDate today = Instant.ofEpochMilli(record.nowMillis())
                .atOffset(ZoneOffset.UTC)
                .toLocalDate();
        return new Days(days.between(today.minusDays(count - 1L), today));
    }
}
