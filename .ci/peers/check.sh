#!/usr/bin/env bash
# Starts every independent server once, makes accounts on it and reads them back: a check of the peers themselves.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
# A token of this run only, so that a wrong one is refused.
SCIMDECK_PEER_TOKEN=$(python3 -c 'import secrets; print(secrets.token_hex(16))')
export SCIMDECK_PEER_TOKEN PYTHONDONTWRITEBYTECODE=1

python3 - >"$work/accounts" <<'PY'
import json
for n in range(250):
    print(json.dumps({
        "userName": f"person{n:03}@example.com", "externalId": f"e{n}", "active": n % 5 != 0,
        "givenName": "Per", "familyName": f"Son {n}", "displayName": f"Per Son {n}",
        "roles": {"workato_role": "Analyst", "workato_role_prod": "No access"} if n % 2 else {},
    }))
PY

check() {
    "$here/start.sh" "$@" >"$work/out" 2>"$work/err" &
    pid=$!
    local base=
    for _ in $(seq 150); do
        base=$(head -n 1 "$work/out")
        [ -z "$base" ] || break
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    [ -n "$base" ] || { echo "$*: did not start"; cat "$work/err"; exit 1; }
    "$here/preload.py" --case "$base" <"$work/accounts" >"$work/made"
    "$here/readback.py" "$base" >"$work/read"
    python3 - "$work" "$*" <<'PY'
import json, sys
load = lambda name: [json.loads(line) for line in open(f"{sys.argv[1]}/{name}")]
wanted, made, read = load("accounts"), load("made"), load("read")
assert len(wanted) == len(made) == len(read), (len(wanted), len(made), len(read))
by_id = {row["id"]: row for row in read}
assert len(by_id) == len(read)
for want, done in zip(wanted, made):
    got = by_id[done["id"]]
    assert got["userName"] == done["userName"] and got["userName"].lower() == want["userName"], got
    assert (got["externalId"], got["active"]) == (want["externalId"], want["active"]), got
    assert got["roles"] == want["roles"], got
print(f"{sys.argv[2]}: {len(read)} accounts made and read back")
PY
    if SCIMDECK_PEER_TOKEN=wrong "$here/readback.py" "$base" >/dev/null 2>&1; then
        echo "$*: takes any token"
        exit 1
    fi
    kill "$pid"
    wait "$pid" || true
    pid=
}

"$here/install.sh"
check scim2-full
check scim2-none
check scim2-cursor
check scim2-cursor-only
check scimmy
check scimmy --ignore-filter
check scimmy --strict-enum
