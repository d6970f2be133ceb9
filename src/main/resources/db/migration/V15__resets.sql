-- When an administrator last made a month's units zero. A settlement that read the counter in Redis before that does not raise
-- them again. A node of the previous release does not look at it; the next settlement after its own is right again.
ALTER TABLE quota_usage ADD COLUMN reset_at timestamptz;

-- Resets are events of the audit trail. The list is taken from the rule there is and gets one name more, as in V6.
DO $$
DECLARE
    there text;
    wider text;
BEGIN
    SELECT pg_get_expr(conbin, conrelid) INTO STRICT there FROM pg_constraint
    WHERE conrelid = 'audit_logs'::regclass AND conname = 'audit_logs_type_check';
    wider := replace(there, '''KEY_CREATED''::text', '''KEY_CREATED''::text, ''LIMITS_RESET''::text');
    IF wider = there THEN
        RAISE EXCEPTION 'the rule audit_logs_type_check is not the one that Tollgate made: %', there;
    END IF;
    ALTER TABLE audit_logs DROP CONSTRAINT audit_logs_type_check;
    EXECUTE 'ALTER TABLE audit_logs ADD CONSTRAINT audit_logs_type_check CHECK (' || wider || ') NOT VALID';
END $$;
