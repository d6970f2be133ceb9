#!/bin/sh
# Keeps passwords out of a WildFly's configuration, while the server is stopped, after install.cli.
#
#   JBOSS_HOME=... ./secrets.sh < passwords
#
# passwords holds lines such as tollgate.jdbc.password=..., tollgate.redis.password=... and tollgate.redis.seal=...; delete it
# afterwards. A line tollgate.redis.seal= without a value makes a secret, for a server that shares Redis with no other. The first goes
# into a credential store that the data source refers to, any other becomes a system property with an encrypted value. The key is
# standalone/configuration/tollgate-key.cs, which only the server's user may read. Running it again replaces the passwords.
# secrets-off.cli takes it all out. Options for the tool, such as another base directory, go into JAVA_OPTS. Exit code 3: the server
# runs, and nothing was changed.
set -eu
umask 077
offline=$(dirname "$0")/offline.sh
config=${SERVER_CONFIG:-standalone.xml}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# In a CLI string.
quoted() {
    printf '%s' "$1" | sed 's/[\\"]/\\&/g'
}

run() {
    code=0
    "$offline" "$1" >"$work/said" 2>&1 || code=$?
    if [ "$code" -eq 3 ]; then
        cat "$work/said" >&2
        exit 3
    fi
    if [ "$code" -ne 0 ]; then
        if tr '\n' ' ' <"$work/said" | grep -q 'WFLYCTL0216.*data-source.*tollgate'; then
            echo "there is no data source tollgate: run install.cli first; nothing was changed" >&2
            exit 1
        fi
        # What went wrong may show a password.
        echo "jboss-cli failed on step $2; nothing of it is shown, since it may hold a password" >&2
        exit 1
    fi
}

# 1. The key, and the store's own password, which nobody has to know, encrypted by it.
store_password=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
cat >"$work/keys" <<END
if (outcome != success) of /subsystem=elytron/secret-key-credential-store=tollgate:read-resource
    /subsystem=elytron/secret-key-credential-store=tollgate:add(path=tollgate-key.cs, relative-to=jboss.server.config.dir)
end-if
if (outcome != success) of /subsystem=elytron/expression=encryption:read-resource
    /subsystem=elytron/expression=encryption:add(resolvers=[{name=tollgate, credential-store=tollgate, secret-key=key}], default-resolver=tollgate)
end-if
/subsystem=elytron/expression=encryption:create-expression(resolver=tollgate, clear-text="$store_password")
END
names=""
jdbc=""
while IFS= read -r line || [ -n "$line" ]; do
    name=${line%%=*}
    value=${line#*=}
    if [ "$line" = tollgate.redis.seal= ]; then
        value=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
    fi
    case $value in
        *'${'*)
            echo "a password with \${ in it would be taken for an expression: $name" >&2
            exit 2
            ;;
    esac
    case $name in
        "" | "#"*) ;;
        *[!a-z.-]*)
            echo "not a setting: $name" >&2
            exit 2
            ;;
        tollgate.jdbc.password) jdbc=$value ;;
        tollgate.*)
            names="$names $name"
            printf '/subsystem=elytron/expression=encryption:create-expression(resolver=tollgate, clear-text="%s")\n' \
                "$(quoted "$value")" >>"$work/keys"
            ;;
        *)
            echo "not a setting: $name" >&2
            exit 2
            ;;
    esac
done
{
    echo "embed-server --server-config=$config --std-out=discard"
    # Fails without a data source, before anything is changed.
    [ -z "$jdbc" ] || echo "/subsystem=datasources/data-source=tollgate:read-attribute(name=jndi-name)"
    cat "$work/keys"
    echo "stop-embedded-server"
} >"$work/key.cli"
run "$work/key.cli" 1
grep -o '\${ENC::[^}]*}' "$work/said" >"$work/encrypted"

# 2. What refers to them.
echo "embed-server --server-config=$config --std-out=discard" >"$work/use.cli"
if [ -n "$jdbc" ]; then
    cat >>"$work/use.cli" <<END
if (outcome != success) of /subsystem=elytron/credential-store=tollgate-passwords:read-resource
    /subsystem=elytron/credential-store=tollgate-passwords:add(path=tollgate-passwords.cs, relative-to=jboss.server.config.dir, create=true, credential-reference={clear-text="$(head -n 1 "$work/encrypted")"})
    /subsystem=elytron/credential-store=tollgate-passwords:add-alias(alias=jdbc, secret-value="$(quoted "$jdbc")")
else
    /subsystem=elytron/credential-store=tollgate-passwords:set-secret(alias=jdbc, secret-value="$(quoted "$jdbc")")
end-if
if (outcome == success && result != undefined) of /subsystem=datasources/data-source=tollgate:read-attribute(name=password)
    /subsystem=datasources/data-source=tollgate:undefine-attribute(name=password)
end-if
/subsystem=datasources/data-source=tollgate:write-attribute(name=credential-reference, value={store=tollgate-passwords, alias=jdbc})
END
fi
n=1
for name in $names; do
    n=$((n + 1))
    cat >>"$work/use.cli" <<END
if (outcome != success) of /system-property=$name:read-resource
    /system-property=$name:add(value="$(sed -n "${n}p" "$work/encrypted")")
else
    /system-property=$name:write-attribute(name=value, value="$(sed -n "${n}p" "$work/encrypted")")
end-if
END
done
echo "stop-embedded-server" >>"$work/use.cli"
run "$work/use.cli" 2
if [ -n "$jdbc" ]; then
    echo "set      data source tollgate, password by credential store tollgate-passwords"
fi
for name in $names; do
    echo "set      system property $name, encrypted"
done
