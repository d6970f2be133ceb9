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

# names true|false: whether one of the HTTP listeners' fields with the server's name is so.
names() {
    printf '%s\n' "$seen" | grep -qE -e "^$listener-[12]\.http\.(server-header|xpowered-by)=$1\$"
}

# bounds HEAD REST: whether one of the HTTP listeners takes heads of that size over HTTP/2, or waits for that much of unwanted bodies.
bounds() {
    printf '%s\n' "$seen" | grep -qE -e "^$listener-[12]\.http\.(http2-max-header-list-size-in-bytes=$1|max-swallowing-input-bytes=$2)\$"
}

# plan FILE PATTERN: the commands of an .asadmin file that match.
plan() {
    grep -E -e "$2" "$here/$1" >>"$todo"
}

# run [asadmin options]: the plan; asadmin goes on after a failure and calls itself successful, so its words are read.
run() {
    [ -s "$todo" ] || return 0
    if ! "$asadmin" "$@" multimode --file "$todo" >"$output" 2>&1 || grep -q ' failed\.$' "$output"; then
        cat "$output" >&2
        exit 1
    fi
}
