#!/bin/sh
# @photostructure/sqlite, "the API of node:sqlite" for Node.js without it: after `close()` the file stays open, with its
# WAL, as long as V8 has not collected each statement that was prepared. Statements have no `finalize` that JavaScript
# can reach, so a program cannot give the file back when it wants to. node:sqlite of Node.js 24 closes it at once.
#
#   @photostructure/sqlite 1.2.1, Node.js 20 or later: files open after close(): main, wal, shm; after a collection: none
#
# What helps: prepare on a database in memory, ATTACH the file, and DETACH it when done: that lets go of it at once.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null; npm install --silent @photostructure/sqlite@1.2.1 >/dev/null
cat > try.cjs <<'JS'
const { DatabaseSync } = require('@photostructure/sqlite');
const { readdirSync, readlinkSync } = require('node:fs');
const open = () =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    try { return [readlinkSync(`/proc/self/fd/${fd}`)]; } catch { return []; }
  }).filter((path) => path.includes('/a.db')).map((path) => path.replace(/.*\/a\.db-?/, '') || 'main').sort();
const db = new DatabaseSync('a.db');
db.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (x); INSERT INTO t VALUES (1)');
(() => db.prepare('SELECT x FROM t').get())();
db.close();
console.log(`after close(): ${[...new Set(open())].join(' ') || 'none'}`);
(async () => {
  for (let turn = 0; turn < 5; turn++) { globalThis.gc(); await new Promise(setImmediate); }
  console.log(`after a collection: ${[...new Set(open())].join(' ') || 'none'}`);
  const beside = new DatabaseSync(':memory:');
  beside.exec("ATTACH 'a.db' AS a");
  beside.prepare('SELECT x FROM a.t').get();
  beside.exec('DETACH a');
  console.log(`after DETACH: ${[...new Set(open())].join(' ') || 'none'}`);
})();
JS
node --expose-gc try.cjs > seen
cat seen
diff seen - <<'WANTED'
after close(): main shm wal
after a collection: none
after DETACH: none
WANTED
