#!/bin/sh
# Takes Tollgate's guard out of a running Payara 6 domain; applications are unguarded once the domain is restarted:
#
#   ASADMIN=$PAYARA_HOME/bin/asadmin ./uninstall-guard.sh [asadmin options, such as --port 4848]
#
# Running it again changes nothing.
set -eu
. "$(dirname "$0")/steps.sh"
look "$@"
if has tollgate-guard.jar; then
    echo "remove-library tollgate-guard.jar" >>"$todo"
    said="removed  library tollgate-guard.jar; asadmin restart-domain takes it from before the applications"
else
    said="absent   library tollgate-guard.jar"
fi
run "$@"
echo "$said"
