package dev.tollgate.core.audit;

/** Takes audit events off the caller's hands. Thread-safe. */
public interface AuditSink {

    /** Notes an event. Never blocks and never fails; at the trail's bound the event is dropped and counted. */
    void note(AuditEvent event);
}
