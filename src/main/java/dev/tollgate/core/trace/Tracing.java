package dev.tollgate.core.trace;

import org.jspecify.annotations.Nullable;

/** A port that records spans of the gate's work, where the server has a tracer. Thread-safe; never fails a request. */
@FunctionalInterface
public interface Tracing {

    /** Records nothing. */
    Tracing NONE = (policy, traceParent) -> GateSpan.NONE;

    /**
     * A request came to the gate: a span begins, within the one this thread is in, else within the caller's.
     *
     * @param policy the route policy's name
     * @param traceParent what the header field {@code traceparent} said; null for nothing
     */
    GateSpan begin(String policy, @Nullable String traceParent);

    /** The time a request spends at the gate, until it goes on or is answered. */
    interface GateSpan extends AutoCloseable {

        /** Records nothing. */
        GateSpan NONE = new GateSpan() {
            @Override
            public @Nullable String traceId() {
                return null;
            }

            @Override
            public void decided(String outcome, String tier, String source) {
                // Nobody wants to know.
            }

            @Override
            public void close() {
                // Nothing was begun.
            }
        };

        /** Returns the trace it belongs to; null if none is recorded. */
        @Nullable
        String traceId();

        /** What was decided, in the words of the metrics. */
        void decided(String outcome, String tier, String source);

        @Override
        void close();
    }
}
