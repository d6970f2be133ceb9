# What install.sh and uninstall.sh share; not run by itself.
#
# The domain is looked at first; the commands that have something to do are collected and run.

here=$(cd "$(dirname "$0")" && pwd)
asadmin=${ASADMIN:-asadmin}
threads=configs.config.server-config.thread-pools.thread-pool.http-thread-pool.max-thread-pool-size
listener=configs.config.server-config.network-config.protocols.protocol.http-listener
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

# run [asadmin options]: the plan. After a change of a listener or of its threads Payara starts the HTTP listeners again, on a
# thread of its own. Changes in quick succession may leave a listener stopped until the next start of the domain. So each of them
# is made by an asadmin of its own, which takes longer to start than a listener.
run() {
    [ -s "$todo" ] || return 0
    restarting="^set ($listener|$threads)"
    grep -vE -e "$restarting" "$todo" >"$part" || true
    [ ! -s "$part" ] || commands "$part" "$@"
    grep -E -e "$restarting" "$todo" >"$restarts" || true
    while read -r each <&4; do
        printf '%s\n' "$each" >"$part"
        commands "$part" "$@"
    done 4<"$restarts"
}
