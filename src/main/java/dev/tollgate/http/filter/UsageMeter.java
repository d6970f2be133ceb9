package dev.tollgate.http.filter;

import dev.tollgate.core.account.RequestAttributes;
import dev.tollgate.core.account.ResolvedKey;
import dev.tollgate.core.usage.MediaType;
import dev.tollgate.core.usage.Provider;
import dev.tollgate.core.usage.UsageEvent;
import dev.tollgate.http.route.RoutePolicy;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Meters a request once it is over, by its response's status and what the application said about it in
 * {@link RequestAttributes}. Anything but a served request counts as failed. Never throws: metering is not the caller's
 * business. Thread-safe.
 */
final class UsageMeter {

    private static final int FIRST_FAILURE = 400;

    private final Consumer<UsageEvent> usage;
    private final PostRequestCharge postRequestCharge;
    private final LongSupplier clock;

    /** An application's context path and the provider its requests are metered as. */
    private record Context(String path, String provider) {}

    private volatile Context context = new Context("", ofContext(""));

    UsageMeter(Consumer<UsageEvent> usage, PostRequestCharge postRequestCharge, LongSupplier clock) {
        this.usage = usage;
        this.postRequestCharge = postRequestCharge;
        this.clock = clock;
    }

    /** The request is over, on this thread; without a key there is nobody to meter it for. */
    void record(
            HttpServletRequest request,
            HttpServletResponse response,
            ResolvedKey key,
            RoutePolicy route,
            boolean broken) {
        postRequestCharge.charge(request);
        if (key == null) {
            return;
        }
        boolean failed = broken
                || response.getStatus() >= FIRST_FAILURE
                || Boolean.TRUE.equals(request.getAttribute(RequestAttributes.FAILED));
        long now = clock.getAsLong();
        Long size = !failed && request.getAttribute(RequestAttributes.FILE_SIZE) instanceof Number given
                ? Math.max(0, Math.min(UsageEvent.MAX_BYTES, given.longValue()))
                : null;
        usage.accept(new UsageEvent(
                key.key().id(),
                provider(request, route),
                Instant.ofEpochMilli(now).atOffset(ZoneOffset.UTC).toLocalDate(),
                !failed,
                size == null ? 0 : 1,
                size == null ? 0 : size,
                size == null ? null : fileType(request),
                now));
    }

    /** The request goes on asynchronously; it is metered when that completes, once. */
    void recordOnCompletion(
            HttpServletRequest request, HttpServletResponse response, ResolvedKey key, RoutePolicy route) {
        AtomicBoolean metered = new AtomicBoolean();
        AsyncListener listener = new AsyncListener() {
            @Override
            public void onComplete(AsyncEvent event) {
                end(event.getThrowable() != null);
            }

            @Override
            public void onTimeout(AsyncEvent event) {
                end(true);
            }

            @Override
            public void onError(AsyncEvent event) {
                end(true);
            }

            @Override
            public void onStartAsync(AsyncEvent event) {
                event.getAsyncContext().addListener(this);
            }

            private void end(boolean broken) {
                if (metered.compareAndSet(false, true)) {
                    record(request, response, key, route, broken);
                }
            }
        };
        try {
            request.getAsyncContext().addListener(listener);
        } catch (IllegalStateException e) {
            // It completed between being asked and now.
            if (metered.compareAndSet(false, true)) {
                record(request, response, key, route, false);
            }
        }
    }

    /** What an application says is kept in the one form there is, like what clients declare. */
    private static String fileType(HttpServletRequest request) {
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
