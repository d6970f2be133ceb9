-- Files by media type of each provider, as api_keys has them of each key. What was settled before has none here; a node of
-- the previous release leaves them out.
ALTER TABLE provider_usage ADD COLUMN file_type_counts jsonb NOT NULL DEFAULT '{}';
