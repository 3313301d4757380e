#!/usr/bin/env bash
# Runs each fuzz target for a while and fails at the first input that breaks what it promises.
#
#   .ci/fuzz.sh              a minute each, as many at once as there are processors
#   FUZZ_SECONDS=600 .ci/fuzz.sh filter csv
#
# The sanitizers need a nightly compiler; without them the targets still find panics, endless loops, memory that
# grows and broken promises, which is what safe Rust can have. An input that failed lies in target/fuzz/found/TARGET,
# and `cargo fuzz run --sanitizer none TARGET FILE` shows it again.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
VERSION=0.13.1
SECONDS_EACH=${FUZZ_SECONDS:-60}
TOOLS=$PWD/target/fuzz-tools
WORK=$PWD/target/fuzz

command -v c++ >/dev/null || {
    echo ".ci/fuzz.sh: a C++ compiler is missing: install it (Debian: g++)" >&2
    exit 1
}
if ! "$TOOLS/bin/cargo-fuzz" --version 2>/dev/null | grep -qF "$VERSION"; then
    cargo install cargo-fuzz --version "$VERSION" --locked --root "$TOOLS"
fi
export PATH=$TOOLS/bin:$PATH

targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(cargo fuzz list)
host=$(rustc -vV | sed -n 's/^host: //p')
cargo fuzz build --sanitizer none --target-dir "$WORK"

one() {
    local target=$1 log=$WORK/$1.log
    mkdir -p "$WORK/corpus/$target" "$WORK/found/$target"
    if "$WORK/$host/release/$target" -max_total_time="$SECONDS_EACH" -timeout=10 -rss_limit_mb=1024 -max_len=65536 \
        -artifact_prefix="$WORK/found/$target/" "$WORK/corpus/$target" "fuzz/seeds/$target" >"$log" 2>&1; then
        echo "$target: $(grep -o 'Done .*' "$log")"
    else
        tail -n 40 "$log" >&2
        echo "$target: FAILED, see target/fuzz/found/$target" >&2
        return 1
    fi
}
export -f one
export WORK SECONDS_EACH host
printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -I {} bash -c 'one {}'
