# What install.sh and uninstall.sh share; not run by itself.
#
# The domain is looked at first; the commands that have something to do are collected and run.

here=$(cd "$(dirname "$0")" && pwd)
asadmin=${ASADMIN:-asadmin}
threads=configs.config.server-config.thread-pools.thread-pool.http-thread-pool.max-thread-pool-size
listener=configs.config.server-config.network-config.protocols.protocol.http-listener
network=configs.config.server-config.network-config.network-listeners.network-listener.http-listener
todo=$(mktemp)
output=$(mktemp)
part=$(mktemp)
restarts=$(mktemp)
trap 'rm -f "$todo" "$output" "$part" "$restarts"' EXIT

# look [asadmin options]
look() {
    if ! seen=$("$asadmin" "$@" multimode --file "$here/look.asadmin" 2>"$output"); then
        cat "$output" >&2
        exit 1
    fi
    case $seen in
        *" failed."*)
            printf '%s\n' "$seen" >&2
            cat "$output" >&2
            exit 1
            ;;
    esac
}

# has LINE: whether the domain shows it.
has() {
    printf '%s\n' "$seen" | grep -qxF -e "$1"
}

# pools LEVEL: whether the domain shows that level for the pools.
pools() {
    printf '%s\n' "$seen" | grep -qE -e "^javax\.enterprise\.resource\.resourceadapter[[:space:]]+<$1>"
}

# plan FILE PATTERN: the commands of an .asadmin file that match.
plan() {
    grep -E -e "$2" "$here/$1" >>"$todo"
}

# swap FILE SETTING=VALUE...: plans what sets those of the HTTP listeners' settings that one of them shows with this value, and
# leaves the others alone; whether there was one.
swap() {
    file=$1
    shift
    swapped=1
    for each in "$@"; do
        if printf '%s\n' "$seen" | grep -qE -e "^$listener-[12]\.http\.$each\$"; then
            plan "$file" "^set $listener-[12]\.http\.${each%%=*}=" || exit 1
            swapped=0
        fi
    done
    return $swapped
}

# commands FILE [asadmin options]: runs them; asadmin goes on after a failure and calls itself successful, so its words are read.
commands() {
    file=$1
    shift
    if ! "$asadmin" "$@" multimode --file "$file" >"$output" 2>&1 || grep -q ' failed\.$' "$output"; then
        cat "$output" >&2
        exit 1
    fi
}

# enable TRUE_OR_FALSE [asadmin options]: starts or stops those HTTP listeners that were running, one after the other.
enable() {
    state=$1
    shift
    for each in 1 2; do
        has "$network-$each.enabled=true" || continue
        printf 'set %s-%s.enabled=%s\n' "$network" "$each" "$state" >"$part"
        commands "$part" "$@"
    done
}

# run [asadmin options]: the plan. After each change of a listener or of its threads Payara stops and starts the HTTP listeners, on
# a thread of its own, and of several in a row one may stay stopped until the next start of the domain. So they are stopped
# before such changes and started after them.
run() {
    [ -s "$todo" ] || return 0
    restarting="^set ($listener|$threads)"
    grep -E -e "$restarting" "$todo" >"$restarts" || true
    grep -vE -e "$restarting" "$todo" >"$part" || true
    [ ! -s "$part" ] || commands "$part" "$@"
    if [ -s "$restarts" ]; then
        enable false "$@"
        failed=0
        # In a shell of its own, so that the listeners are started again after a failure too.
        (commands "$restarts" "$@") || failed=1
        enable true "$@"
        [ "$failed" -eq 0 ] || exit 1
    fi
}
