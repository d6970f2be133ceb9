-- What a row of api_keys is: a key, or a principal that the container or a proxy has authenticated. The previous release takes a
-- principal for a key without a secret.
ALTER TABLE api_keys ADD COLUMN kind text NOT NULL DEFAULT 'key';
CREATE INDEX api_keys_principals ON api_keys (account_id) WHERE kind = 'principal';

-- Principals that are linked and unlinked are events of the audit trail. The list is taken from the rule there is and gets two names more, whatever else
-- it holds by now. NOT VALID: what is there satisfies the narrower rule, so it need not be read.
DO $$
DECLARE
    there text;
    wider text;
BEGIN
    SELECT pg_get_expr(conbin, conrelid) INTO STRICT there FROM pg_constraint
    WHERE conrelid = 'audit_logs'::regclass AND conname = 'audit_logs_type_check';
    wider := replace(there, '''TIER_CHANGED''::text', '''TIER_CHANGED''::text, ''PRINCIPAL_LINKED''::text, ''PRINCIPAL_UNLINKED''::text');
    IF wider = there THEN
        RAISE EXCEPTION 'the rule audit_logs_type_check is not the one that Tollgate made: %', there;
    END IF;
    ALTER TABLE audit_logs DROP CONSTRAINT audit_logs_type_check;
    EXECUTE 'ALTER TABLE audit_logs ADD CONSTRAINT audit_logs_type_check CHECK (' || wider || ') NOT VALID';
END $$;
