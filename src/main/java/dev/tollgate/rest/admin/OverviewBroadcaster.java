package dev.tollgate.rest.admin;

import dev.tollgate.core.problem.Problems;
import dev.tollgate.core.traffic.OverviewService;
import dev.tollgate.rest.support.JsonFormat;
import dev.tollgate.rest.support.ProblemException;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * The broadcaster of the overview to open streams. Once a second it assembles the overview once for all of them, if there
 * are any. A slow stream misses the next one. A stream ends after a quarter of an hour, and at once when its session has
 * ended or has to be checked again; browsers reopen it by themselves. Bounded per administrator and node. Thread-safe.
 */
@ApplicationScoped
public class OverviewBroadcaster {

    /** The most streams a node feeds. */
    static final int MAX_STREAMS = 32;

    /** The most streams one administrator has of a node. */
    static final int MAX_STREAMS_PER_USER = 8;

    /** A quarter of an hour's. */
    static final int MAX_EVENTS = 900;

    private static final long MAX_AGE_NANOS = Duration.ofMinutes(15).toNanos();
    private static final long RETRY_MILLIS = 1_000;
    private static final long RETRY_SECONDS = 10;

    private final OverviewService overviews;
    private final Set<Stream> streams = ConcurrentHashMap.newKeySet();

    @Resource
    private ManagedExecutorService executor;

    private record Stream(
            Subscriber watcher, Sse sse, SseEventSink sink, long opened, AtomicInteger left, AtomicBoolean busy) {}

    /**
     * Who watches.
     *
     * @param user the administrator's name
     * @param signedIn whether it is still signed in
     */
    record Subscriber(String user, BooleanSupplier signedIn) {}

    /** For the container's proxy. */
    @SuppressWarnings("NullAway") // a proxy reads no field of its own
    protected OverviewBroadcaster() {
        this(null);
    }

    /** Of the given overviews. */
    @Inject
    public OverviewBroadcaster(OverviewService overviews) {
        this.overviews = overviews;
    }

    /**
     * Feeds one more.
     *
     * @param events after how many it ends; at most {@value #MAX_EVENTS}
     * @throws ProblemException if there are too many
     */
    void add(Subscriber watcher, Sse sse, SseEventSink sink, int events) {
        Stream stream =
                new Stream(watcher, sse, sink, System.nanoTime(), new AtomicInteger(events), new AtomicBoolean());
        synchronized (streams) {
            if (streams.size() >= MAX_STREAMS) {
                // One whose client has gone is found out when it is sent something, a second later at most.
                throw new ProblemException(Problems.unavailable(
                        "TOO_MANY_STREAMS", "Too many pages watch this node already. Try again later.", RETRY_SECONDS));
            }
            if (streams.stream()
                            .filter(one -> one.watcher().user().equals(watcher.user()))
                            .count()
                    >= MAX_STREAMS_PER_USER) {
                throw new ProblemException(Problems.tooManyStreams(MAX_STREAMS_PER_USER, RETRY_SECONDS));
            }
            streams.add(stream);
        }
        send(stream, text());
    }

    /** Returns how many there are. */
    public int count() {
        return streams.size();
    }

    /** Sends the overview to all. */
    public void send() {
        if (streams.isEmpty()) {
            return;
        }
        String text = text();
        long now = System.nanoTime();
        for (Stream stream : streams) {
            if (stream.sink().isClosed()
                    || now - stream.opened() > MAX_AGE_NANOS
                    || !stream.watcher().signedIn().getAsBoolean()) {
                end(stream);
            } else {
                send(stream, text);
            }
        }
    }

    private String text() {
        return JsonFormat.TEXT.toJson(overviews.now());
    }

    private void send(Stream stream, String text) {
        if (!stream.busy().compareAndSet(false, true)) {
            return;
        }
        executor.execute(() -> {
            try {
                OutboundSseEvent event = stream.sse()
                        .newEventBuilder()
                        .name("overview")
                        .reconnectDelay(RETRY_MILLIS)
                        .data(String.class, text)
                        .build();
                stream.sink().send(event).whenComplete((sent, failure) -> {
                    stream.busy().set(false);
                    if (failure != null || stream.left().decrementAndGet() <= 0) {
                        end(stream);
                    }
                });
            } catch (RuntimeException e) {
                end(stream);
            }
        });
    }

    private void end(Stream stream) {
        streams.remove(stream);
        try {
            stream.sink().close();
        } catch (RuntimeException e) {
            // It was gone already.
        }
    }
}
