#!/bin/sh
# Runs the whole suite on each Node.js named (20, 22, 24 and 26, or what is given, e.g. 22.13), and sees that an older one
# is told so. Each is fetched as an npm package into a temporary folder.
set -eu
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
chmod 755 "$folder" # tests run it as other users, too
trap 'rm -rf "$folder"' EXIT

# The path of a Node.js of this version.
fetch() {
  mkdir -p "$folder/$1"
  npm install --prefix "$folder/$1" --no-audit --no-fund --silent "node-linux-$(node -p process.arch)@$1" >&2
  echo "$folder/$1/node_modules/node-linux-$(node -p process.arch)/bin"
}

npm run build
results=''
for version in ${*:-20 22 24 26}; do
  bin=$(fetch "$version")
  name="Node.js $("$bin/node" --version)"
  echo "nodes: the suite on $name"
  if PATH="$bin:$PATH" "$bin/node" node_modules/vitest/vitest.mjs run --config test/vitest.config.ts; then
    results="$results$name: passed
"
  else
    results="$results$name: FAILED
"
  fi
done

said=$("$(fetch 18)/node" dist/main.js --version 2>&1) && status=0 || status=$?
results="${results}Node.js 18: status $status, $said
"
printf '\n%s' "$results"
case "$results" in *FAILED* | *'status 0'*) exit 1 ;; esac
