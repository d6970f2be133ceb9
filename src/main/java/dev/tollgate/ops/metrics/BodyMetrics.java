package dev.tollgate.ops.metrics;

import dev.tollgate.core.bodylimit.BodyReadLimiter;
import dev.tollgate.core.bodylimit.DrainLimiter;
import dev.tollgate.ops.metrics.Metrics.Sample;
import jakarta.servlet.ServletContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Metrics of request bodies that have not arrived completely. */
public final class BodyMetrics {

    private final List<BodyReadLimiter> read;
    private final Optional<DrainLimiter> unread;

    /**
     * @param context the context with the limiter of unread bodies, on servers that need one
     * @param read the limiters of bodies that are read
     */
    public BodyMetrics(ServletContext context, List<BodyReadLimiter> read) {
        this.read = List.copyOf(read);
        this.unread = Optional.ofNullable((DrainLimiter) context.getAttribute(DrainLimiter.ATTRIBUTE));
    }

    public void add(Metrics metrics) {
        metrics.gauges(
                        "tollgate_bodies_waiting",
                        "Request bodies that have not arrived completely: those a thread reads, and those unread after the response.",
                        List.of("state"),
                        this::waiting)
                .counters(
                        "tollgate_bodies_cut_off_total",
                        "Request bodies that were cut off because they were too slow, too many or too long.",
                        List.of("state"),
                        this::cutOff);
    }

    private Collection<Sample> waiting() {
        List<Sample> samples = new ArrayList<>();
        samples.add(Sample.of(
                "read", read.stream().mapToInt(BodyReadLimiter::waitedFor).sum()));
        unread.ifPresent(limiter -> samples.add(Sample.of("unread", limiter.waiting())));
        return samples;
    }

    private Collection<Sample> cutOff() {
        List<Sample> samples = new ArrayList<>();
        samples.add(Sample.of(
                "read", read.stream().mapToLong(BodyReadLimiter::ended).sum()));
        unread.ifPresent(limiter -> samples.add(Sample.of("unread", limiter.cut())));
        return samples;
    }
}
