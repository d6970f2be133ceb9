-- An operator's recount of the ledger is an event of the audit trail. What is there satisfies the wider rule, so it need not
-- be read: NOT VALID holds for new rows. The previous release writes the types it knows.
ALTER TABLE audit_logs DROP CONSTRAINT audit_logs_type_check;
ALTER TABLE audit_logs ADD CONSTRAINT audit_logs_type_check CHECK (type IN (
    'BAN_APPLIED', 'BAN_ESCALATED', 'BAN_LIFTED', 'BAN_EXPIRED', 'LIMIT_EXCEEDED', 'QUOTA_WARNING',
    'ACCOUNT_CREATED', 'ACCOUNT_CHANGED', 'KEY_CREATED', 'KEY_REVOKED', 'KEY_ROTATED', 'TIER_CHANGED',
    'ADMIN_SIGN_IN', 'LEDGER_MISMATCH', 'LEDGER_RECOUNTED', 'LATENCY_HIGH')) NOT VALID;
