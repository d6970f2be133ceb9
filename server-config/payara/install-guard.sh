#!/bin/sh
# Puts Tollgate's guard before every WAR of a running Payara 6 domain; it takes effect when the domain is restarted:
#
#   ASADMIN=$PAYARA_HOME/bin/asadmin ./install-guard.sh /path/to/tollgate-guard.jar [asadmin options, such as --port 4848]
#
# Looks first and says what it did; running it again changes nothing. By hand: asadmin add-library tollgate-guard.jar
set -eu
if [ $# -lt 1 ] || [ "$(basename "$1")" != tollgate-guard.jar ] || [ ! -f "$1" ]; then
    echo "usage: install-guard.sh /path/to/tollgate-guard.jar [asadmin options]" >&2
    exit 2
fi
guard=$1
shift
. "$(dirname "$0")/steps.sh"
look "$@"
if has tollgate-guard.jar; then
    said="kept     library tollgate-guard.jar"
else
    printf 'add-library "%s"\n' "$guard" >>"$todo"
    said="added    library tollgate-guard.jar; asadmin restart-domain puts it before the applications"
fi
run "$@"
echo "$said"
