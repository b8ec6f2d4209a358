#!/bin/sh
# `npm run torture -- [NAME...]`: the long form of test/torture/NAME.test.ts; of all of them, and fuzzing, when none is named.
set -eu
cd "$(dirname "$0")/../.."
if [ $# -eq 0 ]; then
  set -- torture fuzz
else
  for name in "$@"; do
    shift
    set -- "$@" "torture/$name"
  done
fi
export TAYORI_TORTURE=long TAYORI_OVERLOAD=24000000 TAYORI_FUZZ=50
exec npx vitest run --config test/vitest.config.ts --testTimeout 3600000 "$@"
