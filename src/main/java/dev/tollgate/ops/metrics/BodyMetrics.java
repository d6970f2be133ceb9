package dev.tollgate.ops.metrics;

import dev.tollgate.core.bodylimit.BodyReadLimiter;
import dev.tollgate.core.bodylimit.DrainLimiter;
import dev.tollgate.ops.metrics.Metrics.Sample;
import jakarta.servlet.ServletContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What is counted of request bodies that have not come yet, or do not come at all. */
public final class BodyMetrics {

    private final List<BodyReadLimiter> read;
    private final Optional<DrainLimiter> unread;

    /**
     * @param context the application's, where what bounds unread bodies is on servers that need it
     * @param read what bounds the bodies that are read
     */
    public BodyMetrics(ServletContext context, List<BodyReadLimiter> read) {
        this.read = List.copyOf(read);
        this.unread = Optional.ofNullable((DrainLimiter) context.getAttribute(DrainLimiter.ATTRIBUTE));
    }

    public void add(Metrics metrics) {
        metrics.gauges(
                        "tollgate_bodies_waiting",
                        "Request bodies that have not come yet: read by a thread, or unread after the answer.",
                        List.of("state"),
                        this::waiting)
                .counters(
                        "tollgate_bodies_cut_off_total",
                        "Request bodies whose rest was not waited for: too slow, too many or too long.",
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
