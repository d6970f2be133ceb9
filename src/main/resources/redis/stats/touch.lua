-- Does nothing to a key. An ACL that denies the key refuses the script.
-- KEYS 1 the key   REPLY OK
return 'OK'
