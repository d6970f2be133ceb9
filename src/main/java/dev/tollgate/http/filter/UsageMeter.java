package dev.tollgate.http.filter;

import dev.tollgate.core.account.RequestAttributes;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.usage.MediaType;
import dev.tollgate.core.usage.Provider;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.http.route.RoutePolicy;
import jakarta.servlet.http.HttpServletRequest;
import java.time.LocalDate;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The usage event of a request that is over, from its response's status and what the application said in
 * {@link RequestAttributes}. Anything but a served request counts as failed. Thread-safe.
 */
final class UsageMeter {

    private static final long MILLIS_PER_DAY = 86_400_000;
    private static final int FIRST_FAILURE = 400;

    private final Consumer<UsageEvent> usage;
    private final LongSupplier clock;

    /** An application's context path and the provider its requests are metered as. */
    private record Context(String path, String provider) {}

    private volatile LocalDate today = LocalDate.EPOCH;
    private volatile Context context = new Context("", ofContext(""));

    /**
     * @param usage takes the events; must neither block nor fail
     * @param clock milliseconds since the epoch
     */
    UsageMeter(Consumer<UsageEvent> usage, LongSupplier clock) {
        this.usage = usage;
        this.clock = clock;
    }

    /**
     * Records a request that is over. Without a key there is no account to meter it for.
     *
     * @param broken whether it ended in an exception or a timeout, whatever its response says
     */
    void record(RequestContext over, boolean broken) {
        ResolvedKey key = over.key();
        if (key == null) {
            return;
        }
        HttpServletRequest request = over.request();
        boolean failed = broken
                || over.response().getStatus() >= FIRST_FAILURE
                || Boolean.TRUE.equals(request.getAttribute(RequestAttributes.FAILED));
        long now = clock.getAsLong();
        Long size = !failed && request.getAttribute(RequestAttributes.FILE_SIZE) instanceof Number given
                ? Math.max(0, Math.min(UsageEvent.MAX_BYTES, given.longValue()))
                : null;
        usage.accept(new UsageEvent(
                key.key().id(),
                provider(request, over.route()),
                day(now),
                !failed,
                size == null ? 0 : 1,
                size == null ? 0 : size,
                size == null ? null : fileType(request),
                now));
    }

    /** Returns the day in UTC: nearly always that of the last request. */
    private LocalDate day(long millis) {
        long epochDay = Math.floorDiv(millis, MILLIS_PER_DAY);
        LocalDate last = today;
        if (last.toEpochDay() != epochDay) {
            last = LocalDate.ofEpochDay(epochDay);
            today = last;
        }
        return last;
    }

    /** What an application says is kept in the one form there is, like what clients declare. */
    private static @Nullable String fileType(HttpServletRequest request) {
        return request.getAttribute(RequestAttributes.FILE_TYPE) instanceof String said
                ? MediaType.declared(said).orElse(MediaType.UNKNOWN)
                : null;
    }

    private String provider(HttpServletRequest request, RoutePolicy route) {
        if (request.getAttribute(RequestAttributes.PROVIDER) instanceof String said && Provider.isName(said)) {
            return said;
        }
        return route.provider().orElseGet(() -> known(request.getContextPath()));
    }

    /** Nearly always the one application's. */
    private String known(String contextPath) {
        Context last = context;
        if (!last.path().equals(contextPath)) {
            last = new Context(contextPath, ofContext(contextPath));
            context = last;
        }
        return last.provider();
    }

    /** An application's context path as a provider's name: {@code /My App} becomes {@code my-app}, the root {@code root}. */
    static String ofContext(String contextPath) {
        String name = contextPath
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9._-]+", "-")
                .replaceFirst("^[._-]+", "");
        if (name.isEmpty()) {
            return "root";
        }
        String cut = name.length() > 50 ? name.substring(0, 50) : name;
        return Provider.isName(cut) ? cut : "app-" + cut;
    }
}
