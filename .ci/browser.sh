#!/bin/sh
# An invited person accepts in a real browser: headless Chromium without JavaScript, driven over WebDriver.
#
#   .ci/browser.sh [PROGRAM]
#
# PROGRAM is the built program (default target/debug/scimdeck). Needed: Python 3, Chromium and its driver (Debian:
# chromium chromium-driver); where they are missing and apt-get may be used, they are installed.
set -eu

program=${1:-target/debug/scimdeck}
as=
if [ "$(id -u)" -ne 0 ]; then
    as="sudo -n"
fi
if ! command -v chromedriver >/dev/null || ! command -v chromium >/dev/null; then
    if ! command -v apt-get >/dev/null || { [ -n "$as" ] && ! $as true 2>/dev/null; }; then
        echo "a browser is missing: install Chromium and its driver (Debian: chromium chromium-driver)" >&2
        exit 1
    fi
    echo "installing chromium chromium-driver"
    $as env DEBIAN_FRONTEND=noninteractive apt-get update -qq
    $as env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        chromium chromium-driver >/dev/null
fi
if [ ! -x "$program" ]; then
    echo "$program is missing: run cargo build first" >&2
    exit 1
fi
exec python3 "$(dirname "$0")/browser.py" "$program"
