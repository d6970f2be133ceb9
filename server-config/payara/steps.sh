# What install.sh and uninstall.sh share; not run by itself.
#
# The domain is looked at first; the commands that have something to do are collected and run by one asadmin.

here=$(cd "$(dirname "$0")" && pwd)
asadmin=${ASADMIN:-asadmin}
threads=configs.config.server-config.thread-pools.thread-pool.http-thread-pool.max-thread-pool-size
listener=configs.config.server-config.network-config.protocols.protocol.http-listener
todo=$(mktemp)
output=$(mktemp)
trap 'rm -f "$todo" "$output"' EXIT

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

# run [asadmin options]: the plan; asadmin goes on after a failure and calls itself successful, so its words are read.
run() {
    [ -s "$todo" ] || return 0
    if ! "$asadmin" "$@" multimode --file "$todo" >"$output" 2>&1 || grep -q ' failed\.$' "$output"; then
        cat "$output" >&2
        exit 1
    fi
}
