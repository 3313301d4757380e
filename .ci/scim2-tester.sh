#!/bin/sh
# Runs every check of scim2-tester against the sandbox and fails if one fails.
#
#   .ci/scim2-tester.sh [COMMAND...]
#
# COMMAND starts a sandbox and prints its base URL as the first line; {token-file} in it becomes a file that holds
# the token. Default: target/debug/scimdeck sandbox --listen 127.0.0.1:0 --token-file {token-file}
# SCIM2_TESTER_VENV is the folder of the Python environment, kept between runs (default target/ci-venv).
set -eu

cli=0.6.0
tester=0.5.2
venv=${SCIM2_TESTER_VENV:-target/ci-venv}

if ! command -v python3 >/dev/null; then
    echo "python3 is missing: install Python 3.10 or later with its venv module" >&2
    exit 1
fi
if ! grep -qsx "$cli $tester" "$venv/versions"; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet "scim2-cli==$cli" "scim2-tester==$tester"
    echo "$cli $tester" > "$venv/versions"
fi

work=$(mktemp -d)
pid=
end() {
    [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
    rm -rf "$work"
}
trap end EXIT
trap 'exit 130' INT TERM

token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
(umask 077 && printf '%s\n' "$token" > "$work/token")
if [ $# -eq 0 ]; then
    set -- target/debug/scimdeck sandbox --listen 127.0.0.1:0 --token-file '{token-file}'
fi
# The words of the command with {token-file} filled in.
count=$#
while [ "$count" -gt 0 ]; do
    word=$1
    shift
    [ "$word" != '{token-file}' ] || word=$work/token
    set -- "$@" "$word"
    count=$((count - 1))
done

"$@" > "$work/out" 2> "$work/err" &
pid=$!
tries=0
while [ ! -s "$work/out" ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 100 ] || ! kill -0 "$pid" 2>/dev/null; then
        echo "the sandbox did not start:" >&2
        cat "$work/err" >&2
        exit 1
    fi
    sleep 0.1
done
base=$(head -n 1 "$work/out" | grep -o 'http://[^ ]*')

result=0
SCIM_CLI_HEADERS="Authorization: Bearer $token" "$venv/bin/scim2" -u "$base" test > "$work/report" 2>&1 || result=$?
passed=$(grep -c '^SUCCESS' "$work/report" || true)
skipped=$(grep -c '^SKIPPED' "$work/report" || true)
failed=$(grep -cE '^(ERROR|CRITICAL)' "$work/report" || true)
echo "scim2-tester $tester: $passed passed, $skipped not offered by the sandbox, $failed failed"
if [ "$result" -ne 0 ] || [ "$failed" -ne 0 ] || [ "$passed" -lt 100 ]; then
    cat "$work/report" >&2
    exit 1
fi
