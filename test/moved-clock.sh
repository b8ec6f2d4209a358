#!/bin/sh
# Runs the whole suite on other dates: 60 days from now, and across the next New Year.
set -eu
cd "$(dirname "$0")/.."

run() {
  echo "moved-clock: the suite as of $(date -d "@$(($(date +%s) + $1))" '+%F %T')"
  MOVED_CLOCK=$1 NODE_OPTIONS="--require=$PWD/test/moved-clock.cjs ${NODE_OPTIONS-}" npm run unit
}

run $((60 * 24 * 3600))
until_new_year=$(($(date -d "$(($(date +%Y) + 1))-01-01" +%s) - $(date +%s)))
run $((until_new_year > 60 ? until_new_year - 60 : 0))
