package dev.tollgate.core.usage;

import java.time.LocalDate;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The cost of a batch of posted usage in cells. A cell is a place that events are counted in: what Redis and PostgreSQL
 * spend their time on, whatever the number of events.
 */
public final class UsageCells {

    /** So many events cost one cell more: their ids are looked up and remembered. */
    public static final int EVENTS_PER_CELL = 50;

    /** The most one batch costs: every event in a place of its own. */
    public static final int MAX_PER_BATCH = PostedEvent.MAX_EVENTS + PostedEvent.MAX_EVENTS / EVENTS_PER_CELL;

    private record Cell(
            String provider, LocalDate day, @Nullable String mediaType) {}

    private UsageCells() {}

    /**
     * Returns the number of different combinations of provider, UTC day and media type among the events of one key, and one
     * for every {@value #EVENTS_PER_CELL} events; 0 for no events.
     */
    public static int of(Collection<PostedEvent> events) {
        Set<Cell> cells = new HashSet<>();
        for (PostedEvent event : events) {
            UsageEvent usage = event.usage();
            cells.add(new Cell(usage.provider(), usage.day(), usage.mediaType()));
        }
        return cells.size() + events.size() / EVENTS_PER_CELL;
    }
}
