#!/bin/sh
# Runs a script for a stopped WildFly. Refuses while that server runs, since it would overwrite its configuration when it stops.
#
#   JBOSS_HOME=... ./offline.sh SCRIPT.cli [options of jboss-cli.sh, such as -Dserver.config=standalone-full.xml]
#
# SCRIPT.cli is in this folder, or anywhere by its path. Another base directory than $JBOSS_HOME/standalone is named by
# JAVA_OPTS=-Djboss.server.base.dir=/path. The server is found among the processes of this machine, whatever ports it has. Exit code
# 3: it runs, and nothing was changed.
set -eu
# Beside its module, in the server's home, the guard's zip has this script too.
if [ -z "${JBOSS_HOME:-}" ] && [ -f "$(dirname "$0")/../jboss-modules.jar" ]; then
    JBOSS_HOME=$(cd "$(dirname "$0")/.." && pwd)
    export JBOSS_HOME
fi
if [ $# -lt 1 ] || [ -z "${JBOSS_HOME:-}" ]; then
    echo "usage: JBOSS_HOME=... offline.sh SCRIPT.cli [options of jboss-cli.sh]" >&2
    exit 2
fi
script=$1
shift
case $script in
    */*) ;;
    *) script=$(dirname "$0")/$script ;;
esac
if [ ! -f "$script" ]; then
    echo "there is no script $script" >&2
    exit 2
fi

# real DIRECTORY: its path without links, or as it is where it cannot be entered.
real() {
    (cd "$1" 2>/dev/null && pwd -P) || printf '%s\n' "$1"
}

# value NAME: of the last option -DNAME=, among arguments one a line.
value() {
    sed -n "s/^-D$1=//p" | tail -n 1
}

# servers: the ids of processes that may be a WildFly. arguments ID: those of one, one a line.
if [ -r /proc/self/cmdline ]; then
    servers() {
        grep -la 'org\.jboss\.as\.standalone' /proc/[0-9]*/cmdline 2>/dev/null | cut -d / -f 3
    }
    arguments() {
        tr '\0' '\n' 2>/dev/null <"/proc/$1/cmdline"
    }
else
    servers() {
        ps -axww -o pid= -o args= | grep 'org\.jboss\.as\.standalone' | awk '{ print $1 }'
    }
    arguments() {
        ps -ww -o args= -p "$1" | tr ' ' '\n'
    }
fi

# base: of a server with the arguments that come in; empty if it is none.
base() {
    given=$(cat)
    printf '%s\n' "$given" | grep -qx 'org\.jboss\.as\.standalone' || return 0
    directory=$(printf '%s\n' "$given" | value 'jboss\.server\.base\.dir')
    home=$(printf '%s\n' "$given" | value 'jboss\.home\.dir')
    jar=$(printf '%s\n' "$given" | grep 'jboss-modules\.jar$' | head -n 1)
    printf '%s\n' "${directory:-${home:-$(dirname "$jar")}/standalone}"
}

# JAVA_OPTS is several options, which have no blanks.
ours=$(printf '%s\n' ${JAVA_OPTS:-} "$@" | value 'jboss\.server\.base\.dir')
ours=$(real "${ours:-$JBOSS_HOME/standalone}")
for id in $(servers); do
    theirs=$(arguments "$id" | base)
    case $theirs in
        "") continue ;;
        /*) ;;
        *) theirs=/proc/$id/cwd/$theirs ;;
    esac
    if [ "$(real "$theirs")" = "$ours" ]; then
        echo "the server of $ours runs (process $id): stop it first; nothing was changed" >&2
        exit 3
    fi
done
config=$(printf '%s\n' "$@" | value 'server\.config')
exec "$JBOSS_HOME/bin/jboss-cli.sh" "-Dstopped.server.config=${config:-standalone.xml}" "$@" --file="$script"
