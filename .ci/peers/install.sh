#!/usr/bin/env bash
# Installs the independent servers below $SCIMDECK_PEERS (default target/peers), pinned. Does nothing where the
# pins are installed already.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
peers=${SCIMDECK_PEERS:-"$here/../../target/peers"}
mkdir -p "$peers"
peers=$(cd "$peers" && pwd)

need() {
    echo "peers: $1" >&2
    exit 1
}

command -v python3 >/dev/null || need "python3 is missing; install Python 3.10 or later"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' || need "Python 3.10 or later is needed"
command -v node >/dev/null || need "node is missing; install Node.js 18 or later"
command -v npm >/dev/null || need "npm is missing; install it (it comes with Node.js)"

# One install at a time: tests may start several.
if command -v flock >/dev/null; then
    exec 9>"$peers/.lock"
    flock 9
fi

pins=$here/scim2-server/requirements.txt
if ! cmp -s "$pins" "$peers/requirements.installed"; then
    rm -rf "$peers/venv"
    python3 -m venv "$peers/venv" ||
        need "python3 cannot make a virtual environment; install its venv module (Debian: python3-venv)"
    "$peers/venv/bin/pip" install --quiet --disable-pip-version-check -r "$pins" ||
        need "pip could not install the pins of scim2-server; see its message above"
    cp "$pins" "$peers/requirements.installed"
fi

if ! cmp -s "$here/scimmy/package-lock.json" "$peers/scimmy/package-lock.installed"; then
    rm -rf "$peers/scimmy"
    mkdir -p "$peers/scimmy"
    cp "$here/scimmy/package.json" "$here/scimmy/package-lock.json" "$peers/scimmy/"
    (cd "$peers/scimmy" && npm ci --omit=dev --no-audit --no-fund --ignore-scripts --loglevel=error >/dev/null) ||
        need "npm could not install the pins of scimmy; see its message above"
    cp "$here/scimmy/package-lock.json" "$peers/scimmy/package-lock.installed"
fi
# Node looks for packages beside the program.
cp "$here/scimmy/app.mjs" "$peers/scimmy/app.mjs.new"
mv -f "$peers/scimmy/app.mjs.new" "$peers/scimmy/app.mjs"
