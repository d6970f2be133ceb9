package dev.tollgate.ops.otel;

import dev.tollgate.core.trace.TraceParent;
import dev.tollgate.core.trace.Tracing;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/** The gate's spans by the API of OpenTelemetry. The SDK of the server or of an agent exports them. */
public final class OpenTelemetryTracing implements Tracing {

    private static final String SCOPE = "dev.tollgate";
    private static final String NAME = "tollgate gate";
    private static final AttributeKey<String> POLICY = AttributeKey.stringKey("tollgate.policy");
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("tollgate.outcome");
    private static final AttributeKey<String> TIER = AttributeKey.stringKey("tollgate.tier");
    private static final AttributeKey<String> SOURCE = AttributeKey.stringKey("tollgate.source");

    private final Tracer tracer;

    /** Creates it with the process's global OpenTelemetry, such as an agent's. */
    public OpenTelemetryTracing() {
        this(GlobalOpenTelemetry.get());
    }

    /** Creates it with the given OpenTelemetry. */
    public OpenTelemetryTracing(OpenTelemetry telemetry) {
        this.tracer = telemetry.getTracer(SCOPE);
    }

    @Override
    public Tracing.GateSpan begin(String policy, @Nullable String traceParent) {
        Span span = tracer.spanBuilder(NAME)
                .setParent(parent(traceParent))
                .setAttribute(POLICY, policy)
                .startSpan();
        return span.getSpanContext().isValid() ? new Begun(span) : Tracing.GateSpan.NONE;
    }

    private static Context parent(@Nullable String traceParent) {
        Context here = Context.current();
        if (Span.fromContext(here).getSpanContext().isValid()) {
            return here;
        }
        return TraceParent.parse(traceParent)
                .map(caller -> here.with(Span.wrap(SpanContext.createFromRemoteParent(
                        caller.traceId(),
                        caller.parentId(),
                        TraceFlags.fromByte((byte) caller.flags()),
                        TraceState.getDefault()))))
                .orElse(here);
    }

    private record Begun(Span span) implements Tracing.GateSpan {

        @Override
        public String traceId() {
            return span.getSpanContext().getTraceId();
        }

        @Override
        public void decided(String outcome, String tier, String source) {
            span.setAttribute(OUTCOME, outcome);
            span.setAttribute(TIER, tier);
            span.setAttribute(SOURCE, source);
            if (outcome.equals("unavailable") || outcome.equals("passed")) {
                span.setStatus(StatusCode.ERROR, "undecided");
            }
        }

        @Override
        public void close() {
            span.end();
        }
    }
}
