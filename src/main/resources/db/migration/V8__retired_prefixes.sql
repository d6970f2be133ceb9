-- What was shown of a secret that was rotated away, so that the key is found by it. Null in rows of nodes of the previous release.
ALTER TABLE retired_secrets ADD COLUMN prefix varchar(37);
