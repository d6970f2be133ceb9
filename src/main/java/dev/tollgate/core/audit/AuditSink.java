package dev.tollgate.core.audit;

/** A port that takes audit events without blocking the caller. Thread-safe. */
public interface AuditSink {

    /** Notes an event. Never blocks and never fails; at the trail's bound the event is dropped and counted. */
    void note(AuditEvent event);
}
