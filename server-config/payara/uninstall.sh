#!/bin/sh
# Takes out of a running Payara 6 domain what install.sh put in; undeploy Tollgate first:
#
#   ASADMIN=$PAYARA_HOME/bin/asadmin ./uninstall.sh [asadmin options, such as --port 4848]
#
# Running it again changes nothing. It leaves users, password aliases, the database and Redis alone.
set -eu
. "$(dirname "$0")/steps.sh"
look "$@"
said=""
say() {
    said="$said$1
"
}

if has jdbc/tollgate; then
    plan uninstall.asadmin '^delete-jdbc-resource'
    say "removed  resource jdbc/tollgate"
else
    say "absent   resource jdbc/tollgate"
fi

if has tollgate; then
    plan uninstall.asadmin '^delete-jdbc-connection-pool'
    say "removed  connection pool tollgate"
else
    say "absent   connection pool tollgate"
fi

if pools SEVERE; then
    plan uninstall.asadmin '^set-log-levels'
    say "changed  log level of connection pools, INFO as the server comes"
else
    say "kept     log level of connection pools"
fi

if has "$threads=64"; then
    plan uninstall.asadmin "^set $threads"
    say "changed  http-thread-pool, at most 5 threads as the server comes"
else
    say "kept     http-thread-pool"
fi

if swap uninstall.asadmin server-header=false xpowered-by=false; then
    say "changed  HTTP listeners, answers with the server's name as the server comes"
else
    say "kept     HTTP listeners' names"
fi

if swap uninstall.asadmin http2-max-header-list-size-in-bytes=16384 max-swallowing-input-bytes=268435456; then
    say "changed  HTTP listeners, bounds of heads and unwanted bodies as the server comes"
else
    say "kept     HTTP listeners' bounds"
fi

for library in $(printf '%s\n' "$seen" | grep -E '^postgresql-[0-9.]+\.jar$' || true); do
    printf 'remove-library %s\n' "$library" >>"$todo"
    say "removed  library $library"
done

run "$@"
printf '%s' "$said"
