-- Whether usage may be posted with a key: true or false, or NULL for what tollgate.usage.post says. Keys that are there say
-- nothing, so they go on as before; a node of the previous release leaves it as it is and lets every key post.
ALTER TABLE api_keys ADD COLUMN post_usage boolean;

-- For what was set aside lately, which health tells.
CREATE INDEX set_aside_usage_by_time ON set_aside_usage (set_aside_at);

-- A key's changes are events of the audit trail. The list is taken from the rule there is and gets one name more, whatever else
-- it holds by now. NOT VALID: what is there satisfies the narrower rule, so it need not be read.
DO $$
DECLARE
    there text;
    wider text;
BEGIN
    SELECT pg_get_expr(conbin, conrelid) INTO STRICT there FROM pg_constraint
    WHERE conrelid = 'audit_logs'::regclass AND conname = 'audit_logs_type_check';
    wider := replace(there, '''KEY_CREATED''::text', '''KEY_CREATED''::text, ''KEY_CHANGED''::text');
    IF wider = there THEN
        RAISE EXCEPTION 'the rule audit_logs_type_check is not the one that Tollgate made: %', there;
    END IF;
    ALTER TABLE audit_logs DROP CONSTRAINT audit_logs_type_check;
    EXECUTE 'ALTER TABLE audit_logs ADD CONSTRAINT audit_logs_type_check CHECK (' || wider || ') NOT VALID';
END $$;
