#!/bin/sh
# Sets a running Payara 6 domain up for Tollgate:
#
#   ASADMIN=$PAYARA_HOME/bin/asadmin ./install.sh /path/to/postgresql-42.x.jar [asadmin options, such as --port 4848]
#
# Looks first and says what it did; running it again changes nothing. The commands are in install.asadmin.
set -eu
if [ $# -lt 1 ] || [ ! -f "$1" ]; then
    echo "usage: install.sh /path/to/postgresql-42.x.jar [asadmin options]" >&2
    exit 2
fi
driver=$1
shift
. "$(dirname "$0")/steps.sh"
look "$@"
said=""
say() {
    said="$said$1
"
}

if has "$(basename "$driver")"; then
    say "kept     library $(basename "$driver")"
else
    printf 'add-library "%s"\n' "$driver" >>"$todo"
    say "added    library $(basename "$driver")"
fi

if has tollgate; then
    say "kept     connection pool tollgate"
else
    plan install.asadmin '^(create-jdbc-connection-pool|set resources\.jdbc-connection-pool\.tollgate\.)'
    say "added    connection pool tollgate"
fi

if has jdbc/tollgate; then
    say "kept     resource jdbc/tollgate"
else
    plan install.asadmin '^create-jdbc-resource'
    say "added    resource jdbc/tollgate"
fi

if pools INFO; then
    plan install.asadmin '^set-log-levels'
    say "changed  log level of connection pools, SEVERE"
else
    say "kept     log level of connection pools"
fi

if has "$threads=5"; then
    plan install.asadmin "^set $threads"
    say "changed  http-thread-pool, at most 64 threads"
else
    say "kept     http-thread-pool"
fi

if swap install.asadmin server-header=true xpowered-by=true; then
    say "changed  HTTP listeners, answers without the server's name"
else
    say "kept     HTTP listeners' names"
fi

if swap install.asadmin http2-max-header-list-size-in-bytes=4096 max-swallowing-input-bytes=-1; then
    say "changed  HTTP listeners, heads of 16 KiB over HTTP/2, 256 MiB of unread bodies"
else
    say "kept     HTTP listeners' bounds"
fi

run "$@"
printf '%s' "$said"
