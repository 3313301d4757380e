#!/usr/bin/env bash
# Starts one independent server in the foreground on a free loopback port; its first line is the base URL.
# Ends with SIGTERM, which goes to the server itself. The token is $SCIMDECK_PEER_TOKEN, else "peer-token".
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
peers=${SCIMDECK_PEERS:-"$here/../../target/peers"}

usage() {
    echo "usage: start.sh scim2-full | scim2-none | scim2-cursor | scim2-cursor-only | scimmy [--ignore-filter] [--strict-enum]" >&2
    exit 64
}

installed() {
    if [ ! -e "$1" ]; then
        echo "peers: not installed; run .ci/peers/install.sh first" >&2
        exit 1
    fi
}

peer=${1:-}
case $peer in
scim2-full | scim2-none | scim2-cursor | scim2-cursor-only)
    [ $# -eq 1 ] || usage
    installed "$peers/requirements.installed"
    exec "$peers/venv/bin/python" "$here/scim2-server/serve.py" \
        "$here/scim2-server/config-${peer#scim2-}.json" "$here/workato-role.json"
    ;;
scimmy)
    shift
    for switch in "$@"; do
        case $switch in --ignore-filter | --strict-enum) ;; *) usage ;; esac
    done
    installed "$peers/scimmy/package-lock.installed"
    exec node "$peers/scimmy/app.mjs" "$here/workato-role.json" "$@"
    ;;
*) usage ;;
esac
