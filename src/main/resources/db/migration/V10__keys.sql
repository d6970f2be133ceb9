-- What enterprises want of keys. All of it is null in rows of the previous release, which goes on with what it knows. A suspended key
-- is inactive, and so it is for that release too, which takes it for a revoked one.
ALTER TABLE api_keys ADD COLUMN note varchar(1000);
ALTER TABLE api_keys ADD COLUMN suspended_at timestamptz;
-- Separated by spaces.
ALTER TABLE api_keys ADD COLUMN scopes varchar(3300);
ALTER TABLE api_keys ADD COLUMN addresses varchar(5100);

-- Until when a secret that was rotated away goes on; null for one that does not. For the previous release none does.
ALTER TABLE retired_secrets ADD COLUMN valid_until timestamptz;

-- When an account was closed. The previous release still lists it; its keys are revoked.
ALTER TABLE accounts ADD COLUMN closed_at timestamptz;
CREATE INDEX accounts_by_tier ON accounts (tier);

-- New events of the audit trail, as in V6.
DO $$
DECLARE
    there text;
    wider text;
BEGIN
    SELECT pg_get_expr(conbin, conrelid) INTO STRICT there FROM pg_constraint
    WHERE conrelid = 'audit_logs'::regclass AND conname = 'audit_logs_type_check';
    wider := replace(
        there,
        '''KEY_CREATED''::text',
        '''KEY_CREATED''::text, ''ACCOUNT_CLOSED''::text, ''TIER_DELETED''::text, ''ADDRESS_REFUSED''::text');
    IF wider = there THEN
        RAISE EXCEPTION 'the rule audit_logs_type_check is not the one that Tollgate made: %', there;
    END IF;
    ALTER TABLE audit_logs DROP CONSTRAINT audit_logs_type_check;
    EXECUTE 'ALTER TABLE audit_logs ADD CONSTRAINT audit_logs_type_check CHECK (' || wider || ') NOT VALID';
END $$;
